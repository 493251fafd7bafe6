"""Putting tickets off, and follow-ups, on a real database."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.workbench import Item, Workbench, workbench
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound, NothingToUndo
from triage_app.domain.ticket import Status, TicketId, TicketRow, Verdict
from triage_app.services.commands import (
    AssignTicket,
    CloseLinked,
    CloseTicket,
    LinkTickets,
    ReopenTicket,
    Undo,
)
from triage_app.services.queries import CountViews, GetTicket, GetTicketRows, ListAudit, ListTicketIds
from triage_app.services.search_commands import FollowUp, SnoozeTicket, WakeTickets
from triage_app.services.search_shapes import Wake

FIRST, SECOND, THIRD = TicketId(1), TicketId(2), TicketId(3)


def row(bench: Workbench, ticket: TicketId = FIRST) -> TicketRow:
    """A ticket's row as commands return it: they do not count similar tickets."""
    return replace(bench.app.ask(GetTicket(ticket)).row, similar_open=None, similar_past=None)


def wake(bench: Workbench, ticket: TicketId = FIRST) -> Wake | None:
    return bench.app.ask(GetTicket(ticket)).wake


def notes(bench: Workbench, ticket: TicketId = FIRST) -> list[str]:
    return [each.text for each in bench.app.ask(GetTicket(ticket)).notes]


def views(bench: Workbench) -> tuple[int, int, int]:
    counts = bench.app.ask(CountViews(saved=False))
    return counts.inbox, counts.waiting, counts.closed


def come(bench: Workbench, tickets: int = 1) -> None:
    bench.intake(*[Item("", "")] * tickets)


def test_a_ticket_that_is_put_off_leaves_the_inbox_until_its_time() -> None:
    with workbench() as bench:
        come(bench, 2)
        # when
        put = bench.app.execute(SnoozeTicket(FIRST, until="4h", why="the user calls back"))
        # then
        assert put.status is Status.WAITING
        assert put.back_at is not None
        assert put == row(bench)
        assert views(bench) == (1, 1, 0)
        assert bench.app.ask(ListTicketIds(view="waiting")).ids[0] == FIRST
        found = wake(bench)
        assert found is not None
        assert (found.until, found.why, found.who, found.follow_up) == (
            put.back_at,
            "the user calls back",
            "maria",
            False,
        )
        # and nothing comes back before it is time
        assert bench.app.execute(WakeTickets()).tickets == ()
        bench.advance(timedelta(hours=4))
        assert bench.app.execute(WakeTickets()).tickets == (FIRST,)
        assert (row(bench).status, row(bench).back_at, wake(bench)) == (Status.NEW, None, None)
        assert notes(bench) == ["Back: the time that maria set has come: the user calls back"]
        assert views(bench) == (2, 0, 0)
        assert bench.app.execute(WakeTickets()).tickets == ()


def test_a_ticket_of_somebody_comes_back_to_them_and_may_be_given_to_others_meanwhile() -> None:
    with workbench() as bench:
        come(bench)
        bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        assert bench.app.execute(AssignTicket(FIRST, "jo")).status is Status.WAITING
        assert bench.app.execute(WakeTickets(FIRST)).tickets == (FIRST,)
        assert (row(bench).status, row(bench).assignee, wake(bench)) == (Status.IN_PROGRESS, "jo", None)
        assert notes(bench) == []


def test_the_last_time_that_was_set_is_the_one() -> None:
    with workbench() as bench:
        come(bench)
        first = bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        bench.app.execute(SnoozeTicket(FIRST, until="2d", until_change=True))
        bench.advance(timedelta(hours=2))
        assert bench.app.execute(WakeTickets()).tickets == ()
        # and undo brings the time before back, then the state before
        bench.app.execute(Undo())
        assert row(bench) == first
        bench.app.execute(Undo())
        assert (row(bench).status, wake(bench)) == (Status.NEW, None)
        with pytest.raises(NothingToUndo):
            bench.app.execute(Undo())


def test_undo_leaves_what_somebody_changed_since() -> None:
    with workbench() as bench:
        come(bench)
        bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        later = bench.app.execute(SnoozeTicket(FIRST, until="1d"), actor="jo")
        with pytest.raises(InvalidState, match="changed by somebody since"):
            bench.app.execute(Undo())
        assert row(bench) == later
        bench.advance(timedelta(days=1))
        bench.app.execute(WakeTickets())
        with pytest.raises(InvalidState, match="changed by somebody since"):
            bench.app.execute(Undo(), actor="jo")
        assert row(bench).status is Status.NEW


