from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt

from tests.gui.views.test_window import press
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.commands import CloseTicket, LinkTickets
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import GetTicket, ListTicketIds


@pytest.fixture
def ids(opened: OpenedDesk) -> list[TicketId]:
    """The newest tickets, of which the first one is in hand; none of them is in a group."""
    app = opened.desk.app
    found = [
        ticket
        for ticket in app.ask(ListTicketIds()).ids
        if not app.ask(GetDuplicates(id=ticket)).links and not app.ask(GetTicket(id=ticket)).row.duplicates
    ][:5]
    opened.window.queue.wait_for(found[0])
    settle(opened)
    return found


def group(opened: OpenedDesk, ids: Sequence[TicketId], level: Level = Level.LINK) -> None:
    opened.desk.app.execute(LinkTickets(ids=tuple(ids), level=level))
    settle(opened)


def members(opened: OpenedDesk, ticket: TicketId) -> set[TicketId]:
    tree = opened.desk.app.ask(GetDuplicates(id=ticket))
    return {tree.first.id, *(link.ticket.id for link in tree.links if link.level is not Level.SUGGEST)}


def test_marked_tickets_are_merged_after_a_look_and_taken_back(opened: OpenedDesk, ids: list[TicketId]) -> None:
    # given three marked tickets
    opened.window.queue.state.marked.update(ids[:3])
    # when merging is asked for, it is shown what goes under what, and nothing is done yet
    press(opened, Qt.Key.Key_D)
    bar = opened.window.pane.merge
    assert bar.isVisible()
    assert f"2 tickets go under ticket {min(ids[:3])}" in bar.title.text()
    assert members(opened, ids[0]) == {ids[0]}
    # when it is confirmed, it is done
    press(opened, Qt.Key.Key_Return)
    assert not bar.isVisible()
    assert members(opened, ids[0]) == set(ids[:3])
    assert "Linked 2 tickets under" in opened.window.toast.text.text()
    press(opened, Qt.Key.Key_Z)
    assert members(opened, ids[0]) == {ids[0]}


