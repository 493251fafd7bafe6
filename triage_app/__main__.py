"""The program's entry: global flags, then a front end on an App. Heavy parts are imported when they are needed."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from triage_app.cli.main import Doors, command_line
from triage_app.cli.render import to_text
from triage_app.services.queries import ListTickets

if TYPE_CHECKING:
    from triage_app.services.app import App


def main() -> int:
    """Run the program with the process's arguments; returns the exit code."""
    return command_line(sys.argv[1:], Doors(open_app, connect, open_desk, {"demo": show_demo}))


def open_app(workspace: Path | None, verb: str) -> "App":
    """The App on a workspace: the one named, else the demo's own for `demo`, else the user's."""
    from triage_app import bootstrap  # database and models take time that `--help` need not wait for

    if verb != "demo":
        return bootstrap.build(workspace or bootstrap.default_workspace())
    folder = workspace or bootstrap.demo_workspace()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "settings.toml").exists():
        shutil.copy(bootstrap.resources_dir() / "demo" / "settings.toml", folder / "settings.toml")
    return bootstrap.build(folder)


def connect(address: str, ca: Path | None) -> "App":
    """The App on another machine's workspace; its token comes from the environment, which others cannot read."""
    from triage_app import bootstrap

    return bootstrap.connect(address, os.environ.get("TRIAGE_TOKEN", ""), ca)


def open_desk(app: "App") -> int:
    """Show the window until it is closed."""
    from triage_app import bootstrap
    from triage_app.gui.application import run

    return run(app, bootstrap.resources_dir())


def show_demo(app: "App", workspace: Path | None) -> int:
    """Open the desk on the sample mail; without a display print the queue and save a picture of it in the workspace."""
    if has_display():
        return open_desk(app)
    from triage_app import bootstrap

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
