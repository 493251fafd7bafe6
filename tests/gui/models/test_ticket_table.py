from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.gui.desks import light_look, settings_in
from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Jobs
from triage_app.gui.models.ticket_table import (
    CACHED_ROWS,
    PAGE,
    SORT_KEYS,
    TITLES,
    Column,
    TicketTable,
    Which,
    unchanged_ends,
)
from triage_app.services.app import App
from triage_app.services.commands import CloseTicket
from triage_app.services.queries import ListTicketIds, ListTickets
from triage_app.services.shapes import SORTS


@pytest.fixture
def desk(demo: App, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    jobs = Jobs()
    stop = demo.subscribe(jobs.report_changes)
    yield Desk(demo, jobs, light_look(), settings_in(tmp_path))
    stop()
    jobs.close()


@pytest.fixture
def table(desk: Desk, qtbot: QtBot) -> TicketTable:
    table = TicketTable(desk)
    with qtbot.waitSignal(table.shown):
        table.show(Which("all"))
    return table


def quiet(table: TicketTable, desk: Desk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: desk.jobs.idle and not table._refresh_timer.isActive() and not table._want_timer.isActive())


def test_it_shows_what_the_app_lists_in_that_order(table: TicketTable, desk: Desk) -> None:
    listed = desk.app.ask(ListTickets(view="all", limit=PAGE)).tickets
    assert table.rowCount() == desk.app.ask(ListTicketIds(view="all")).total
    assert [table.row_at(place) for place in range(len(listed))] == list(listed)


def test_rows_beyond_the_first_page_are_loading_until_they_come(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given pages so small that the sample mail has several
    monkeypatch.setattr("triage_app.gui.models.ticket_table.PAGE", 16)
    monkeypatch.setattr("triage_app.gui.models.ticket_table.FIRST", 32)
    table = TicketTable(desk)
    with qtbot.waitSignal(table.shown):
        table.show(Which("all"))
    last = table.rowCount() - 1
    # then the end is not known at first, and is there after the list and its page came
    assert table.row_at(last) is None
    assert table.index(last, 0).data() == "Loading"
    qtbot.waitUntil(lambda: table.row_at(last) is not None)
    everything = desk.app.ask(ListTicketIds(view="all")).ids
    assert [table.id_at(place) for place in range(table.rowCount())] == list(everything)


def test_what_qt_expects_of_a_model_holds_while_tickets_come_and_go(
    table: TicketTable, desk: Desk, qtbot: QtBot
) -> None:
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    with qtbot.waitSignal(table.shown):
        table.show(Which("inbox", "", "-subject"))
    first = table.id_at(0)
    assert first is not None
    desk.app.execute(CloseTicket(id=first, verdict=Verdict.TEST))
    table.leave([first])
    table.refresh()
    quiet(table, desk, qtbot)
    assert table.place_of(first) == -1
    assert tester.model() is table


def test_a_search_that_finds_nothing_is_empty(table: TicketTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.shown):
        table.show(Which("all", "zzzzqqq"))
    assert table.rowCount() == 0
    assert table.row_at(0) is None


def test_a_change_of_a_ticket_is_fetched_again(table: TicketTable, desk: Desk, qtbot: QtBot) -> None:
    ticket = table.id_at(3)
    assert ticket is not None
    desk.jobs.changed.connect(table.take_changes)
    desk.app.execute(CloseTicket(id=ticket, verdict=Verdict.BENIGN_POSITIVE))

    def closed() -> bool:
        row = table.row_at(table.place_of(ticket))
        return row is not None and row.verdict is Verdict.BENIGN_POSITIVE

    qtbot.waitUntil(closed)
    quiet(table, desk, qtbot)


def test_where_many_may_have_changed_only_what_did_is_painted_again(
    table: TicketTable, desk: Desk, qtbot: QtBot
) -> None:
    # given a painted view, and a view that paints what it is told to
    painted: list[int] = []
    table.dataChanged.connect(lambda first, _last: painted.append(table.row_at(first.row()) is not None))
    told: list[bool] = []
    table.rows_came.connect(lambda: told.append(True))
    quiet(table, desk, qtbot)
    # when tickets came that nobody names and nothing in sight is different, then it is painted once, for the fetch
    table.take_changes(changed(ChangeKind.TICKETS_ADDED))
    assert painted == []
    quiet(table, desk, qtbot)
    assert (len(painted), told) == (1, [])
    # when one in sight is different, then what was fetched is painted as well
    ticket = table.id_at(0)
    assert ticket is not None
    desk.app.execute(CloseTicket(id=ticket, verdict=Verdict.BENIGN_POSITIVE))
    table.take_changes(changed(ChangeKind.TICKETS_ADDED))
    quiet(table, desk, qtbot)
    assert (len(painted), told) == (3, [True])
    row = table.row_at(0)
    assert row is not None
    assert row.verdict is Verdict.BENIGN_POSITIVE


def test_a_failure_is_told(table: TicketTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.failed) as told:
        table.show(Which("no such view"))
    assert told.args[0].message


def test_the_cache_is_bounded(table: TicketTable) -> None:
    row = table.row_at(0)
    assert row is not None
    from dataclasses import replace

    table._keep([replace(row, id=TicketId(number)) for number in range(100_000, 100_000 + 2 * CACHED_ROWS)])
    assert len(table._rows) == CACHED_ROWS


def test_every_column_has_a_title_a_text_and_a_sort_that_the_app_knows(table: TicketTable) -> None:
    assert len(TITLES) == len(SORT_KEYS) == len(Column)
    assert set(SORT_KEYS) <= set(SORTS)
    for column in Column:
        assert table.headerData(column, Qt.Orientation.Horizontal)
        assert table.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert isinstance(table.index(0, column).data(), str)


def test_the_age_tells_the_exact_time(table: TicketTable) -> None:
    assert "Came in" in str(table.index(0, Column.AGE).data(Qt.ItemDataRole.ToolTipRole))


def edits() -> list[tuple[str, Callable[[list[int], Random], None]]]:
    return [
        ("same", lambda ids, _random: None),
        ("one gone", lambda ids, random: ids.pop(random.randrange(len(ids)))),
        ("one more at the head", lambda ids, _random: ids.insert(0, -1)),
        ("ten more at the end", lambda ids, _random: ids.extend(range(-10, 0))),
        ("one other", lambda ids, random: ids.__setitem__(random.randrange(len(ids)), -1)),
        ("turned round", lambda ids, _random: ids.reverse()),
        ("empty", lambda ids, _random: ids.clear()),
    ]


@pytest.mark.parametrize(("_name", "edit"), edits(), ids=[name for name, _ in edits()])
@pytest.mark.parametrize("size", [1, 2, 5000, 20_001])
def test_unchanged_ends_are_the_longest_ones(_name: str, edit: Callable[[list[int], Random], None], size: int) -> None:
    old = list(range(size))
    new = list(old)
    edit(new, Random(size))
    head, tail = unchanged_ends(array("q", old), array("q", new))
    short = min(len(old), len(new))
    expected_head = next((i for i in range(short) if old[i] != new[i]), short)
    rest = short - expected_head
    expected_tail = next((i for i in range(rest) if old[len(old) - 1 - i] != new[len(new) - 1 - i]), rest)
    assert (head, tail) == (expected_head, expected_tail)
