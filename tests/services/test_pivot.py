"""Observables' pages of tickets that were imported."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.errors import InvalidInput
from triage_app.domain.observable import ObservableKind
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.commands import CloseTicket, CorrectLabel, ImportFiles
from triage_app.services.queries import GetTicketRows
from triage_app.services.search_queries import GetPivot

SETTINGS = 'own_domains = ["corp.example.org", "news.example.net"]\n'


def mail(number: int) -> str:
    """Of every mail the link leads to one host; two come with one address, and one names a file."""
    also = {1: "Call home to 203.0.113.9.", 2: "Call home to 203.0.113.9.", 3: "Open statement.docm first."}
    return (
        f"From: pay{number}@evil.example.com\nTo: ann@corp.example.org\nSubject: number {number} of the invoices\n\n"
        f"Pay at https://evil.example.com/{number} and see https://news.example.net/. {also.get(number, '')}\n"
    )


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Tickets 1 to 4 with one domain, and 5 without."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "settings.toml").write_text(SETTINGS)
    with opened(folder) as found:
        for number in range(1, 6):
            text = mail(number) if number < 5 else "From: a@b.example\nSubject: hello\n\nhello to all of you\n"
            (tmp_path / f"{number}.eml").write_text(text)
            found.execute(ImportFiles((str(tmp_path / f"{number}.eml"),)))
        yield found


def test_a_page_has_all_that_is_known(app: App) -> None:
    # given two decided tickets
    for number in range(1, 5):
        app.execute(CorrectLabel(TicketId(number), "Phishing" if number < 4 else "Spam"))
    app.execute(CloseTicket(TicketId(1), verdict=Verdict.TRUE_POSITIVE))
    app.execute(CloseTicket(TicketId(2), verdict=Verdict.TRUE_POSITIVE))
    # when
    found = app.ask(GetPivot("evil[.]example[.]com"))
    # then
    assert (found.kind, found.value) == (ObservableKind.DOMAIN, "evil.example.com")
    assert found.defanged == "evil[.]example[.]com"
    assert (found.own, found.allowed, found.ignored) == (False, False, False)
    assert (found.total, found.counted, found.looked_at, found.open) == (4, 4, 4, 2)
    assert found.categories == (("Phishing", 3), ("Spam", 1))
    assert found.verdicts == (("true_positive", 2),)
    assert [each.id for each in found.tickets] == [4, 3, 2, 1]
    assert (found.first, found.last) == (found.tickets[-1].received_at, found.tickets[0].received_at)
    assert app.ask(GetTicketRows((TicketId(4),))).tickets[0].id == 4


def test_what_appears_with_it_is_ranked_and_what_tells_nothing_is_left_out(app: App) -> None:
    found = app.ask(GetPivot("evil.example.com"))
    values = [each.value for each in found.neighbours]
    # the address came twice, all others once; links and addresses at the domain are there; own ones are not
    assert values[0] == "203.0.113.9"
    assert (found.neighbours[0].together, found.neighbours[0].tickets) == (2, 2)
    assert found.neighbours[0].defanged == "203[.]0[.]113[.]9"
    assert {"https://evil.example.com/1", "pay1@evil.example.com", "statement.docm"} <= set(values)
    assert not any("corp.example.org" in each or "news.example.net" in each for each in values)
    # and lines go from the middle to each, and between a link and the address of one mail
    places = {value: place for place, value in enumerate(values, 1)}
    assert [(each.one, each.other) for each in found.edges[: len(values)]] == [(0, place) for place in places.values()]
    ends = sorted((places["https://evil.example.com/1"], places["pay1@evil.example.com"]))
    assert [*ends, 1] in [[each.one, each.other, each.tickets] for each in found.edges]


def test_a_page_of_tickets_can_be_asked_for(app: App) -> None:
    found = app.ask(GetPivot("evil.example.com", limit=2, offset=1))
    assert [each.id for each in found.tickets] == [3, 2]
    assert app.ask(GetPivot("evil.example.com", limit=0)).tickets == ()
    assert found.total == 4


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("hxxps://evil[.]example[.]com/1", ObservableKind.URL),
        ("Pay1[at]evil.example.com", ObservableKind.EMAIL),
        ("203[.]0[.]113[.]9", ObservableKind.IPV4),
        ("statement.docm", ObservableKind.FILE_NAME),
    ],
)
def test_any_kind_is_found_live_or_defanged(app: App, value: str, kind: ObservableKind) -> None:
    found = app.ask(GetPivot(value))
    assert found.kind is kind
    assert found.total >= 1
    assert found.neighbours


def test_own_ones_are_said_to_be(app: App) -> None:
    assert app.ask(GetPivot("ann@corp.example.org")).own
    assert app.ask(GetPivot("never-seen.news.example.net")).own


def test_what_is_in_no_ticket_has_an_empty_page(app: App) -> None:
    found = app.ask(GetPivot("nowhere.example.com"))
    assert (found.kind, found.total, found.first, found.last) == (ObservableKind.DOMAIN, 0, None, None)
    assert (found.tickets, found.neighbours, found.edges, found.categories) == ((), (), (), ())


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (GetPivot("hello world"), "'hello world' is no observable"),
        (GetPivot(""), "is no observable"),
        (GetPivot("x" * 20_000), "is no observable"),
        (GetPivot("evil.example.com", limit=1_001), "limit must be from 0 to 1000"),
        (GetPivot("evil.example.com", limit=-1), "limit must be from 0 to 1000"),
        (GetPivot("evil.example.com", offset=-1), "offset must be 0 or more"),
    ],
)
def test_what_cannot_be_asked_is_named(app: App, query: GetPivot, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        app.ask(query)
