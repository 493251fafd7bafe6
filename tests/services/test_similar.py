"""What is like a ticket or a text: why, filtered, and what says nothing."""

import json

import pytest

from tests.fakes.parcels import ALLOWED, ALLOWED_TOO, FIRST, LUNCH, OWN, OWN_TOO, SECOND, TEXT, THIRD, link
from triage_app.adapters.storage.search_tables import ticket_words
from triage_app.adapters.storage.tables import raw_contents
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.cli.render import to_json
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.app import App, LocalApp
from triage_app.services.commands import (
    AddNote,
    AssignTicket,
    CloseTicket,
    CorrectLabel,
    LinkTickets,
    ReopenTicket,
    Undo,
    UnlinkTicket,
)
from triage_app.services.search_commands import HeedObservable, IgnoreObservable
from triage_app.services.search_queries import GetSimilar, SimilarTicket


def similar(app: App, ticket: TicketId) -> dict[TicketId, SimilarTicket]:
    return {each.id: each for each in app.ask(GetSimilar(str(ticket))).similar}


def storage_of(app: App) -> SqlStorage:
    assert isinstance(app, LocalApp)
    storage = app._ports.storage
    assert isinstance(storage, SqlStorage)
    return storage


def test_what_is_alike_comes_in_order_and_says_why(parcels: App) -> None:
    found = parcels.ask(GetSimilar(str(FIRST)))
    # then the other of the campaign comes first, the one that has only words later, and nothing else
    assert [each.id for each in found.similar] == [SECOND, THIRD]
    second, third = found.similar
    assert second.reasons[:2] == ("same attachment, seen in 2 tickets", "same URL host, seen in 2 tickets")
    assert "same pattern, followed by 2 tickets" in second.reasons
    assert any(each.startswith("8") and "% of words, such as " in each for each in second.reasons)
    assert len(third.reasons) == 1
    assert "% of words, such as" in third.reasons[0]
    # and each part is a share
    for each in found.similar:
        parts = (each.score, each.parts.observables, each.parts.text, each.parts.fields, each.parts.time)
        assert all(0 <= part <= 1 for part in parts)
    assert second.score > 0.5 > third.score > 0
    assert (second.parts.observables > 0, third.parts.observables, third.parts.fields) == (True, 0, 0)
    # the queue counts what is strong
    assert (second.strong, third.strong, found.open, found.past) == (True, False, 1, 0)


def test_times_are_those_of_the_mails_and_age_goes_back(parcels: App) -> None:
    assert similar(parcels, SECOND)[FIRST].age_days == pytest.approx(1 / 24, abs=0.0001)
    assert similar(parcels, FIRST)[SECOND].age_days == pytest.approx(-1 / 24, abs=0.0001)


def test_a_hit_brings_what_was_decided(parcels: App) -> None:
    parcels.execute(AssignTicket(SECOND, "zoe"))
    parcels.execute(CorrectLabel(SECOND, "Phishing"))
    parcels.execute(AddNote(SECOND, "blocked at the proxy"))
    parcels.execute(CloseTicket(SECOND, verdict=Verdict.TRUE_POSITIVE))
    hit = similar(parcels, FIRST)[SECOND]
    assert (hit.category, hit.verdict, hit.assignee, hit.note, hit.status.value) == (
        "Phishing",
        Verdict.TRUE_POSITIVE,
        "zoe",
        "blocked at the proxy",
        "resolved",
    )
    found = parcels.ask(GetSimilar(str(FIRST)))
    assert (found.open, found.past) == (0, 1)
    parcels.execute(ReopenTicket(SECOND))
    assert parcels.ask(GetSimilar(str(FIRST))).open == 1


