"""Groups as people handle them."""

import pytest

from tests.fakes.workbench import Item, Workbench, workbench
from triage_app.domain.dedup import Level, LinkId, RuleName
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.ticket import Severity, Status, TicketId, Verdict
from triage_app.services.commands import (
    AddNote,
    AssignTicket,
    CheckLink,
    CloseLinked,
    CloseTicket,
    Linked,
    LinkTickets,
    SplitRepeat,
    Undo,
    UnlinkTicket,
)
from triage_app.services.dedup_queries import GetDuplicates, PlanCloseLinked
from triage_app.services.duplicates import USUAL
from triage_app.services.queries import CountViews, GetBalance, GetTicket, GetTicketRows, ListAudit

ONE, TWO, THREE, FOUR = (TicketId(number) for number in range(1, 5))


def filled(bench: Workbench, count: int = 4) -> Workbench:
    """With that many tickets that nothing makes the same."""
    bench.intake(*[Item("", "")] * count)
    return bench


def members(bench: Workbench, ticket: TicketId) -> list[TicketId]:
    tree = bench.app.ask(GetDuplicates(ticket))
    return [tree.first.id, *(each.ticket.id for each in tree.links)]


def test_the_first_is_the_oldest_open_ticket_of_somebody_else_the_oldest_open_one() -> None:
    with workbench() as bench:
        filled(bench)
        bench.app.execute(CloseTicket(ONE, verdict=Verdict.TRUE_POSITIVE))
        bench.app.execute(AssignTicket(FOUR, "jo"))
        assert bench.app.execute(LinkTickets((TWO, ONE))) == Linked(TWO, (ONE,))
        # when somebody's is among them, then it leads, and those that were linked move along
        assert bench.app.execute(LinkTickets((ONE, THREE, FOUR))) == Linked(FOUR, (ONE, TWO, THREE))
        assert all(members(bench, each)[0] == FOUR for each in (ONE, TWO, THREE, FOUR))
        assert bench.app.ask(GetTicketRows((ONE,))).tickets[0].verdict is Verdict.TRUE_POSITIVE
        assert [row.duplicates for row in bench.app.ask(GetTicketRows((ONE, TWO, FOUR))).tickets] == [0, 0, 3]
        # and twice is too often
        with pytest.raises(InvalidState, match="one group already"):
            bench.app.execute(LinkTickets((ONE, TWO)))


def test_what_cannot_be_linked_is_refused() -> None:
    with workbench() as bench:
        filled(bench)
        with pytest.raises(InvalidInput, match="two different"):
            bench.app.execute(LinkTickets((ONE, ONE)))
        with pytest.raises(NotFound, match="99"):
            bench.app.execute(LinkTickets((ONE, TicketId(99))))
        with pytest.raises(InvalidInput, match="child, link, note"):
            bench.app.execute(LinkTickets((ONE, TWO), level=Level.DROP))


def test_unlinking_is_for_good_until_somebody_names_both() -> None:
    with workbench() as bench:
        filled(bench)
        bench.app.execute(LinkTickets((ONE, TWO)))
        done = bench.app.execute(UnlinkTicket(TWO))
        assert (done.ticket, done.was_under) == (TWO, ONE)
        with pytest.raises(InvalidState, match="linked under no other"):
            bench.app.execute(UnlinkTicket(TWO))
        # when it would come along with another, then that is refused
        bench.app.execute(LinkTickets((TWO, THREE)))
        with pytest.raises(InvalidState, match="set apart"):
            bench.app.execute(LinkTickets((ONE, THREE)))
        # but who names it means it
        bench.app.execute(LinkTickets((ONE, TWO, THREE)))
        assert members(bench, THREE) == [ONE, TWO, THREE]


def test_a_suggestion_is_shown_at_both_ends_counts_nothing_and_can_be_refused() -> None:
    with workbench() as bench:
        bench.intake(*[Item("suggest-new", "a")] * 2)
        (at_first,) = bench.app.ask(GetDuplicates(ONE)).links
        (at_other,) = bench.app.ask(GetDuplicates(TWO)).links
        assert (at_first.ticket.id, at_first.is_first, at_other.ticket.id, at_other.is_first) == (TWO, False, ONE, True)
        assert bench.app.ask(GetTicketRows((ONE,))).tickets[0].duplicates == 0
        bench.app.execute(UnlinkTicket(TWO))
        assert bench.app.ask(GetDuplicates(ONE)).links == ()
        # and a link answers it
        bench.app.execute(Undo())
        bench.app.execute(LinkTickets((ONE, TWO)))
        assert [each.level for each in bench.app.ask(GetDuplicates(ONE)).links] == [Level.LINK]


