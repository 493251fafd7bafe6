"""The program's entry: global flags, then a front end on an App. Heavy parts are imported when they are needed."""

import getpass
import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from triage_app.cli.main import Doors, command_line
from triage_app.cli.render import to_text
from triage_app.domain.errors import Cancelled, TriageError
from triage_app.services.context import CancelToken
from triage_app.services.queries import ListTickets
from triage_app.services.source_commands import SyncSources
from triage_app.services.token_queries import ListTokens

if TYPE_CHECKING:
    from triage_app.cli.serve import Serving
    from triage_app.services.app import App


PASSPHRASE = "TRIAGE_PASSPHRASE"


def main() -> int:
    """Run the program with the process's arguments; returns the exit code."""
    environment = dict(os.environ)
    # The processes that read mail are started by this one: what opens the secrets is not for them to know.
    os.environ.pop(PASSPHRASE, None)
    opened = partial(open_app, environment=environment)
    return command_line(sys.argv[1:], Doors(opened, connect, open_desk, {"demo": show_demo}, serve))


def open_app(workspace: Path | None, verb: str, environment: Mapping[str, str] = os.environ) -> "App":
    """The App on a workspace: the one named, else the demo's own for `demo`, else the user's."""
    from triage_app import bootstrap  # database and models take time that `--help` need not wait for

    if verb != "demo":
        # Whoever opens the desk looks at its window, not at the terminal.
        ask = ask_secretly if verb and sys.stdin.isatty() else None
        return bootstrap.build(workspace or bootstrap.default_workspace(), environment, ask)
    folder = workspace or bootstrap.demo_workspace()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "settings.toml").exists():
        shutil.copy(bootstrap.resources_dir() / "demo" / "settings.toml", folder / "settings.toml")
    return bootstrap.build(folder, environment)


def ask_secretly(question: str) -> str:
    """What somebody types at the terminal, without showing it; empty where nothing comes."""
    try:
        return getpass.getpass(question)
    except EOFError:
        return ""


def connect(address: str, ca: Path | None) -> "App":
    """The App on another machine's workspace; its token comes from the environment, which others cannot read."""
    from triage_app import bootstrap

    return bootstrap.connect(address, os.environ.get("TRIAGE_TOKEN", ""), ca)


def open_desk(app: "App", workspace: Path | None) -> int:
    """Show the window until it is closed; only a workspace of this machine can be served from it."""
    from triage_app import bootstrap
    from triage_app.gui.application import run

    return run(app, bootstrap.resources_dir(), bootstrap.desk_server(app, workspace))


def serve(app: "App", workspace: Path | None, serving: "Serving") -> int:
    """Serve a workspace and follow its sources until the user or the system says that it is enough."""
    from triage_app import bootstrap

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    enough = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _number, _frame: enough.set())
    server, fingerprint = bootstrap.api_server(
        app,
        workspace or bootstrap.default_workspace(),
        serving.host,
        serving.port,
        certificate=serving.certificate,
        key=serving.key,
        names=serving.names,
    )
    server.start()
    try:
        sys.stdout.write(f"Serving {server.address}; Ctrl+C ends it.\n")
        if fingerprint:
            sys.stdout.write(f"SHA-256 of the certificate: {fingerprint}\n")
        if not any(each.is_valid for each in app.ask(ListTokens()).tokens):
            sys.stdout.write("Nobody can sign in yet: make a token with `triage token add`.\n")
        sys.stdout.flush()
        if not serving.follow:
            enough.wait()
            return 0
        return _follow_until(app, enough)
    finally:
        server.stop()


def _follow_until(app: "App", enough: threading.Event) -> int:
    """Follow the sources; that they cannot be followed does not end the serving."""
    cancel = CancelToken()

    def follow() -> None:
        try:
            app.execute(SyncSources(follow=True), cancel=cancel)
        except Cancelled:
            return
        except TriageError as error:
            sys.stderr.write(f"The sources are not followed: {error.message}\n")

    thread = threading.Thread(target=follow, name="sync")
    thread.start()
    enough.wait()
    cancel.cancel()
    thread.join()
    return 0


def show_demo(app: "App", workspace: Path | None) -> int:
    """Open the desk on the sample mail; without a display print the queue and save a picture of it in the workspace."""
    from triage_app import bootstrap

    if has_display():
        return open_desk(app, workspace or bootstrap.demo_workspace())
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from triage_app.gui.screens import picture

    sys.stdout.write(to_text(app.ask(ListTickets(limit=200))) + "\n")
    path = picture(app, bootstrap.resources_dir(), (workspace or bootstrap.demo_workspace()) / "desk.png")
    sys.stdout.write(f"\nThere is no display here. A picture of the window is in {path}\n")
    return 0


def has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, elsewhere where a display is named."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