def test_only_what_can_wait_is_put_off_and_only_with_a_reason_to_come_back() -> None:
    with workbench() as bench:
        come(bench)
        with pytest.raises(InvalidInput, match="--until-change"):
            bench.app.execute(SnoozeTicket(FIRST))
        with pytest.raises(InvalidInput, match="has passed"):
            bench.app.execute(SnoozeTicket(FIRST, until="2020-01-01"))
        with pytest.raises(InvalidInput, match="500"):
            bench.app.execute(SnoozeTicket(FIRST, until="1h", why="x" * 501))
        with pytest.raises(NotFound):
            bench.app.execute(SnoozeTicket(SECOND, until="1h"))
        with pytest.raises(InvalidState, match="not put off"):
            bench.app.execute(WakeTickets(FIRST))
        bench.app.execute(CloseTicket(FIRST, verdict=Verdict.TEST))
        with pytest.raises(InvalidState, match="follow-up"):
            bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        assert wake(bench) is None


def test_closing_ends_the_wait_and_its_undo_brings_it_back() -> None:
    with workbench() as bench:
        come(bench)
        put = bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        was = wake(bench)
        bench.app.execute(CloseTicket(FIRST, verdict=Verdict.TEST))
        assert wake(bench) is None
        bench.app.execute(Undo())
        assert (row(bench), wake(bench)) == (put, was)
        # and so with a whole group
        come(bench)
        bench.app.execute(LinkTickets((FIRST, SECOND)))
        bench.app.execute(CloseLinked(FIRST, verdict=Verdict.TEST))
        assert wake(bench) is None
        bench.advance(timedelta(hours=2))
        assert bench.app.execute(WakeTickets()).tickets == ()
        bench.app.execute(Undo())
        assert (row(bench).status, wake(bench)) == (Status.WAITING, was)


def test_bringing_back_by_hand_is_undone() -> None:
    with workbench() as bench:
        come(bench)
        put = bench.app.execute(SnoozeTicket(FIRST, until_change=True))
        was = wake(bench)
        bench.app.execute(WakeTickets(FIRST))
        bench.app.execute(Undo())
        assert (row(bench), wake(bench)) == (put, was)


def test_a_follow_up_opens_a_closed_ticket_and_leaves_a_note_on_an_open_one() -> None:
    with workbench() as bench:
        come(bench, 2)
        for ticket in (FIRST, SECOND):
            before = row(bench, ticket)
            assert bench.app.execute(FollowUp(ticket, at="2d", why="is it still blocked?")) == before
        bench.app.execute(CloseTicket(FIRST, verdict=Verdict.TRUE_POSITIVE))
        assert wake(bench) is not None
        # when
        bench.advance(timedelta(days=2))
        assert bench.app.execute(WakeTickets()).tickets == (FIRST, SECOND)
        # then
        assert (row(bench).status, row(bench).verdict) == (Status.NEW, None)
        why = "the time that maria set has come: is it still blocked?"
        assert notes(bench) == [f"Opened again: {why}"]
        assert notes(bench, SECOND) == [f"Follow-up: {why}"]
        assert (wake(bench), wake(bench, SECOND)) == (None, None)
        assert bench.app.execute(WakeTickets()).tickets == ()


def test_one_that_was_put_off_and_closed_in_another_way_stays_closed() -> None:
    with workbench() as bench:
        come(bench)
        bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        with bench.storage.write() as uow:
            uow.duplicates.close_all((FIRST,), Verdict.TEST)
        bench.advance(timedelta(hours=2))
        bench.app.execute(WakeTickets())
        assert (row(bench).status, wake(bench), notes(bench)) == (Status.RESOLVED, None, [])


def test_a_follow_up_is_replaced_taken_away_and_undone() -> None:
    with workbench() as bench:
        come(bench)
        bench.app.execute(FollowUp(FIRST, at="2d"))
        was = wake(bench)
        bench.app.execute(FollowUp(FIRST, at="3d"))
        bench.app.execute(FollowUp(FIRST, at="never"))
        assert wake(bench) is None
        with pytest.raises(InvalidState, match="has no follow-up"):
            bench.app.execute(FollowUp(FIRST, at="never"))
        bench.app.execute(Undo())
        bench.app.execute(Undo())
        assert wake(bench) == was
        # putting off takes its place, and gives it back
        bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        with pytest.raises(InvalidState, match="is put off"):
            bench.app.execute(FollowUp(FIRST, at="3d"))
        bench.app.execute(Undo())
        assert wake(bench) == was


