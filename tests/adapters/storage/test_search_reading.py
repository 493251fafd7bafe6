from array import array

import pytest
from sqlalchemy import select

from tests.adapters.storage.samples import add_tickets
from triage_app.adapters.storage import search_reading
from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.search_reading import Reading, Sizes, Source
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import TooWide


def test_pages_of_several_sources_are_merged_and_rise(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    add_tickets(storage, 20)
    monkeypatch.setattr(search_reading, "SIZES", Sizes(first_page=2, most_a_page=5))
    parts = [
        Source(select(tickets.c.id).where(tickets.c.attachments == n), tickets.c.id, is_ordered=True) for n in (0, 1)
    ]
    with storage.read() as uow:
        down = Reading(uow.transaction, Budget(100), up=False)
        assert [list(page) for page in down.pages(parts, 12)] == [[11, 10], [9, 8, 7, 6, 5], [4, 3, 2, 1]]
        up = Reading(uow.transaction, Budget(100), up=True)
        assert [list(page) for page in up.pages(parts, 12)] == [[13, 14], [15, 16, 17, 18, 19], [20]]
        assert list(down.page(parts, None, 0)) == list(range(20, 0, -1))
        assert [list(page) for page in up.cut(array("q", range(9)))] == [[0, 1], [2, 3, 4, 5, 6], [7, 8]]


@pytest.mark.parametrize("up", [False, True])
def test_windows_cover_every_id_once(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, up: bool) -> None:
    add_tickets(storage, 20)
    monkeypatch.setattr(search_reading, "SIZES", Sizes(most_a_window=6))
    with storage.read() as uow:
        reading = Reading(uow.transaction, Budget(100), up=up)
        for beyond in (None, 1, 7, 20):
            seen = [each for low, high in reading.windows(beyond, 3) for each in range(low, high + 1)]
            wanted = [each for each in range(1, 21) if beyond is None or (each > beyond if up else each < beyond)]
            assert sorted(each for each in seen if 1 <= each <= 20) == wanted
            assert len(seen) == len(set(seen))


def test_ids_are_ordered_each_once(storage: SqlStorage) -> None:
    add_tickets(storage, 6)
    with storage.read() as uow:
        down = Reading(uow.transaction, Budget(100), up=False)
        assert list(down.in_order((3, 9, 3, 1))) == [9, 3, 1]
        assert list(down.after(array("q", (9, 3, 1)), 9)) == [3, 1]
        for asked in ([1, 2, 3, 4, 5, 6], [6, 1], [500_000, 4, 2], []):
            holding = list(down.holding(tickets.c.attachments == 1, asked))
            assert holding == [each for each in asked if each in (2, 4, 6)]
        assert down.newest == 6


def test_nothing_is_read_when_the_time_is_over(storage: SqlStorage) -> None:
    with storage.read() as uow, pytest.raises(TooWide):
        Reading(uow.transaction, Budget(0), up=False).column(select(tickets.c.id))
