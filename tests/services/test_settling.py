"""What becomes of items: each level, each way with a closed first ticket, and what is new."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.fakes.workbench import BEGIN, RULES, Item, Workbench, workbench
from triage_app.domain.dedup import Arrival, Level, OnClosed, RuleName
from triage_app.domain.errors import NotFound
from triage_app.domain.item import Form, RawId
from triage_app.domain.ticket import Severity, Status, TicketId, Verdict
from triage_app.services.commands import CloseTicket, ImportReport, LinkTickets
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import GetRaw, GetTicket, GetTicketRows
from triage_app.services.settling import StoredBook, arrival_of, new_ticket
from triage_app.services.shapes import Analysis, PendingItem

FIRST, SECOND, THIRD = TicketId(1), TicketId(2), TicketId(3)


def outcome(report: ImportReport) -> tuple[int, int, int]:
    assert report.difference == 0
    return report.ticketed, report.merged, report.dropped


def duplicates(bench: Workbench, ticket: TicketId = FIRST) -> int:
    return bench.app.ask(GetTicketRows((ticket,))).tickets[0].duplicates


@pytest.mark.parametrize("level", list(Level))
def test_each_level_does_what_its_name_says(level: Level) -> None:
    with workbench() as bench:
        # when the same comes twice, in one batch and in another
        reports = [bench.intake(*[Item(f"{level.value}-new", "a")] * 2), bench.intake(Item(f"{level.value}-new", "a"))]
        # then
        total = Counter(
            ticketed=sum(each.ticketed for each in reports),
            merged=sum(each.merged for each in reports),
            dropped=sum(each.dropped for each in reports),
        )
        tree = bench.app.ask(GetDuplicates(FIRST))
        assert total["ticketed"] == (3 if level.has_ticket else 1)
        assert total["merged"] == (2 if level is Level.COMMENT else 0)
        assert total["dropped"] == (2 if level is Level.DROP else 0)
        assert duplicates(bench) == (0 if level in (Level.DROP, Level.SUGGEST) else 2)
        assert (tree.merged, len(tree.repeats)) == ((2, 2) if level is Level.COMMENT else (0, 0))
        assert [each.level for each in tree.links] == ([level] * 2 if level.has_ticket else [])
        assert all(each.reasons for each in tree.links)


def test_of_what_is_dropped_only_the_count_stays() -> None:
    with workbench() as bench:
        bench.intake(*[Item("drop-new", "a")] * 3)
        with pytest.raises(NotFound, match="dropped by a rule"):
            bench.app.ask(GetRaw(RawId(2)))
        with bench.storage.read() as uow:
            (figures,) = uow.duplicates.figures()
        assert (figures.matched, figures.dropped, figures.saved) == (3, 2, 2)


@pytest.mark.parametrize("rule", RULES)
def test_a_closed_first_ticket_never_swallows_a_repeat(rule: str) -> None:
    level, closed = rule.split("-")
    with workbench() as bench:
        # given
        bench.intake(Item(rule, "a"))
        bench.app.execute(CloseTicket(FIRST, verdict=Verdict.TRUE_POSITIVE))
        # when
        report = bench.intake(Item(rule, "a"))
        # then
        row = bench.app.ask(GetTicketRows((FIRST,))).tickets[0]
        tree = bench.app.ask(GetDuplicates(FIRST))
        if OnClosed(closed) is OnClosed.REOPEN:
            assert (row.status, row.verdict) == (Status.NEW, None)
            assert "Opened again" in bench.app.ask(GetTicket(FIRST)).notes[0].text
            assert report.ticketed == (1 if Level(level).has_ticket else 0)
            return
        assert (row.status, row.verdict, report.ticketed) == (Status.RESOLVED, Verdict.TRUE_POSITIVE, 1)
        assert [each.ticket.id for each in tree.links] == ([SECOND] if closed == "new_and_link" else [])
        # and the next one joins the group that the new ticket opened
        again = bench.intake(Item(rule, "a"))
        assert again.ticketed == (1 if Level(level).has_ticket else 0)
        if level == "comment":
            assert bench.app.ask(GetTicketRows((SECOND,))).tickets[0].duplicates == 1


@pytest.mark.parametrize("level", ["drop", "comment"])
def test_what_brings_something_new_is_a_ticket_that_says_what(level: str) -> None:
    with workbench() as bench:
        bench.intake(Item(f"{level}-new", "a", Severity.LOW, ("a@example.org",)))
        # when it gets worse, and when it goes to somebody else
        assert outcome(bench.intake(Item(f"{level}-new", "a", Severity.HIGH, ("a@example.org",)))) == (1, 0, 0)
        assert outcome(bench.intake(Item(f"{level}-new", "a", Severity.LOW, ("b@example.org",)))) == (1, 0, 0)
        worse, wider = bench.app.ask(GetDuplicates(FIRST)).links
        assert "high" in worse.novelty[0]
        assert "b@example.org" in wider.novelty[0]
        # then the group knows it, and nothing of it is new any more
        assert bench.intake(Item(f"{level}-new", "a", Severity.HIGH, ("b@example.org",))).ticketed == 0


def test_a_repeat_of_a_ticket_that_is_linked_under_another_stands_under_that_one() -> None:
    with workbench() as bench:
        # given two groups, of which the second is linked under the first
        bench.intake(Item("link-new", "a"), Item("link-new", "b"))
        bench.app.execute(LinkTickets((FIRST, SECOND)))
        # when a repeat of the second comes
        bench.intake(Item("link-new", "b"))
        # then there is no chain
        assert [each.ticket.id for each in bench.app.ask(GetDuplicates(THIRD)).links] == [SECOND, THIRD]
        assert (duplicates(bench, FIRST), duplicates(bench, SECOND)) == (2, 0)


def test_a_ticket_that_was_set_apart_from_any_ticket_of_a_group_never_joins_it() -> None:
    with workbench() as bench:
        # given a group of three, a ticket that was set apart from its last one, and two that were from each other
        bench.intake(*[Item("link-new", "a")] * 3, *[Item("", "")] * 3)
        four, five, six = (TicketId(number) for number in (4, 5, 6))
        with bench.storage.write() as uow:
            for one, other in ((THIRD, four), (five, six)):
                uow.duplicates.set_apart(one, other, "maria", BEGIN, apart=True)
        with bench.storage.read() as uow:
            group = uow.duplicates.current(RuleName("link-new"), ("a",))
            assert group is not None
            book = StoredBook(uow)
            asked = Arrival(RawId(9), BEGIN, BEGIN, Severity.LOW, ())
            # then only who was set apart from one of its tickets is kept apart, and who has no ticket yet never is
            apart = {
                ticket: book.are_apart(replace(asked, ticket=ticket), group) for ticket in (FIRST, four, five, six)
            }
            assert apart == {FIRST: False, four: True, five: False, six: False}
            assert not book.are_apart(asked, group)
        # and once the group stands under another ticket, all that stands there is one group
        bench.app.execute(LinkTickets((FIRST, six)))
        with bench.storage.read() as uow:
            assert StoredBook(uow).are_apart(replace(asked, ticket=five), group)


def test_a_decision_knows_what_was_read() -> None:
    item = PendingItem(RawId(7), "files", Form.MAIL, b"", BEGIN)
    analysis = Analysis(severity=Severity.HIGH, recipients=frozenset({"a@example.org"}))
    arrival = arrival_of(item, analysis)
    assert (arrival.raw, arrival.received_at, arrival.severity) == (7, BEGIN, Severity.HIGH)
    assert arrival.recipients == {"a@example.org"}
    assert new_ticket(item, analysis).category == "unclassified"