def test_nobody_comes_along_with_whom_a_person_set_it_apart_from() -> None:
    with workbench() as bench:
        # given two groups, of which the last ones were set apart
        filled(bench)
        bench.app.execute(LinkTickets((TWO, FOUR)))
        bench.app.execute(UnlinkTicket(TWO, FOUR))
        bench.app.execute(LinkTickets((ONE, TWO)))
        bench.app.execute(LinkTickets((THREE, FOUR)))
        before = members(bench, ONE), members(bench, THREE)
        # when the groups are linked by others, then that is refused and says who
        for named in ((ONE, THREE), (TWO, THREE), (ONE, FOUR)):
            with pytest.raises(InvalidState, match="Ticket 4 was set apart from 2"):
                bench.app.execute(LinkTickets(named))
        assert (members(bench, ONE), members(bench, THREE)) == before
        # but who names both means it, until that is taken back
        bench.app.execute(LinkTickets((TWO, FOUR)))
        assert members(bench, ONE) == [ONE, TWO, THREE, FOUR]
        bench.app.execute(UnlinkTicket(FOUR))
        bench.app.execute(Undo())
        bench.app.execute(Undo())
        with pytest.raises(InvalidState, match="set apart"):
            bench.app.execute(LinkTickets((ONE, FOUR)))


def items_of(bench: Workbench, rule: str, key: str) -> int:
    with bench.storage.read() as uow:
        group = uow.duplicates.current(RuleName(rule), (key,))
    assert group is not None
    return group.count


def test_a_group_counts_the_items_that_people_leave_in_it() -> None:
    with workbench() as bench:
        # given a group of three with its own tickets, one of three with a suggestion, and a stranger
        bench.intake(*[Item("link-new", "a")] * 3, *[Item("suggest-new", "b")] * 3, Item("", ""))
        five, seven = TicketId(5), TicketId(7)
        assert (items_of(bench, "link-new", "a"), items_of(bench, "suggest-new", "b")) == (3, 3)
        # when one is unlinked, and another one linked by hand, then only the first of these is no item any more
        bench.app.execute(UnlinkTicket(TWO))
        bench.app.execute(LinkTickets((ONE, seven)))
        assert items_of(bench, "link-new", "a") == 2
        # and a group that moves along, or a suggestion that is agreed with, still counts the same items
        bench.app.execute(AssignTicket(five, "me"))
        bench.app.execute(LinkTickets((five, ONE)))
        bench.app.execute(LinkTickets((five, FOUR)))
        assert members(bench, five)[0] == five
        assert (items_of(bench, "link-new", "a"), items_of(bench, "suggest-new", "b")) == (2, 3)
        # until somebody says no after all
        bench.app.execute(UnlinkTicket(FOUR, five))
        bench.app.execute(UnlinkTicket(THREE))
        assert (items_of(bench, "link-new", "a"), items_of(bench, "suggest-new", "b")) == (1, 2)
        for _ in range(7):
            bench.app.execute(Undo())
        assert (items_of(bench, "link-new", "a"), items_of(bench, "suggest-new", "b")) == (3, 3)


def test_which_link_is_meant_is_never_guessed() -> None:
    with workbench() as bench:
        # given a ticket with another one linked under it and two that are suggested with it
        bench.intake(*[Item("suggest-new", "a")] * 3)
        filled(bench, 2)
        five = TicketId(5)
        bench.app.execute(LinkTickets((ONE, FOUR)))
        with pytest.raises(InvalidState, match=r"with 2, 3 \(suggested with it\) and 4 \(linked under it\)\. Name"):
            bench.app.execute(UnlinkTicket(ONE))
        with pytest.raises(InvalidState, match="Nothing links ticket 1 and ticket 5"):
            bench.app.execute(UnlinkTicket(ONE, five))
        with pytest.raises(InvalidState, match="Ticket 5 has no link"):
            bench.app.execute(UnlinkTicket(five, TWO))
        with pytest.raises(NotFound, match="99"):
            bench.app.execute(UnlinkTicket(ONE, TicketId(99)))
        # when both ends are named, in either order, then that link goes and no other
        for asked, other in ((ONE, TWO), (FOUR, ONE)):
            done = bench.app.execute(UnlinkTicket(asked, other))
            assert {done.ticket, done.was_under} == {asked, other}
            assert done.was_under == ONE
        assert members(bench, ONE) == [ONE, THREE]
        # and where there is but one link left, one end will do
        bench.app.execute(UnlinkTicket(ONE))
        assert members(bench, ONE) == [ONE]
        for _ in range(3):
            bench.app.execute(Undo())
        assert members(bench, ONE) == [ONE, TWO, THREE, FOUR]


