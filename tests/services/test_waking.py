"""What brings a ticket back: changes of every kind, and its time, which two programs look for."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from tests.fakes.workbench import Item, Workbench, workbench
from triage_app.adapters.runner import ThreadRunner
from triage_app.domain.errors import StorageFailed
from triage_app.domain.ticket import Severity, Status, TicketId
from triage_app.services.app import LocalApp
from triage_app.services.arguments import Command
from triage_app.services.commands import AssignTicket, LinkTickets, Undo
from triage_app.services.context import CancelToken, Context
from triage_app.services.queries import GetTicket, ListAudit
from triage_app.services.search_commands import FollowUp, SnoozeTicket
from triage_app.services.source_commands import SyncSources
from triage_app.services.waking import ACTOR, LOOK_SECONDS, Waking

FIRST, SECOND, THIRD = TicketId(1), TicketId(2), TicketId(3)


def put_off(bench: Workbench, *tickets: TicketId) -> None:
    for ticket in tickets or (FIRST,):
        bench.app.execute(SnoozeTicket(ticket, until_change=True))


def state(bench: Workbench, ticket: TicketId = FIRST) -> tuple[Status, bool, list[str]]:
    view = bench.app.ask(GetTicket(ticket))
    return view.row.status, view.wake is not None, [each.text for each in view.notes]


def back(*notes: str) -> tuple[Status, bool, list[str]]:
    return Status.NEW, False, list(notes)


STILL_OFF: tuple[Status, bool, list[str]] = (Status.WAITING, True, [])


@pytest.mark.parametrize("level", ["comment", "child", "link", "note"])
def test_a_duplicate_brings_a_ticket_back_that_waits_for_a_change(level: str) -> None:
    with workbench() as bench:
        bench.intake(Item(f"{level}-new", "a"), Item(f"{level}-new", "b"))
        put_off(bench, FIRST, SECOND)
        # when
        bench.intake(Item(f"{level}-new", "a"), Item("", ""))
        # then the one that it is of, and no other
        which = "" if level == "comment" else " (ticket 3)"
        assert state(bench) == back(f"Back: a duplicate came in{which}.")
        assert state(bench, SECOND) == STILL_OFF


@pytest.mark.parametrize("level", ["drop", "suggest"])
def test_what_is_no_duplicate_for_the_queue_brings_nothing_back(level: str) -> None:
    with workbench() as bench:
        bench.intake(Item(f"{level}-new", "a"))
        put_off(bench)
        bench.intake(Item(f"{level}-new", "a"))
        assert state(bench) == STILL_OFF


def test_a_worse_duplicate_is_told_as_that() -> None:
    with workbench() as bench:
        bench.intake(Item("link-new", "a", Severity.LOW))
        put_off(bench)
        bench.intake(Item("link-new", "a", Severity.HIGH))
        assert state(bench) == back("Back: a duplicate came in (ticket 2) with a higher severity (high).")


def test_many_duplicates_are_one_note() -> None:
    with workbench() as bench:
        bench.intake(Item("comment-new", "a"))
        put_off(bench)
        bench.intake(*[Item("comment-new", "a")] * 9)
        assert state(bench) == back(
            "Back: a duplicate came in; a duplicate came in; a duplicate came in, and 6 more such."
        )


def test_a_duplicate_of_a_linked_ticket_brings_both_back() -> None:
    with workbench() as bench:
        bench.intake(Item("comment-new", "a"), Item("comment-new", "b"))
        bench.app.execute(LinkTickets((FIRST, SECOND)))
        put_off(bench, FIRST, SECOND)
        bench.intake(Item("comment-new", "b"))
        assert state(bench) == state(bench, SECOND) == back("Back: a duplicate came in.")


def test_time_alone_is_not_ended_by_a_change_and_neither_is_a_follow_up() -> None:
    with workbench() as bench:
        bench.intake(Item("comment-new", "a"), Item("comment-new", "b"))
        bench.app.execute(SnoozeTicket(FIRST, until="1d"))
        bench.app.execute(FollowUp(SECOND, at="1d"))
        bench.intake(Item("", ""))
        put_off(bench, THIRD)
        bench.intake(Item("comment-new", "a"), Item("comment-new", "b"))
        assert state(bench) == STILL_OFF
        assert state(bench, SECOND) == (Status.NEW, True, [])


def test_a_link_by_hand_brings_both_ends_back_and_its_undo_puts_them_off_again() -> None:
    with workbench() as bench:
        bench.intake(Item("", ""), Item("", "", Severity.CRITICAL), Item("", ""))
        bench.app.execute(AssignTicket(SECOND, "jo"))
        put_off(bench, FIRST, SECOND, THIRD)
        # when the second, which is somebody's, becomes the first of the group
        bench.app.execute(LinkTickets((FIRST, SECOND)))
        assert state(bench) == back("Back: it was linked under ticket 2.")
        assert state(bench, SECOND) == (Status.IN_PROGRESS, False, ["Back: a duplicate came in (ticket 1)."])
        assert state(bench, THIRD) == STILL_OFF
        # then
        bench.app.execute(Undo())
        assert state(bench) == state(bench, SECOND) == STILL_OFF
        # and a worse one is told as that
        bench.app.execute(AssignTicket(SECOND, "-"))
        bench.app.execute(LinkTickets((SECOND, THIRD)))
        bench.app.execute(LinkTickets((FIRST, SECOND)))
        assert state(bench)[2] == ["Back: a duplicate came in (ticket 2) with a higher severity (critical)."]


def mail(number: int, text: str, *, answers: int = 0, headers: str = "") -> bytes:
    """A mail of bob, or his answer in a conversation."""
    references = f"In-Reply-To: <{answers}@there.example>\r\n" if answers else ""
    return (
        f"From: Bob <bob@there.example>\r\nTo: soc@here.example\r\nSubject: Strange mail\r\n{references}{headers}"
        f"Message-ID: <{number}@there.example>\r\n\r\n{text}\r\n"
    ).encode()


def test_an_answer_brings_a_ticket_back_with_what_is_new_in_it() -> None:
    with workbench() as bench:
        bench.intake_mail(mail(1, "See http://evil.example.org/1"))
        put_off(bench)
        bench.intake_mail(mail(2, "And http://worse.example.org/2", answers=1))
        status, waits, (note,) = state(bench)
        assert (status, waits) == (Status.NEW, False)
        assert note.startswith("Back: bob@there.example answered; a new observable ")
        assert "worse[.]example[.]org" in note
        assert "evil" not in note


def test_an_answer_of_a_program_is_no_change_unless_it_brings_an_observable() -> None:
    with workbench() as bench:
        automatic = "Auto-Submitted: auto-replied\r\n"
        bench.intake_mail(mail(1, "See http://evil.example.org/1"))
        put_off(bench)
        bench.intake_mail(mail(2, "I am away.", answers=1, headers=automatic))
        assert state(bench) == STILL_OFF
        bench.intake_mail(mail(3, "Write to http://other.example.net/", answers=1, headers=automatic))
        assert state(bench)[2][0].startswith("Back: a new observable ")


# -- by time ----------------------------------------------------------------------------------------------------------


def waking(bench: Workbench, told: list[str] | None = None) -> Waking:
    """What looks for those whose time has come in a program on the bench's workspace."""
    app = bench.app
    assert isinstance(app, LocalApp)

    def carry_out(command: Command[Any], actor: str, cancel: CancelToken) -> None:
        if told is not None:
            told.append(actor)
        app.execute(command, actor=actor, cancel=cancel)

    return Waking(bench.ports, Context("maria", bench.ports.clock(), carry_out=carry_out))


