from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.cli.test_main import no_server, refuse_desk
from triage_app.cli.main import Doors, command_line
from triage_app.cli.serve import PORT, Serving, serve_command
from triage_app.services.app import App


def given(*arguments: str) -> tuple[int, list[Serving]]:
    seen: list[Serving] = []

    def run(_call: Any, serving: Serving) -> int:
        seen.append(serving)
        return 0

    return CliRunner().invoke(serve_command(run), list(arguments)).exit_code, seen


def test_it_stays_on_this_machine_and_follows_unless_told_otherwise() -> None:
    assert given() == (0, [Serving("127.0.0.1", PORT, None, None, (), follow=True)])
    told = ("--host", "::", "--port", "0", "--cert", "c", "--key", "k", "--name", "a", "--name", "b", "--no-sync")
    assert given(*told) == (0, [Serving("::", 0, Path("c"), Path("k"), ("a", "b"), follow=False)])


@pytest.mark.parametrize("arguments", [("--cert", "c"), ("--key", "k"), ("--port", "70000")])
def test_half_a_certificate_and_no_port_are_refused(arguments: tuple[str, ...]) -> None:
    assert given(*arguments) == (2, [])


def test_only_what_is_here_is_served(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def no_app(_workspace: Path | None, _verb: str) -> App:
        raise AssertionError("nothing is opened")

    doors = Doors(no_app, no_server, refuse_desk, {})
    assert command_line(["--server", "http://localhost:1", "serve"], doors) == 1
    assert "--server" in capsys.readouterr().err
    del tmp_path