def test_a_ticket_in_a_group_is_taken_out_of_it_and_its_suggestions_stay() -> None:
    with workbench() as bench:
        bench.intake(*[Item("suggest-new", "a")] * 2)
        filled(bench, 2)
        bench.app.execute(LinkTickets((TWO, THREE)))
        bench.app.execute(AssignTicket(FOUR, "jo"))
        bench.app.execute(LinkTickets((FOUR, TWO)))
        # the suggestion is told with the end that it has in this group
        at_two = {each.ticket.id: each.here for each in bench.app.ask(GetDuplicates(TWO)).links}
        assert at_two == {TWO: FOUR, THREE: FOUR, ONE: TWO}
        assert bench.app.execute(UnlinkTicket(TWO)).was_under == FOUR
        assert [each.level for each in bench.app.ask(GetDuplicates(TWO)).links] == [Level.SUGGEST]


def test_a_suggestion_is_answered_once_both_are_in_one_group() -> None:
    with workbench() as bench:
        # given two that are suggested with the first of their group, and a ticket under which all of them come to stand
        bench.intake(Item("", ""), *[Item("suggest-new", "a")] * 3)
        bench.app.execute(LinkTickets((ONE, THREE)))
        bench.app.execute(LinkTickets((ONE, FOUR)))
        assert {each.ticket.id for each in bench.app.ask(GetDuplicates(THREE)).links} == {TWO, THREE, FOUR}
        bench.app.execute(LinkTickets((ONE, TWO)))
        # then nothing is suggested any more, and nobody can refuse what is linked
        for ticket in (ONE, TWO, THREE):
            assert all(each.level is Level.LINK for each in bench.app.ask(GetDuplicates(ticket)).links)
        with pytest.raises(InvalidState, match="are in one group"):
            bench.app.execute(UnlinkTicket(TWO, THREE))
        assert items_of(bench, "suggest-new", "a") == 3
        # when one is taken out, then it is not suggested again with those that it has left
        bench.app.execute(UnlinkTicket(THREE))
        assert bench.app.ask(GetDuplicates(THREE)).links == ()
        assert items_of(bench, "suggest-new", "a") == 2
        # and what was answered is asked again when the link is taken back
        for _ in range(2):
            bench.app.execute(Undo())
        at_three = bench.app.ask(GetDuplicates(THREE)).links
        assert [each.ticket.id for each in at_three if each.level is Level.SUGGEST] == [TWO]
        assert items_of(bench, "suggest-new", "a") == 3


def test_a_split_item_becomes_a_ticket_and_goes_back_where_it_was() -> None:
    with workbench() as bench:
        bench.intake(*[Item("comment-new", "a")] * 3)
        before = bench.app.ask(GetDuplicates(ONE)), bench.app.ask(GetBalance()), bench.app.ask(CountViews())
        raw = before[0].repeats[0].raw
        # when
        done = bench.app.execute(SplitRepeat(raw))
        assert (done.ticket, done.was_under) == (TWO, ONE)
        assert bench.app.ask(GetDuplicates(ONE)).merged == 1
        assert bench.app.ask(GetTicket(TWO)).messages[0].raw == raw
        with pytest.raises(InvalidState, match="not merged"):
            bench.app.execute(SplitRepeat(raw))
        # then what comes later still joins the first
        bench.intake(Item("comment-new", "a"))
        assert bench.app.ask(GetDuplicates(ONE)).merged == 2
        # and undo takes the ticket away, but not where somebody has worked on it
        bench.app.execute(AddNote(TWO, "mine"), actor="jo")
        with pytest.raises(InvalidState, match="changed by somebody"):
            bench.app.execute(Undo())
        bench.app.execute(Undo(), actor="jo")
        bench.app.execute(Undo())
        with pytest.raises(NotFound):
            bench.app.ask(GetTicket(TWO))
        assert bench.app.ask(GetDuplicates(ONE)).merged == 3
        assert bench.app.ask(CountViews()) == before[2]


