"""Tickets decided as similar ones were, and observables that tell nothing; all of it can be taken back."""

from dataclasses import replace

import pytest

from tests.fakes.parcels import DINNER, FIRST, LUNCH, SECOND
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.observable import ObservableKind
from triage_app.domain.ticket import Status, TicketId, TicketRow, Verdict
from triage_app.services.app import App
from triage_app.services.commands import AcceptLabel, AddNote, CloseTicket, CorrectLabel, Undo
from triage_app.services.queries import GetTicket, ListTickets
from triage_app.services.search_commands import DecideLike, HeedObservable, IgnoreObservable, ObservableSwitched
from triage_app.services.search_queries import GetPivot, GetSimilar

HOST = "menu.evil-kitchen.com"


def row(app: App, ticket: TicketId) -> TicketRow:
    return replace(app.ask(GetTicket(ticket)).row, similar_open=None, similar_past=None)


def notes(app: App, ticket: TicketId) -> list[str]:
    return [each.text for each in app.ask(GetTicket(ticket)).notes]


def decide(app: App, ticket: TicketId, verdict: Verdict | None = Verdict.TRUE_POSITIVE) -> None:
    app.execute(CorrectLabel(ticket, "Phishing"))
    app.execute(AddNote(ticket, "blocked at the proxy"))
    if verdict is not None:
        app.execute(CloseTicket(ticket, verdict=verdict))


def test_category_and_verdict_are_those_of_the_other_and_one_undo_takes_all_back(parcels: App) -> None:
    decide(parcels, SECOND)
    before = row(parcels, FIRST)
    # when
    done = parcels.execute(DecideLike(FIRST, SECOND, note=True))
    # then
    assert (done.category, done.verdict, done.status, done.reviewed) == (
        "Phishing",
        Verdict.TRUE_POSITIVE,
        Status.RESOLVED,
        True,
    )
    assert done == row(parcels, FIRST)
    assert notes(parcels, FIRST) == ["blocked at the proxy"]
    # and one step back
    parcels.execute(Undo())
    assert row(parcels, FIRST) == before
    assert notes(parcels, FIRST) == []
    # the step before is the other's
    parcels.execute(Undo())
    assert row(parcels, SECOND).verdict is None


def test_without_a_verdict_only_the_category_follows(parcels: App) -> None:
    decide(parcels, SECOND, None)
    done = parcels.execute(DecideLike(FIRST, SECOND))
    assert (done.category, done.verdict, done.reviewed) == ("Phishing", None, True)
    assert notes(parcels, FIRST) == []
    # said again, nothing changes
    assert parcels.execute(DecideLike(FIRST, SECOND)).category == "Phishing"


def test_a_category_that_was_said_before_is_kept_by_undo(parcels: App) -> None:
    decide(parcels, SECOND)
    parcels.execute(CorrectLabel(FIRST, "Spam"))
    parcels.execute(DecideLike(FIRST, SECOND))
    parcels.execute(Undo())
    assert (row(parcels, FIRST).category, row(parcels, FIRST).reviewed, row(parcels, FIRST).verdict) == (
        "Spam",
        True,
        None,
    )


def test_what_nobody_decided_cannot_be_followed(parcels: App) -> None:
    with pytest.raises(InvalidState, match=f"Nobody has decided ticket {SECOND} yet"):
        parcels.execute(DecideLike(FIRST, SECOND))
    # a suggestion that somebody confirmed is a decision
    parcels.execute(AcceptLabel(SECOND))
    assert parcels.execute(DecideLike(FIRST, SECOND)).reviewed


def test_what_is_closed_is_not_decided_again(parcels: App) -> None:
    decide(parcels, SECOND)
    parcels.execute(CloseTicket(FIRST, verdict=Verdict.TEST))
    before = row(parcels, FIRST)
    with pytest.raises(InvalidState, match=f"Ticket {FIRST} is closed already"):
        parcels.execute(DecideLike(FIRST, SECOND, note=True))
    assert row(parcels, FIRST) == before
    assert notes(parcels, FIRST) == []


def test_what_cannot_be_meant_is_named(parcels: App) -> None:
    with pytest.raises(InvalidInput, match="like itself"):
        parcels.execute(DecideLike(FIRST, FIRST))
    with pytest.raises(NotFound, match="999"):
        parcels.execute(DecideLike(FIRST, TicketId(999)))


def test_ignoring_changes_the_counts_at_once_and_undo_changes_them_back(parcels: App) -> None:
    # given two tickets that have nothing but a host in common
    def counted() -> list[int | None]:
        listed = {each.id: each.similar_open for each in parcels.ask(ListTickets(view="all")).tickets}
        return [listed[LUNCH], listed[DINNER], parcels.ask(GetSimilar(str(LUNCH))).open]

    assert counted() == [1, 1, 1]
    # when
    switched = parcels.execute(IgnoreObservable("menu[.]evil-kitchen[.]com"))
    # then
    assert switched == ObservableSwitched(ObservableKind.DOMAIN, HOST, ignored=True, tickets=2)
    assert parcels.ask(GetPivot(HOST)).ignored
    assert counted() == [0, 0, 0]
    parcels.execute(Undo())
    assert not parcels.ask(GetPivot(HOST)).ignored
    assert counted() == [1, 1, 1]


def test_heeding_brings_it_back_and_undo_takes_it_away_again(parcels: App) -> None:
    parcels.execute(IgnoreObservable(HOST))
    switched = parcels.execute(HeedObservable(HOST))
    assert switched == ObservableSwitched(ObservableKind.DOMAIN, HOST, ignored=False, tickets=2)
    assert parcels.ask(GetTicket(LUNCH)).row.similar_open == 1
    parcels.execute(Undo())
    assert parcels.ask(GetPivot(HOST)).ignored
    assert parcels.ask(GetTicket(LUNCH)).row.similar_open == 0
    # what was as said before stays so
    parcels.execute(IgnoreObservable(HOST))
    parcels.execute(Undo())
    assert parcels.ask(GetPivot(HOST)).ignored


def test_what_is_in_no_ticket_cannot_be_ignored(parcels: App) -> None:
    with pytest.raises(NotFound, match="in no ticket"):
        parcels.execute(IgnoreObservable("nowhere.example.com"))
    with pytest.raises(InvalidInput, match="is no observable"):
        parcels.execute(HeedObservable("hello world"))
    assert row(parcels, LUNCH).verdict is None
