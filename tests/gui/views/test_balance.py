from pathlib import Path

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.fakes.box import Box
from tests.gui.sources import add, deliver, desk_with
from triage_app.domain.errors import StorageFailed
from triage_app.domain.ledger import Balance
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.balance import COLUMNS, DIFFERENCE
from triage_app.services.queries import BalanceSheet, GetBalance


def cells(opened: OpenedDesk, place: int) -> dict[str, str]:
    item = opened.window.balance.list.topLevelItem(place)
    assert item is not None
    return {name: item.text(column) for column, (name, _help) in enumerate(COLUMNS)}


def test_each_source_and_all_of_them_are_accounted_for(opened: OpenedDesk) -> None:
    opened.window.status.balance.click()
    settle(opened)
    sheet = opened.desk.app.ask(GetBalance())
    screen = opened.window.balance
    assert opened.window.screens.currentWidget() is screen
    assert screen.list.topLevelItemCount() == len(sheet.sources) + 1
    whole = cells(opened, len(sheet.sources))
    assert (whole["Seen"], whole["Difference"], whole["On server"]) == (str(sheet.seen), "0", "\u2013")
    assert screen.sentence.text().startswith("Nothing is lost")


def test_it_keeps_up_with_a_source(tmp_path: Path, qtbot: QtBot) -> None:
    # given an open balance
    box = Box()
    with desk_with(box, tmp_path, lambda bench: add(bench, "abuse")) as (opened, _bench):
        opened.window.do("go-balance")
        # when items come in
        deliver(box, 4)
        # then they are counted, with those on the server and those that its filter left out
        qtbot.waitUntil(lambda: cells(opened, 0)["Ticketed"] == "4", timeout=20_000)
        row = cells(opened, 0)
        assert (row["Source"], row["On server"], row["Skipped"]) == ("abuse", "4", "2")


def test_a_difference_is_red_in_both_themes(opened_empty: OpenedDesk) -> None:
    screen = opened_empty.window.balance
    wrong = Balance("feed", 10, 7, 0, 0, 0, 0)
    screen._show(BalanceSheet(10, 7, 0, 0, 0, 0, 3, (wrong,)))
    assert screen.sentence.property("wrong") is True
    assert "3 items are not accounted for" in screen.sentence.text()
    for theme in ("theme-dark", "theme-light"):
        opened_empty.window.do(theme)
        item = screen.list.topLevelItem(0)
        assert item is not None
        assert item.text(DIFFERENCE) == "3"
        assert item.foreground(DIFFERENCE).color() == QColor(opened_empty.desk.look.colour("critical"))


def test_an_error_is_said_with_a_way_on(opened_empty: OpenedDesk) -> None:
    screen = opened_empty.window.balance
    opened_empty.window.do("go-balance")
    settle(opened_empty)
    screen._fail(StorageFailed("The disk is full. Make room."))
    assert screen.state.isVisible()
    assert screen.state.sentence == "The disk is full. Make room."
    screen.load()
    settle(opened_empty)
    assert not screen.state.isVisible()
