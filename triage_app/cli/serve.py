"""`triage serve`: the one command that is no verb, since it only opens another door to them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

PORT = 8484


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: where, with which certificate (None: none on loopback, a generated one elsewhere), under which
    names, and whether to follow the sources meanwhile."""

    host: str
    port: int
    certificate: Path | None
    key: Path | None
    names: tuple[str, ...]
    follow: bool


def serve_command(run: Callable[[Any, Serving], int]) -> click.Command:
    """The click command; `run` gets click's own object and how to serve, and comes back when it is over."""

    @click.pass_obj
    def serve(call: Any, /, **given: Any) -> int:
        certificate, key = given["cert"], given["key"]
        if (certificate is None) != (key is None):
            raise click.UsageError("--cert and --key belong together: give both or none.")
        return run(call, Serving(given["host"], given["port"], certificate, key, given["name"], not given["no_sync"]))

    path = click.Path(path_type=Path)
    return click.Command(
        "serve",
        callback=serve,
        help="Serve the workspace over HTTP, for `--server`, scripts and pushed alerts, and follow the sources. "
        "On another address than loopback it speaks TLS 1.3 only.",
        params=[
            click.Option(["--host"], default="127.0.0.1", show_default=True, help="The address to listen on."),
            click.Option(
                ["--port"], type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="0: a free one."
            ),
            click.Option(["--cert"], type=path, help="A certificate in PEM form; without it one is made and kept."),
            click.Option(["--key"], type=path, help="The certificate's key."),
            click.Option(["--name"], multiple=True, help="Another name by which this machine is called."),
            click.Option(["--no-sync"], is_flag=True, help="Do not follow the sources."),
        ],
    )
