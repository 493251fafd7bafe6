from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from tests.gui.sources import ROW, failing_row
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.status_line import StatusLine
from triage_app.services.context import Progress
from triage_app.services.queries import BalanceSheet
from triage_app.services.source_queries import SourceList


def test_work_shows_a_count_and_can_be_cancelled(look: Look, qtbot: QtBot) -> None:
    line = StatusLine(look)
    qtbot.addWidget(line)
    line.show()
    assert not line.cancel.isVisible()
    line.work("Importing\u2026")
    line.show_progress("Importing", Progress(1200, 3925, "items"))
    assert line.what.text() == f"Importing {wording.count(1200)} of {wording.count(3925)} items"
    assert (line.bar.value(), line.bar.maximum()) == (1200, 3925)
    with qtbot.waitSignal(line.cancel_wanted):
        line.cancel.click()
    line.stopping()
    assert not line.cancel.isEnabled()
    line.rest("Imported 3 new items")
    assert not line.bar.isVisible()


def test_a_total_that_is_not_known_is_not_invented(look: Look, qtbot: QtBot) -> None:
    line = StatusLine(look)
    qtbot.addWidget(line)
    line.show()
    line.work("Importing\u2026")
    line.show_progress("Importing", Progress(7, 0, "items"))
    assert line.what.text() == "Importing 7 items"
    assert line.cancel.isVisible()
    # A bar without an end would be painted all the time.
    assert not line.bar.isVisible()
    line.show_progress("Importing", Progress(8, 20, "items"))
    assert line.bar.isVisible()


def test_a_balance_that_does_not_add_up_stands_out(look: Look, qtbot: QtBot) -> None:
    line = StatusLine(look)
    qtbot.addWidget(line)
    line.show_balance(BalanceSheet(10, 10, 0, 0, 0, 0, 0, ()))
    assert "unaccounted" not in line.balance.text()
    line.show_balance(BalanceSheet(10, 7, 0, 0, 0, 0, 3, ()))
    assert f"{QLocale().toString(3)} unaccounted for" in line.balance.text()
    assert line.balance.property("wrong") is True


def test_sources_are_told_where_there_are_any_and_a_long_fetch_is_shown(look: Look, qtbot: QtBot) -> None:
    line = StatusLine(look)
    qtbot.addWidget(line)
    line.show()
    line.show_sources(SourceList((), ""), None, followed=True)
    assert not line.sources.isVisible()
    line.show_sources(SourceList((ROW, failing_row()), ""), Progress(1200, 0, "items taken in"), followed=True)
    assert line.sources.text() == f"1 source connected, 1 failing, {wording.count(1200)} items taken in\u2026"
    assert (line.sources.toolTip(), line.sources.property("wrong")) == ("broken: Refused. Give another.", True)
    line.show_sources(SourceList((ROW,), ""), None, followed=True)
    assert line.sources.property("wrong") is False
