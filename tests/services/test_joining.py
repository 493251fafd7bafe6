"""The plan of linking says what linking does, and what forbids it."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.workbench import Item, Workbench, workbench
from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.ticket import Severity, TicketId
from triage_app.services.commands import AssignTicket, LinkTickets, UnlinkTicket
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.search_queries import PlanLink


def ids(*numbers: int) -> tuple[TicketId, ...]:
    return tuple(TicketId(number) for number in numbers)


def plain(bench: Workbench, count: int) -> None:
    bench.intake(*[Item("", "")] * count)


def mail(number: int, text: str) -> bytes:
    return (
        f"From: Bob <bob@there.example>\r\nSubject: Mail\r\nMessage-ID: <{number}@there.example>\r\n\r\n{text}\r\n"
    ).encode()


def test_a_plan_names_the_first_and_what_goes_under_it_and_changes_nothing() -> None:
    with workbench() as bench:
        plain(bench, 5)
        bench.app.execute(LinkTickets(ids(3, 4)))
        bench.app.execute(AssignTicket(TicketId(2), "me"))
        bench.app.execute(AssignTicket(TicketId(4), "jo"))
        bench.app.execute(AssignTicket(TicketId(5), "me"))
        # when
        plan = bench.app.ask(PlanLink(ids(1, 2, 3, 5), level=Level.CHILD))
        # then the oldest that is somebody's stays, and the group of the third comes along
        assert (plan.first.id, plan.level, plan.refused) == (2, Level.CHILD, "")
        assert [each.id for each in plan.others] == [1, 3, 4, 5]
        assert (plan.yours, plan.of_others, plan.news) == (1, 1, ())
        assert bench.app.ask(GetDuplicates(TicketId(2))).links == ()
        # and so it is done
        linked = bench.app.execute(LinkTickets(ids(1, 2, 3, 5), level=Level.CHILD))
        assert (linked.primary, linked.linked) == (2, ids(1, 3, 4, 5))


def test_a_plan_says_what_is_new_in_the_others() -> None:
    with workbench() as bench:
        bench.intake_mail(
            mail(1, "http://known.example.org/"),
            mail(2, "http://known.example.org/ and http://new.example.net/a"),
            mail(3, "http://known.example.org/"),
            mail(4, " ".join(f"http://{name}.example.com/" for name in "abcdef")),
        )
        bench.intake(Item("", "", Severity.HIGH))
        two, four, five = bench.app.ask(PlanLink(ids(1, 2, 3, 4, 5))).news
        assert two.startswith("Ticket 2 has what ticket 1 has not: hxxp://new[.]example[.]net/a")
        assert "known" not in two
        assert four.endswith(" more.")
        assert five == "Ticket 5 has the severity high, ticket 1 unknown."


def test_what_people_set_apart_is_refused_in_the_words_of_link() -> None:
    with workbench() as bench:
        plain(bench, 4)
        bench.app.execute(LinkTickets(ids(1, 2)))
        one_group = bench.app.ask(PlanLink(ids(1, 2)))
        assert one_group.refused == "These tickets are one group already; its first ticket is 1."
        assert (one_group.first.id, [each.id for each in one_group.others]) == (1, [2])
        bench.app.execute(UnlinkTicket(TicketId(2)))
        bench.app.execute(LinkTickets(ids(2, 3)))
        plan = bench.app.ask(PlanLink(ids(1, 3)))
        assert plan.refused.startswith("Ticket 2 was set apart from 1, and linking would join them.")
        with pytest.raises(InvalidState) as refused:
            bench.app.execute(LinkTickets(ids(1, 3)))
        assert refused.value.message == plan.refused
        # both are named: they are to be linked after all
        assert bench.app.ask(PlanLink(ids(1, 2))).refused == ""


def test_what_cannot_be_asked_is_told() -> None:
    with workbench() as bench:
        plain(bench, 201)
        for query, says in (
            (PlanLink(ids(1, 1)), "two different"),
            (PlanLink(ids(*range(1, 202))), "At most 200 tickets are linked at once; 201 were named"),
            (PlanLink(ids(1, 2), level=Level.SUGGEST), "not as suggest"),
        ):
            with pytest.raises(InvalidInput, match=says):
                bench.app.ask(query)
            with pytest.raises(InvalidInput, match=says):
                bench.app.execute(LinkTickets(query.ids, level=query.level))
        with pytest.raises(NotFound):
            bench.app.ask(PlanLink(ids(1, 999)))
        # 200 are
        assert len(bench.app.execute(LinkTickets(ids(*range(1, 201)))).linked) == 199


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(1, 7), min_size=2, max_size=4, unique=True), min_size=1, max_size=8), st.data())
def test_a_plan_and_what_is_done_are_the_same(steps: list[list[int]], data: st.DataObject) -> None:
    with workbench() as bench:
        plain(bench, 7)
        for numbers in steps:
            if data.draw(st.booleans()):
                with suppress(InvalidState):
                    bench.app.execute(UnlinkTicket(TicketId(numbers[0])))
            plan = bench.app.ask(PlanLink(ids(*numbers)))
            before = {each.id for each in (plan.first, *plan.others)}
            if plan.refused:
                with pytest.raises(InvalidState, match=re.escape(plan.refused)):
                    bench.app.execute(LinkTickets(ids(*numbers)))
                continue
            done = bench.app.execute(LinkTickets(ids(*numbers)))
            tree = bench.app.ask(GetDuplicates(done.primary))
            assert done.primary == plan.first.id
            group = {tree.first.id, *(each.ticket.id for each in tree.links)}
            assert before <= group
            assert set(done.linked) <= before