def test_a_follow_up_is_dealt_with_by_hand_and_that_is_undone() -> None:
    with workbench() as bench:
        come(bench)
        bench.app.execute(FollowUp(FIRST, at="2d"))
        was = wake(bench)
        bench.app.execute(CloseTicket(FIRST, verdict=Verdict.TEST))
        bench.app.execute(WakeTickets(FIRST))
        assert (row(bench).status, wake(bench)) == (Status.NEW, None)
        bench.app.execute(Undo())
        assert (row(bench).status, row(bench).verdict, wake(bench)) == (Status.RESOLVED, Verdict.TEST, was)


def test_the_log_and_the_timeline_say_when_whatever_was_typed() -> None:
    with workbench() as bench:
        come(bench)
        bench.app.execute(SnoozeTicket(FIRST, until="tomorrow", until_change=True, why="call"))
        bench.app.execute(WakeTickets(FIRST))
        bench.app.execute(FollowUp(FIRST, at="2026-12-01T10:00Z"))
        bench.app.execute(FollowUp(FIRST, at="never"))
        assert '"until":"2026-11-24T09:00:00+00:00"' in bench.app.ask(ListAudit(limit=4)).entries[-1].arguments
        assert [each.text for each in bench.app.ask(GetTicket(FIRST)).timeline if each.who == "maria"] == [
            "Put off until 2026-11-24 09:00Z or until something changes: call",
            "Brought back",
            "To be looked at again at 2026-12-01 10:00Z",
            "Follow-up taken away",
        ]


STEPS = ("snooze", "change", "follow", "wake", "due", "close", "reopen", "assign", "link", "undo", "repeat")

histories = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(1, 4), st.sampled_from(["maria", "jo"])),
    max_size=25,
)


def live_through(bench: Workbench, history: Iterable[tuple[str, int, str]]) -> None:
    """Do what a history says, as far as it can be done, and look after each step."""
    bench.intake(Item("link-new", "a"), Item("comment-new", "b"), Item("", ""), Item("", ""))
    for what, number, who in history:
        ticket = TicketId(number)
        bench.advance(timedelta(hours=1))
        if what == "repeat":
            bench.intake(Item("link-new", "a"), Item("comment-new", "b"))
        else:
            command = {
                "snooze": SnoozeTicket(ticket, until="2h"),
                "change": SnoozeTicket(ticket, until_change=True),
                "follow": FollowUp(ticket, at="3h"),
                "wake": WakeTickets(ticket),
                "due": WakeTickets(),
                "close": CloseTicket(ticket, verdict=Verdict.TEST),
                "reopen": ReopenTicket(ticket),
                "assign": AssignTicket(ticket, "me"),
                "link": LinkTickets((ticket, TicketId(number % 4 + 1))),
                "undo": Undo(),
            }[what]
            with suppress(InvalidState):
                bench.app.execute(command, actor=who)
        look(bench, who)


def look(bench: Workbench, who: str) -> None:
    """Views hold what a count of the tickets says, and just what is put off comes back, beside follow-ups."""
    rows = bench.app.ask(GetTicketRows(tuple(bench.app.ask(ListTicketIds(view="all")).ids))).tickets
    by = [each.status for each in rows]
    waiting, closed = by.count(Status.WAITING), by.count(Status.RESOLVED)
    counts = bench.app.ask(CountViews(saved=False), actor=who)
    assert (counts.inbox, counts.all) == (len(rows) - waiting - closed, len(rows))
    assert (counts.waiting, counts.closed) == (waiting, closed)
    mine = [each for each in rows if each.assignee == who and each.status in (Status.NEW, Status.IN_PROGRESS)]
    assert counts.mine == len(mine)
    with bench.storage.read() as uow:
        wakes = uow.wakes.of([each.id for each in rows])
    put_off = {ticket: each for ticket, each in wakes.items() if not each.follow_up}
    assert {each.id for each in rows if each.status is Status.WAITING} == set(put_off)
    assert {each.id: each.back_at for each in rows if each.id in put_off} == {
        ticket: each.until for ticket, each in put_off.items()
    }


@settings(max_examples=60)
@given(histories)
def test_after_any_history_the_views_are_right_and_what_waits_comes_back(history: list[tuple[str, int, str]]) -> None:
    with workbench() as bench:
        live_through(bench, history)


def test_a_long_history_on_postgresql(postgres_url: str) -> None:
    chance = Random(7)
    with workbench(postgres_url) as bench:
        live_through(
            bench, [(chance.choice(STEPS), chance.randint(1, 4), chance.choice(["maria", "jo"])) for _ in range(120)]
        )
