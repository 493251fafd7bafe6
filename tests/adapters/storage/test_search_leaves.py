"""What a leaf finds is tested in `test_search`; here, by which means."""

from collections.abc import Sequence

import pytest

from tests.adapters.storage.samples import ADDRESS, NOW, add_tickets, state
from triage_app.adapters.storage import search_leaves
from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.search_combined import AnyOf
from triage_app.adapters.storage.search_leaves import Leaves, in_lane
from triage_app.adapters.storage.search_parts import Listed, Part, Rows, Words
from triage_app.adapters.storage.search_reading import Reading
from triage_app.adapters.storage.tables import VIEW_LANES, Lane, tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.observable import ObservableKind
from triage_app.domain.query import Among, Carries, Column, Equal, Flag, Leaf, Number, Phrase, Range, Says, TextPlace
from triage_app.domain.ticket import TicketId


def leaves(uow: SqlUnitOfWork, lanes: Sequence[Lane] = VIEW_LANES["all"]) -> Leaves:
    return Leaves(Reading(uow.transaction, Budget(100), up=False), lanes)


def read(part: Part) -> list[int]:
    return [each for page in part.read(None) for each in page]


def test_a_lane_is_written_out() -> None:
    assert str(in_lane(Lane.WAITING)) == f"{tickets.name}.lane = 6"


@pytest.mark.parametrize(
    ("leaf", "has_index"),
    [
        (Equal(Column.CATEGORY, "SPAM"), True),
        (Equal(Column.ASSIGNEE, "ANA"), True),
        (Equal(Column.STATUS, "new"), False),
        (Range(Number.SEVERITY, low=3), True),
        (Range(Number.RECEIVED, low=NOW), True),
        (Range(Number.ID, low=3), True),
        (Range(Number.EVENT, low=NOW), False),
        (Carries(frozenset({ObservableKind.IPV4}), ADDRESS.value), True),
        (Carries(frozenset({ObservableKind.IPV4})), True),
        (Says(Flag.NOTE), True),
        (Says(Flag.OPEN), False),
    ],
    ids=str,
)
def test_what_an_index_finds_is_counted_by_it(storage: SqlStorage, leaf: Leaf, has_index: bool) -> None:
    ids = add_tickets(storage, 5)
    with storage.write() as uow:
        for each in ids:
            uow.tickets.set_state(each, state(assignee="Ana", category="Spam"))
    with storage.read() as uow:
        part = leaves(uow).part(leaf)
        assert isinstance(part, Rows)
        assert bool(part.sources) == has_index
        assert part.size(1_000) == (len(read(part)) if has_index else 1_000)


def test_only_the_lanes_of_the_view_are_looked_at(storage: SqlStorage) -> None:
    add_tickets(storage, 6)
    with storage.read() as uow:
        assert isinstance(leaves(uow, (Lane.CLOSED,)).part(Equal(Column.CATEGORY, "spam")), Listed)
        assert read(leaves(uow, (Lane.OPEN,)).part(Equal(Column.CATEGORY, "spam"))) == [5, 2]
        assert read(leaves(uow).lanes((Lane.OPEN,), 6)) == [6, 5, 4, 3, 2, 1]


def test_words_are_looked_for_elsewhere_only_where_they_can_be(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    with storage.read() as uow:
        assert isinstance(leaves(uow).part(Phrase("please")), Words)
        assert isinstance(leaves(uow).part(Phrase("please", TextPlace.NOTE)), Listed)
        both = leaves(uow).part(Phrase("10.0.0.1", observable=ADDRESS))
        assert isinstance(both, AnyOf)
        assert read(both) == [ticket]
    with storage.write() as uow:
        note = uow.tickets.add_note(ticket, NOW, "ana", "thanks, pleased")
    with storage.read() as uow:
        assert isinstance(leaves(uow).part(Phrase("please")), Words)
        assert isinstance(leaves(uow).part(Phrase("pleased")), AnyOf)
        assert read(leaves(uow).part(Phrase("pleased", TextPlace.NOTE))) == [ticket]
    with storage.write() as uow:
        uow.tickets.remove_note(note)
    with storage.read() as uow:
        assert isinstance(leaves(uow).part(Phrase("pleased")), Words)


def test_a_kind_that_many_observables_have_is_asked_of_each_ticket(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tickets(storage, 3)
    monkeypatch.setattr(search_leaves, "_RARE_KIND", 1)
    with storage.read() as uow:
        part = leaves(uow).part(Carries(frozenset({ObservableKind.IPV4})))
        assert isinstance(part, Rows)
        assert not part.sources
        assert read(part) == [3, 2, 1]


def test_ids_are_their_own_list(storage: SqlStorage) -> None:
    with storage.read() as uow:
        assert read(leaves(uow).part(Among((TicketId(3), TicketId(9), TicketId(3))))) == [9, 3]
