"""What a queue and a ticket pane ask for."""

import contextlib

import pytest

from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.item import RawId
from triage_app.domain.observable import ObservableKind
from triage_app.domain.ticket import TicketId
from triage_app.services import tickets
from triage_app.services.app import App
from triage_app.services.queries import (
    CountViews,
    FindObservables,
    GetRaw,
    GetTicket,
    GetTicketRows,
    ListTicketIds,
    ListTickets,
)
from triage_app.services.shapes import SORTS, VIEWS


def test_the_views_add_up(demo: App) -> None:
    counts = demo.ask(CountViews())
    assert counts.all == counts.inbox + counts.closed > 100
    for view in VIEWS:
        assert demo.ask(ListTickets(view=view, limit=1)).total == getattr(counts, view)


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{each}" for each in SORTS)])
def test_ids_and_pages_agree_in_every_order(demo: App, sort: str) -> None:
    # given all ids in an order, and its reverse
    ids = demo.ask(ListTicketIds(view="all", sort=sort))
    page = demo.ask(ListTickets(view="all", sort=sort, limit=20, offset=40))
    # then
    assert len(ids.ids) == ids.total == len(set(ids.ids))
    assert [each.id for each in page.tickets] == list(ids.ids[40:60])
    assert demo.ask(GetTicketRows(tuple(ids.ids[40:60]))).tickets == page.tickets


def test_the_newest_comes_first(demo: App) -> None:
    ids = list(demo.ask(ListTicketIds(view="all")).ids)
    assert ids == sorted(ids, reverse=True)


def test_words_are_found_wherever_they_stand_and_what_is_no_query_is_told(demo: App) -> None:
    found = demo.ask(ListTickets(query="laptop")).tickets
    assert found
    for hostile in ('"', "laptop OR 1=1 --", "NEAR(", "subject:*", "a" * 5000, "' ; DROP TABLE tickets", "^*", "-"):
        with contextlib.suppress(InvalidInput):
            demo.ask(ListTickets(query=hostile))
    with pytest.raises(InvalidInput, match="quote"):
        demo.ask(ListTickets(query='"'))
    assert demo.ask(ListTickets(query="LAPT")).total >= len(found)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (ListTickets(view="outbox"), "There is no view 'outbox'"),
        (ListTickets(sort="colour"), "cannot be sorted by 'colour'"),
        (ListTickets(limit=-1), "limit must be 0 or more"),
        (ListTickets(limit=100_000), "at most 1000"),
        (ListTickets(offset=-1), "offset must be 0 or more"),
    ],
)
def test_what_cannot_be_asked_is_named(demo: App, query: ListTickets, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        demo.ask(query)


def test_a_ticket_is_whole(demo: App) -> None:
    # given the founding example
    row = demo.ask(ListTickets(query="laptop bus")).tickets[0]
    # when
    view = demo.ask(GetTicket(row.id))
    # then
    assert view.row == row
    (message,) = view.messages
    assert message.text
    assert message.envelope.sender
    assert message.envelope.headers
    assert view.predictions[0].dataset == "category"
    assert [each.kind for each in view.timeline][:2] == ["received", "predicted"]


def test_a_reported_mail_is_shown_and_its_carrier_stays_visible(demo: App) -> None:
    views = [demo.ask(GetTicket(each)) for each in demo.ask(ListTicketIds(view="all")).ids]
    carried = [view for view in views if view.messages[0].carrier]
    assert len(carried) >= 2
    for view in carried:
        carrier = view.messages[0].carrier
        assert carrier is not None
        assert carrier.sender != view.messages[0].envelope.sender
        assert view.row.subject == view.messages[0].envelope.subject


def test_no_html_that_is_shown_could_load_or_lead_anywhere(demo: App) -> None:
    for ticket in demo.ask(ListTicketIds(view="all")).ids:
        for message in demo.ask(GetTicket(ticket)).messages:
            html = message.html.lower()
            assert not any(
                part in html for part in ("<script", "<img", "src=", "href=", "javascript:", "<iframe", "url(")
            )


def test_observables_know_where_they_were_seen_and_whether_they_are_own(demo: App) -> None:
    row = demo.ask(ListTickets(query="laptop bus")).tickets[0]
    observables = demo.ask(GetTicket(row.id)).observables
    assert any(each.own for each in observables)
    assert all(each.where and each.tickets >= 1 for each in observables)
    urls = [each for each in observables if each.kind is ObservableKind.URL]
    assert all("://" not in each.defanged.replace("[://]", "") or "hxxp" in each.defanged for each in urls)


def test_defanged_text_gives_live_values(demo: App) -> None:
    found = demo.ask(FindObservables("see hxxps://evil[.]example/x and 203[.]0[.]113[.]9")).observables
    assert [(each.kind.value, each.value) for each in found][:1] == [("url", "https://evil.example/x")]
    assert ("ipv4", "203.0.113.9") in [(each.kind.value, each.value) for each in found]


def test_what_is_not_there_is_named(demo: App) -> None:
    with pytest.raises(NotFound, match="99999"):
        demo.ask(GetTicket(TicketId(99_999)))
    with pytest.raises(NotFound, match="99999"):
        demo.ask(GetRaw(RawId(99_999)))
    assert demo.ask(GetTicketRows((TicketId(99_999),))).tickets == ()


def test_the_first_page_of_a_search_does_not_wait_for_an_exact_count(
    demo: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given more hits than are counted for a page
    hits = demo.ask(ListTickets(query="the")).total
    monkeypatch.setattr(tickets, "COUNTED", hits - 5)
    # when / then
    page = demo.ask(ListTicketIds(query="the", limit=3))
    assert (len(page.ids), page.total, page.exact) == (3, hits - 5, False)
    assert demo.ask(ListTicketIds(query="the")).total == hits
    assert demo.ask(ListTicketIds(view="all", limit=3)).exact