def test_it_brings_back_what_is_due_and_logs_nothing_otherwise() -> None:
    with workbench() as bench:
        bench.intake(Item("", ""), Item("", ""))
        bench.app.execute(SnoozeTicket(FIRST, until="1h", why="call"))
        bench.app.execute(SnoozeTicket(SECOND, until="1d"))
        seen: list[Any] = []
        bench.app.subscribe(seen.append)
        waking(bench).once(CancelToken())
        assert seen == []
        bench.advance(timedelta(hours=1))
        waking(bench).once(CancelToken())
        # then desks hear of it
        assert [each.tickets for each in seen] == [{FIRST}]
        assert state(bench) == back("Back: the time that maria set has come: call")
        assert state(bench, SECOND) == STILL_OFF
        told = [each.text for each in bench.app.ask(GetTicket(FIRST)).timeline[1:]]
        assert told == ["Put off until 2026-11-23 09:00Z: call", "Back: the time that maria set has come: call"]
        woken = [each for each in bench.app.ask(ListAudit(limit=50)).entries if each.command == "wake"]
        assert [(each.actor, each.tickets) for each in woken] == [(ACTOR, (FIRST,))]


def test_two_programs_bring_a_ticket_back_once() -> None:
    with workbench() as bench:
        bench.intake(*[Item("", "")] * 30)
        for number in range(1, 31):
            bench.app.execute(SnoozeTicket(TicketId(number), until="1h"))
        bench.advance(timedelta(hours=1))
        told: list[str] = []
        threads = [Thread(target=waking(bench, told).once, args=(CancelToken(),)) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert told
        assert all(len(state(bench, TicketId(number))[2]) == 1 for number in range(1, 31))


class Runner(ThreadRunner):
    """Waits for nothing, and stops after a few looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Count a look."""
        assert seconds == LOOK_SECONDS
        self.left -= 1
        if not self.left:
            cancel.cancel()


def test_it_goes_on_after_a_failure() -> None:
    with workbench() as bench:
        bench.intake(Item("", ""))
        bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        bench.advance(timedelta(hours=1))
        tries: list[str] = []

        def carry_out(_command: Command[Any], actor: str, _cancel: CancelToken) -> None:
            tries.append(actor)
            raise StorageFailed("The disk is full.")

        ports = bench.ports
        context = Context("maria", ports.clock(), carry_out=carry_out)
        Waking(replace(ports, runner=Runner(3)), context).follow(CancelToken())
        assert tries == [ACTOR] * 3


def test_whoever_follows_the_sources_brings_tickets_back_even_where_there_are_none() -> None:
    with workbench() as bench:
        bench.intake(Item("", ""))
        bench.app.execute(SnoozeTicket(FIRST, until="1h"))
        bench.advance(timedelta(hours=1))
        cancel = CancelToken()
        bench.app.subscribe(lambda changes: cancel.cancel() if FIRST in changes.tickets else None)
        bench.app.execute(SyncSources(follow=True), cancel=cancel)
        assert state(bench)[:2] == (Status.NEW, False)
