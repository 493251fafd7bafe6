"""Queries in words on the sample workspace: what they mean while they are typed, and what they find."""

import pytest

from triage_app.domain.errors import InvalidInput, InvalidQuery
from triage_app.domain.ticket import Verdict
from triage_app.services.app import App
from triage_app.services.commands import AssignTicket, CloseTicket
from triage_app.services.queries import CountViews, GetTicket, GetTicketRows, ListTicketIds, ListTickets
from triage_app.services.search_commands import SaveView
from triage_app.services.search_queries import ReadQuery
from triage_app.services.searching import MOST_COMPARED


def found(app: App, query: str) -> set[int]:
    return set(app.ask(ListTicketIds(view="all", query=query)).ids)


def test_a_query_is_read_as_it_is_typed(demo: App) -> None:
    reading = demo.ask(ReadQuery("from:bank -is:closed cat"))
    assert [(each.field, each.value, each.excluded) for each in reading.chips] == [
        ("from", "bank", False),
        ("is", "closed", True),
        ("", "cat", False),
    ]
    assert reading.problem is None
    assert reading.completions[0].text == "category:"
    # a cursor in the middle
    assert demo.ask(ReadQuery("fr is:open", cursor=2)).completions[0].text == "from:"


def test_a_problem_has_its_place_and_does_not_hide_the_chips(demo: App) -> None:
    reading = demo.ask(ReadQuery("is:open severity:hgih"))
    assert reading.problem is not None
    assert (reading.problem.start, reading.problem.end) == (17, 21)
    assert [each.field for each in reading.chips] == ["is", "severity"]
    with pytest.raises(InvalidQuery, match="At character 18: There is no severity 'hgih'"):
        demo.ask(ListTickets(query="is:open severity:hgih"))


def test_completions_know_labels_sources_people_and_saved_views(demo: App) -> None:
    # given
    one = demo.ask(ListTicketIds(view="all")).ids[0]
    demo.execute(AssignTicket(one, "zoe"))
    demo.execute(SaveView("Bank trouble", "from:bank is:open"))
    row = demo.ask(GetTicketRows((one,))).tickets[0]
    # when, then
    texts = {each.text for each in demo.ask(ReadQuery("assignee:")).completions}
    assert {"me", "zoe", demo.user} <= texts
    assert any(row.source in each.text for each in demo.ask(ReadQuery("source:")).completions)
    assert demo.ask(ReadQuery("category:phish")).completions[0].text.strip('"').lower().startswith("phish")
    assert "from:bank is:open" in {each.text for each in demo.ask(ReadQuery("troub")).completions}


def test_me_is_who_asks(demo: App) -> None:
    ids = demo.ask(ListTicketIds(view="inbox")).ids
    demo.execute(AssignTicket(ids[0], "zoe"))
    demo.execute(AssignTicket(ids[1], demo.user))
    assert ids[1] in found(demo, "is:mine") == found(demo, "assignee:me")
    assert set(demo.ask(ListTicketIds(view="all", query="is:mine"), actor="zoe").ids) == {ids[0]}
    assert found(demo, "is:assigned") >= {ids[0], ids[1]}


@pytest.mark.parametrize(("kind", "field"), [("url", "url"), ("ipv4", "ip"), ("email", "email"), ("domain", "domain")])
def test_defanged_and_live_queries_find_the_same(demo: App, kind: str, field: str) -> None:
    # given an observable that is in a ticket
    ticket = demo.ask(ListTickets(view="all", query=f"has:{kind}", limit=1)).tickets[0]
    seen = next(each for each in demo.ask(GetTicket(ticket.id)).observables if each.kind == kind)
    assert seen.defanged != seen.value
    # then both forms find it, as a word and as a field
    exact = found(demo, f'{field}:"{seen.value}"')
    assert ticket.id in exact
    assert found(demo, f'{field}:"{seen.defanged}"') == exact
    assert found(demo, f'"{seen.value}"') == found(demo, f'"{seen.defanged}"') >= exact


def test_similar_tickets_are_those_that_the_queue_counts(demo: App) -> None:
    # given a ticket with similar ones
    alike = demo.ask(ListTickets(view="all", query="has:similar", limit=1)).tickets[0]
    # when
    similar = found(demo, f"similar:{alike.id}")
    # then
    assert len(similar) == (alike.similar_open or 0) + (alike.similar_past or 0) > 0
    assert found(demo, f"similar:#{alike.id}") == similar
    assert found(demo, f"similar:{alike.id} OR id:{alike.id}") == similar | {alike.id}
    assert found(demo, f"-similar:{alike.id} id:{alike.id}") == {alike.id}


def test_similar_to_nothing_is_said(demo: App) -> None:
    with pytest.raises(InvalidInput, match="there is no ticket 999999"):
        demo.ask(ListTickets(query="similar:999999"))
    many = " OR ".join(f"similar:{each}" for each in range(1, MOST_COMPARED + 2))
    with pytest.raises(InvalidInput, match=f"for {MOST_COMPARED} tickets"):
        demo.ask(ListTickets(query=many))
    # and such a view that was saved before does not keep the others from being counted
    demo.execute(SaveView("Alike", "similar:1"))
    assert demo.ask(CountViews(saved=True)).saved[0].problem == ""


def test_states_divide_the_tickets(demo: App) -> None:
    # given one that is closed
    ids = demo.ask(ListTicketIds(view="all")).ids
    demo.execute(CloseTicket(ids[0], verdict=Verdict.FALSE_POSITIVE))
    # then
    for one, other in (("is:open", "is:closed"), ("is:reviewed", "is:unreviewed"), ("is:first", "is:duplicate")):
        assert found(demo, one) | found(demo, other) == set(ids)
        assert found(demo, one) & found(demo, other) == set()
        assert found(demo, f"-{one}") == found(demo, other)
    assert found(demo, "verdict:fp") == found(demo, "has:verdict") == {ids[0]}
    assert found(demo, "verdict:-") == set(ids) - {ids[0]}