def test_hits_are_filtered(parcels: App) -> None:
    parcels.execute(CorrectLabel(SECOND, "Phishing"))
    parcels.execute(CorrectLabel(THIRD, "Spam"))
    parcels.execute(CloseTicket(THIRD, verdict=Verdict.FALSE_POSITIVE))

    def ids(**filters: object) -> list[TicketId]:
        return [each.id for each in parcels.ask(GetSimilar(str(FIRST), **filters)).similar]  # type: ignore[arg-type]  # names of fields

    assert ids(status="open") == ids(category="phishing") == ids(limit=1) == [SECOND]
    assert ids(status="past") == ids(verdict=Verdict.FALSE_POSITIVE) == ids(category="Spam") == [THIRD]
    assert ids(verdict=Verdict.TEST) == ids(category="Ham") == []
    # all came in just now
    assert ids(since="1d") == ids(since="2020-01-01") == [SECOND, THIRD]
    assert ids(since="2099-01-01") == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (GetSimilar("1", limit=0), "limit must be from 1 to 200; it is 0"),
        (GetSimilar("1", limit=201), "limit must be from 1 to 200"),
        (GetSimilar("1", status="closed"), "status is open or past, not 'closed'"),
        (GetSimilar("1", since="some day"), "since is a time like"),
        (GetSimilar("one"), "'one' is no ticket's id"),
        (GetSimilar("9" * 30), "is no ticket's id"),
        (GetSimilar("-"), "There is no text"),
        (GetSimilar("-", text=" \n"), "There is no text"),
        (GetSimilar("1", text="a text"), "not both"),
    ],
)
def test_what_cannot_be_asked_is_named(parcels: App, query: GetSimilar, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        parcels.ask(query)


def test_a_ticket_that_is_not_there_is_named(parcels: App) -> None:
    with pytest.raises(NotFound, match="999"):
        parcels.ask(GetSimilar("999"))


def test_merged_ones_appear_as_the_first_of_their_group(parcels: App) -> None:
    # given that what is most alike was linked under what is about something else
    parcels.execute(LinkTickets((LUNCH, SECOND)))
    first = min(LUNCH, SECOND)
    found = similar(parcels, FIRST)
    assert set(found) == {first, THIRD}
    assert found[first].duplicates == 1
    assert "same attachment, seen in 2 tickets" in found[first].reasons
    # and nothing is like the group that it is in itself
    assert first not in similar(parcels, LUNCH)
    parcels.execute(UnlinkTicket(max(LUNCH, SECOND)))
    assert set(similar(parcels, FIRST)) == {SECOND, THIRD}


def test_a_group_counts_where_any_of_it_does(parcels: App) -> None:
    # given a text with the words of one ticket and a host of another, which are linked
    text = "A bonded warehouse wants a clearance surcharge: consignment waits. menu.evil-kitchen.com"
    apart = {each.id: each for each in parcels.ask(GetSimilar("-", text=text)).similar}
    assert (apart[LUNCH].strong, apart[THIRD].strong) == (True, False)
    assert apart[THIRD].score > apart[LUNCH].score
    parcels.execute(LinkTickets((THIRD, LUNCH)))
    # then their first is as alike as the closer one, and counts because of the other
    together = {each.id: each for each in parcels.ask(GetSimilar("-", text=text)).similar}
    assert LUNCH not in together
    assert together[THIRD].score == apart[THIRD].score
    assert together[THIRD].strong


def test_what_is_own_or_allowed_says_nothing(parcels: App) -> None:
    # given pairs of mails with one link each, and its words
    for one, other in ((OWN, OWN_TOO), (ALLOWED, ALLOWED_TOO)):
        hit = similar(parcels, one)[other]
        # then only the words count
        assert (hit.parts.observables, hit.strong) == (0, False)
        assert not any("URL" in each or "domain" in each for each in hit.reasons)
    assert parcels.ask(GetSimilar(str(OWN))).open == parcels.ask(GetSimilar(str(ALLOWED))).open == 0


def test_what_is_ignored_says_nothing_until_it_is_heeded(parcels: App) -> None:
    before = similar(parcels, FIRST)[SECOND]
    parcels.execute(IgnoreObservable("pay[.]evil-parcels[.]com"))
    without = similar(parcels, FIRST)[SECOND]
    assert "same URL host, seen in 2 tickets" in before.reasons
    assert "same URL host, seen in 2 tickets" not in without.reasons
    parcels.execute(HeedObservable("pay.evil-parcels.com"))
    assert similar(parcels, FIRST)[SECOND] == before
    parcels.execute(IgnoreObservable("pay.evil-parcels.com"))
    parcels.execute(Undo())
    assert similar(parcels, FIRST)[SECOND].reasons == before.reasons


def test_a_ticket_of_an_earlier_version_asks_with_the_words_of_its_item(parcels: App) -> None:
    before = similar(parcels, FIRST)[THIRD]
    with storage_of(parcels).write() as uow:
        uow.transaction.run(ticket_words.delete().where(ticket_words.c.ticket_id == FIRST))
    assert similar(parcels, FIRST)[THIRD] == before


def test_a_ticket_whose_item_is_gone_asks_with_what_is_stored(parcels: App) -> None:
    with storage_of(parcels).write() as uow:
        uow.transaction.run(raw_contents.delete().where(raw_contents.c.raw_id == 1))
    # then its subject, observables and fields are left
    hit = similar(parcels, FIRST)[SECOND]
    assert hit.reasons[:2] == ("same attachment, seen in 2 tickets", "same URL host, seen in 2 tickets")
    assert hit.parts.fields > 0
    assert 0 < hit.parts.text < 1


def test_a_text_finds_tickets_too(parcels: App) -> None:
    found = parcels.ask(GetSimilar("-", text=TEXT.format(link=link(2).replace("https", "hxxps"))))
    assert found.similar[0].id == SECOND
    assert "same URL, seen in 1 ticket" in found.similar[0].reasons
    assert "same URL host, seen in 2 tickets" in found.similar[1].reasons
    # also by a link that nobody has seen yet
    unseen = parcels.ask(GetSimilar("-", text=f"See {link(99)}"))
    assert {each.id for each in unseen.similar} == {FIRST, SECOND}
    assert all("same URL host, seen in 2 tickets" in each.reasons for each in unseen.similar)
    # a text is no ticket that the queue could count, and it came at no time
    assert (found.open, found.past) == (0, 0)
    assert not any("apart" in reason for each in found.similar for reason in each.reasons)
    assert parcels.ask(GetSimilar("-", text="quidditch zymurgy")).similar == ()


def test_any_text_is_answered(parcels: App) -> None:
    for text in ("\x00\ud800", "\" OR * NEAR( ^ ')", "ﷺ" * 1_000, "warehouse " * 20_000, "https://" * 500):
        assert len(parcels.ask(GetSimilar("-", text=text)).similar) <= 9


def test_the_answer_as_json_keeps_its_promise(parcels: App) -> None:
    answer = json.loads(to_json(parcels.ask(GetSimilar(str(FIRST)))))
    assert {"similar", "open", "past"} <= answer.keys()
    hit = answer["similar"][0]
    assert {"id", "score", "parts", "reasons", "verdict", "category", "age_days"} <= hit.keys()
    assert set(hit["parts"]) == {"observables", "text", "fields", "time"}
    assert (hit["id"], hit["verdict"], isinstance(hit["reasons"], list)) == (SECOND, None, True)