def test_potential_links_are_ticked_off_before_their_ticket_is_closed() -> None:
    with workbench() as bench:
        filled(bench)
        bench.app.execute(LinkTickets((ONE, TWO, THREE), level=Level.NOTE))
        bench.app.execute(LinkTickets((ONE, FOUR)))
        for command in (CloseTicket(ONE, verdict=Verdict.TEST), CloseLinked(ONE, verdict=Verdict.TEST)):
            with pytest.raises(InvalidState, match="2 potential links"):
                bench.app.execute(command)
        links = bench.app.ask(GetDuplicates(ONE)).links
        for each in links[:2]:
            assert bench.app.execute(CheckLink(each.id)).id == ONE
        with pytest.raises(InvalidState, match="ticked off already"):
            bench.app.execute(CheckLink(links[0].id))
        with pytest.raises(InvalidState, match="no potential link"):
            bench.app.execute(CheckLink(links[2].id))
        with pytest.raises(NotFound):
            bench.app.execute(CheckLink(LinkId(99)))
        # then it can be closed, unless the last tick is taken back
        bench.app.execute(Undo())
        with pytest.raises(InvalidState, match="1 potential link"):
            bench.app.execute(CloseTicket(ONE, verdict=Verdict.TEST))
        bench.app.execute(CheckLink(links[1].id))
        assert bench.app.execute(CloseTicket(ONE, verdict=Verdict.TEST)).status is Status.RESOLVED


def test_a_plan_says_what_closing_would_do_and_closing_leaves_other_verdicts_alone() -> None:
    with workbench() as bench:
        # given a group with a worse repeat, one that is mine and one that is closed
        bench.intake(Item("comment-new", "a"), Item("comment-new", "a", Severity.HIGH))
        filled(bench, 2)
        bench.app.execute(AssignTicket(ONE, "me"))
        bench.app.execute(CloseTicket(THREE, verdict=Verdict.TRUE_POSITIVE))
        bench.app.execute(LinkTickets((ONE, THREE, FOUR)))
        # when
        plan = bench.app.ask(PlanCloseLinked(FOUR))
        # then nothing has changed, and nothing is logged
        assert bench.app.ask(ListAudit(limit=1)).entries[0].command == "link"
        assert (plan.planned, plan.primary, plan.tickets) == (True, ONE, (ONE, TWO, FOUR))
        assert (plan.mine, plan.unchecked, plan.over_limit) == (1, 0, False)
        ((worse, what),) = plan.novel
        assert worse == TWO
        assert "Severity high" in what
        assert bench.app.ask(CountViews()).closed == 1
        # and when it is done, each ticket's history tells it
        report = bench.app.execute(CloseLinked(FOUR, verdict=Verdict.FALSE_POSITIVE))
        assert report.tickets == plan.tickets
        rows = bench.app.ask(GetTicketRows((ONE, TWO, THREE, FOUR))).tickets
        assert [row.verdict for row in rows] == [
            Verdict.FALSE_POSITIVE, Verdict.FALSE_POSITIVE, Verdict.TRUE_POSITIVE, Verdict.FALSE_POSITIVE,
        ]  # fmt: skip
        assert "Closed as false positive with all linked duplicates" in [
            each.text for each in bench.app.ask(GetTicket(TWO)).timeline
        ]
        with pytest.raises(InvalidState, match="closed already"):
            bench.app.execute(CloseLinked(ONE, verdict=Verdict.TEST))


def test_one_undo_opens_five_thousand_again() -> None:
    with workbench() as bench:
        # given a group of 5,000, some of it somebody's
        bench.intake(*[Item("link-new", "a")] * 5_000)
        for each in (2, 500, 5_000):
            bench.app.execute(AssignTicket(TicketId(each), "jo"))
        ids = tuple(bench.tickets())
        before = bench.app.ask(GetTicketRows(ids)), bench.app.ask(CountViews(), actor="jo")
        assert len(ids) == 5_000
        # when
        report = bench.app.execute(CloseLinked(TicketId(77), verdict=Verdict.DUPLICATE))
        assert (len(report.tickets), report.over_limit) == (5_000, True)
        assert len(report.tickets) > USUAL
        assert bench.app.ask(CountViews()).inbox == 0
        # then
        assert len(bench.app.execute(Undo()).tickets) == 5_000
        assert (bench.app.ask(GetTicketRows(ids)), bench.app.ask(CountViews(), actor="jo")) == before


def test_undo_refuses_all_where_one_was_changed_since() -> None:
    with workbench() as bench:
        filled(bench)
        bench.app.execute(LinkTickets((ONE, TWO)))
        bench.app.execute(CloseLinked(ONE, verdict=Verdict.TEST))
        bench.app.execute(UnlinkTicket(TWO), actor="jo")
        # when the link that is to be taken back is gone, then nothing is half undone
        bench.app.execute(Undo())
        with pytest.raises(InvalidState, match="changed by somebody"):
            bench.app.execute(Undo())
        assert members(bench, ONE) == [ONE]
        assert bench.app.ask(ListAudit(limit=1)).entries[0].command == "undo"
