import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.adapters.test_remote import connected, served, token_of
from tests.gui.desks import desk_on, settings_in
from triage_app.bootstrap import resources_dir
from triage_app.gui.application import make_application, open_window
from triage_app.gui.look import Scheme
from triage_app.gui.screens import settle
from triage_app.services.app import App
from triage_app.services.commands import AssignTicket
from triage_app.services.queries import GetTicket, ListTickets

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from triage_app.bootstrap import build, resources_dir
from triage_app.gui import application
app = build(Path(sys.argv[1]))
application.stored_settings = lambda: QSettings(sys.argv[1] + "/view.ini", QSettings.Format.IniFormat)
qt = application.make_application()
def look():
    window = next((each for each in qt.topLevelWidgets() if hasattr(each, "queue")), None)
    if window is not None and window.isVisible() and window.queue.table.rowCount() and window.pane.view is not None:
        print("shown", qt.platformName(), window.queue.table.rowCount())
        window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
QTimer.singleShot(60000, qt.quit)
print("ended", application.run(app, resources_dir()))
app.close()
"""


def test_the_desk_works_on_another_machines_workspace(demo: App, tmp_path: Path, qtbot: QtBot) -> None:
    with served(demo) as server, connected(server, token_of(demo)) as remote, desk_on(remote, tmp_path) as opened:
        assert opened.window.queue.table.rowCount() == demo.ask(ListTickets(limit=1)).total
        chosen = opened.window.queue.current
        assert chosen is not None
        opened.window.do("assign-me")
        settle(opened)
        assert demo.ask(GetTicket(chosen)).row.assignee == "desk"
        demo.execute(AssignTicket(chosen, "ana"))
        qtbot.waitUntil(lambda: "ana" in opened.window.pane.status.text(), timeout=20_000)


def test_there_is_one_application(qtbot: QtBot) -> None:
    assert make_application() is QApplication.instance()


def test_the_theme_is_remembered(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with desk_on(empty, tmp_path) as opened:
        opened.window.do("theme-dark")
    with desk_on(empty, tmp_path) as opened:
        assert opened.desk.look.scheme is Scheme.DARK
        assert opened.desk.look.theme == "dark"


def test_a_theme_that_nobody_knows_is_the_systems(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    settings = settings_in(tmp_path)
    settings.setValue("window/theme", "mauve")
    opened = open_window(empty, resources_dir(), settings)
    assert opened.desk.look.scheme is Scheme.SYSTEM
    opened.close()


def test_splitters_are_remembered(demo: App, tmp_path: Path, qtbot: QtBot) -> None:
    with desk_on(demo, tmp_path) as opened:
        opened.window.splitter.setSizes([500, 700])
        before = opened.window.splitter.sizes()
    with desk_on(demo, tmp_path) as opened:
        after = opened.window.splitter.sizes()
    assert all(abs(a - b) < 4 for a, b in zip(before, after, strict=True))


@pytest.mark.needs("Xvfb", "xauth")
def test_a_real_window_opens_shows_tickets_and_closes(demo_folder: Path, tmp_path: Path, project: Path) -> None:
    # given a real X server
    script = tmp_path / "window.py"
    script.write_text(WINDOW, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    environment |= {"PYTHONPATH": str(project), "HOME": str(tmp_path)}
    command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", sys.executable, str(script), str(demo_folder)]
    # when the desk runs as the program starts it
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    # then its window came up with tickets, closed, and nothing was complained about
    assert "shown xcb" in done.stdout, done.stderr
    assert "ended 0" in done.stdout
    assert done.stderr == ""