def test_merging_is_left_without_a_change(opened: OpenedDesk, ids: list[TicketId]) -> None:
    opened.window.queue.state.marked.update(ids[:2])
    press(opened, Qt.Key.Key_D, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert opened.window.pane.merge.isVisible()
    press(opened, Qt.Key.Key_Escape)
    assert not opened.window.pane.merge.isVisible()
    assert members(opened, ids[0]) == {ids[0]}


def test_merging_wants_several_tickets(opened: OpenedDesk, ids: list[TicketId]) -> None:
    press(opened, Qt.Key.Key_D, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert "Mark the tickets" in opened.window.toast.text.text()
    assert not opened.window.pane.merge.isVisible()


def test_what_cannot_be_merged_says_why(opened: OpenedDesk, ids: list[TicketId]) -> None:
    opened.window.queue.state.marked.update({ids[0], TicketId(99_999_999)})
    press(opened, Qt.Key.Key_D)
    bar = opened.window.pane.merge
    assert "99999999" in bar.refused.text()
    assert not bar.save.isEnabled()


def test_a_pasted_id_is_linked(opened: OpenedDesk, ids: list[TicketId]) -> None:
    window = opened.window
    press(opened, Qt.Key.Key_D)
    assert window.pane.link.isVisible()
    window.pane.link.ids.setText(f"#{ids[1]}")
    press(opened, Qt.Key.Key_Return)
    assert members(opened, ids[0]) == {ids[0], ids[1]}
    assert window.pane.tabs.tabText(2) == "Duplicates 1"
    assert window.pane.close_linked.isVisible()


def test_an_id_that_does_not_exist_is_said(opened: OpenedDesk, ids: list[TicketId]) -> None:
    opened.window.grouping.link((TicketId(99_999_999),), Level.LINK)
    settle(opened)
    assert "99999999" in opened.window.toast.text.text()
    opened.window.grouping.link((ids[0],), Level.LINK)
    assert "itself" in opened.window.toast.text.text()


def test_unlink_is_for_good_and_can_be_taken_back(opened: OpenedDesk, ids: list[TicketId]) -> None:
    group(opened, ids[:3])
    first = opened.desk.app.ask(GetDuplicates(id=ids[0])).first.id
    other = next(ticket for ticket in ids[:3] if ticket != first)
    opened.window.queue.wait_for(other)
    settle(opened)
    press(opened, Qt.Key.Key_U)
    assert other not in members(opened, first)
    press(opened, Qt.Key.Key_Z)
    assert other in members(opened, first)


def test_one_key_walks_through_the_whole_group_and_back(opened: OpenedDesk, ids: list[TicketId]) -> None:
    group(opened, ids[:4])
    seen = []
    for _ in range(4):
        seen.append(opened.window.queue.current)
        press(opened, Qt.Key.Key_Period)
    assert set(seen) == set(ids[:4])
    assert opened.window.queue.current == seen[0]
    press(opened, Qt.Key.Key_Comma)
    assert opened.window.queue.current == seen[-1]


def test_walking_leads_to_a_ticket_that_is_not_in_this_view_and_back(opened: OpenedDesk, ids: list[TicketId]) -> None:
    window = opened.window
    group(opened, ids[:2])
    opened.desk.app.execute(CloseTicket(id=ids[1], verdict=Verdict.TEST))
    settle(opened)
    press(opened, Qt.Key.Key_Period)
    assert window.queue.current == ids[1]
    assert window.queue.visit_bar.isVisible()
    assert window.pane.row is not None
    assert window.pane.row.id == ids[1]
    assert window.queue.targets == (ids[1],)
    press(opened, Qt.Key.Key_Escape)
    assert window.queue.current == ids[0]
    assert not window.queue.visit_bar.isVisible()


def test_shift_e_closes_the_whole_group_and_one_key_opens_it_again(opened: OpenedDesk, ids: list[TicketId]) -> None:
    group(opened, ids[:3])
    window, app = opened.window, opened.desk.app
    press(opened, Qt.Key.Key_E, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert window.pane.close_linked.verdicts.isVisible()
    assert all(app.ask(GetTicket(id=ticket)).row.status is Status.NEW for ticket in ids[:3])
    press(opened, Qt.Key.Key_F)
    assert {app.ask(GetTicket(id=ticket)).row.verdict for ticket in ids[:3]} == {Verdict.FALSE_POSITIVE}
    assert window.toast.text.text() == "Closed as false positive: 3 tickets"
    assert window.queue.current not in ids[:3]
    press(opened, Qt.Key.Key_Z)
    assert {app.ask(GetTicket(id=ticket)).row.verdict for ticket in ids[:3]} == {None}


def test_potential_links_are_ticked_off_before_all_is_closed(opened: OpenedDesk, ids: list[TicketId]) -> None:
    window, app = opened.window, opened.desk.app
    group(opened, ids[:2], Level.NOTE)
    window.do("close-linked")
    settle(opened)
    assert "has not been ticked off" in window.pane.close_linked.warning.text()
    window.do("tab-duplicates")
    tab = window.pane.duplicates
    place = next(place for place in range(tab.lines.rowCount()) if tab.lines.at(place).is_unchecked)
    tab.list.setCurrentIndex(tab.lines.index(place))
    window.do("check-link")
    settle(opened)
    assert all(link.checked for link in app.ask(GetDuplicates(id=ids[0])).links if link.level is Level.NOTE)


def test_close_this_one_closes_only_that_one(opened: OpenedDesk, ids: list[TicketId]) -> None:
    window, app = opened.window, opened.desk.app
    group(opened, ids[:2], Level.NOTE)
    tab = window.pane.duplicates
    place = next(place for place in range(tab.lines.rowCount()) if tab.lines.at(place).is_unchecked)
    line = tab.lines.at(place)
    assert line.row is not None
    tab.close_one_wanted.emit(line)
    settle(opened)
    verdicts = {ticket: app.ask(GetTicket(id=ticket)).row.verdict for ticket in ids[:2]}
    assert verdicts.pop(line.row.id) is Verdict.DUPLICATE
    assert set(verdicts.values()) == {None}


def test_a_merged_repeat_is_split_off(opened: OpenedDesk) -> None:
    window, app = opened.window, opened.desk.app
    merged = next(t for t in app.ask(ListTicketIds(view="all")).ids if app.ask(GetDuplicates(id=t)).merged)
    before = app.ask(GetDuplicates(id=merged))
    window.do("go-all")
    window.queue.wait_for(merged)
    settle(opened)
    tab = window.pane.duplicates
    assert tab.strip.isVisible() or not tab.isVisible()
    tab.list.setCurrentIndex(tab.lines.index(tab.lines.place_of(("repeat", before.repeats[0].raw))))
    window.do("split")
    settle(opened, 60_000)
    assert app.ask(GetDuplicates(id=merged)).merged == before.merged - 1
    assert "of its own now" in window.toast.text.text()


def test_a_large_selection_is_unlinked_with_progress_and_without_waiting(opened: OpenedDesk) -> None:
    window = opened.window
    window.do("select-all")
    assert len(window.queue.state.marked) == window.queue.table.rowCount()
    window.do("unlink")
    settle(opened, 60_000)
    assert not window.queue.state.marked


def test_a_ticket_without_a_group_says_so(opened: OpenedDesk, ids: list[TicketId]) -> None:
    window = opened.window
    assert "Nothing is linked" in window.pane.duplicates.state.sentence
    assert not window.pane.close_linked.isVisible()
    press(opened, Qt.Key.Key_Period)
    assert window.queue.current == ids[0]
    assert "No other ticket" in window.toast.text.text()
