"""Two tickets side by side."""

import pytest

from tests.fakes.parcels import FIRST, LUNCH, SECOND, THIRD, link
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.observable import ObservableKind, defang
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import AddNote
from triage_app.services.search_queries import ComparedValue, CompareTickets, GetSimilar


def values(compared: tuple[ComparedValue, ...]) -> set[tuple[str, str]]:
    return {(each.kind, each.value) for each in compared}


def test_what_both_have_and_what_only_one_has(parcels: App) -> None:
    found = parcels.ask(CompareTickets(SECOND, FIRST))
    one, other = (defang(link(number), ObservableKind.URL) for number in (1, 2))
    assert {("domain", "pay[.]evil-parcels[.]com"), ("pattern", "parcel <number> is held at customs")} <= values(
        found.both
    )
    assert {("url", other), ("email", defang("desk@courier.example.com"))} <= values(found.only_here)
    assert {("url", one), ("sender's domain", "parcels[.]example[.]net")} <= values(found.only_there)
    assert not values(found.only_here) & values(found.only_there)
    counts = {each.value: each.tickets for each in found.both}
    assert counts["pay[.]evil-parcels[.]com"] == 2


def test_words_texts_and_rows_of_both_are_given(parcels: App) -> None:
    found = parcels.ask(CompareTickets(FIRST, THIRD))
    assert (found.ticket.id, found.other.id) == (FIRST, THIRD)
    assert {"parcel", "customs", "settle"} <= {*found.words_here}
    assert {"wants", "a"} <= {*found.words_there}
    assert "surcharge" not in {*found.words_here, *found.words_there}
    assert not any(each.isdecimal() for each in found.words_here)
    assert found.text.startswith("Your consignment waits")
    assert found.other_text.startswith("A bonded warehouse")
    assert 0 < found.words < 1


def test_score_and_reasons_are_those_of_the_list(parcels: App) -> None:
    hit = parcels.ask(GetSimilar(str(FIRST))).similar[0]
    found = parcels.ask(CompareTickets(FIRST, hit.id))
    assert (found.score, found.parts, found.reasons) == (hit.score, hit.parts, hit.reasons)


def test_what_has_nothing_in_common_is_compared_as_well(parcels: App) -> None:
    found = parcels.ask(CompareTickets(FIRST, LUNCH))
    assert found.both == () or {each.kind for each in found.both} == {"email", "domain"}
    assert found.score < 0.1
    assert {"soup", "pancakes"} <= {*found.words_there}


def test_the_note_of_the_other_is_shown(parcels: App) -> None:
    assert parcels.ask(CompareTickets(FIRST, SECOND)).note == ""
    parcels.execute(AddNote(SECOND, "blocked at the proxy"))
    assert parcels.ask(CompareTickets(FIRST, SECOND)).note == "blocked at the proxy"


def test_what_cannot_be_compared_is_named(parcels: App) -> None:
    with pytest.raises(InvalidInput):
        parcels.ask(CompareTickets(FIRST, FIRST))
    with pytest.raises(NotFound, match="999"):
        parcels.ask(CompareTickets(FIRST, TicketId(999)))
