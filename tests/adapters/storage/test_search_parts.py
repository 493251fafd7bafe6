import itertools
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.adapters.storage.samples import add_tickets
from triage_app.adapters.storage import full_text, search_parts, search_reading
from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.search_parts import Listed, Part, Rows, Words
from triage_app.adapters.storage.search_reading import Reading, Sizes, Source
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import TooWide
from triage_app.domain.query import Phrase

COUNT = 40


def odd(reading: Reading) -> Part:
    wanted = select(tickets.c.id).where(tickets.c.attachments == 1)
    return Rows(reading, tickets.c.attachments == 1, [Source(wanted, tickets.c.id, is_ordered=False)])


def every_third(reading: Reading) -> Part:
    wanted = select(tickets.c.id).where(tickets.c.category == "Spam")
    return Rows(reading, tickets.c.category == "Spam", [Source(wanted, tickets.c.id, is_ordered=True)])


def words(reading: Reading) -> Part:
    return Words(reading, TextIndex.TEXTS, Phrase("case1", prefix=True))


MAKERS: dict[str, tuple[Callable[[Reading], Part], Callable[[int], bool]]] = {
    "unordered": (odd, lambda n: n % 2 == 1),
    "ordered": (every_third, lambda n: n % 3 == 1),
    "words": (words, lambda n: str(n).startswith("1")),
    "listed": (lambda reading: Listed(reading, (5, 3, 3, 39)), lambda n: n + 1 in (3, 5, 39)),
}


def check(storage: SqlStorage, make: Callable[[Reading], Part], is_in: Callable[[int], bool]) -> None:
    """A part of `COUNT` tickets reads in both directions from anywhere, holds what it reads, and counts enough.

    Ticket n + 1 is the one with the text case n.
    """
    wanted = [n + 1 for n in range(COUNT) if is_in(n)]
    with storage.read() as uow:
        for up, beyond in itertools.product((True, False), (None, 1, 20, COUNT)):
            part = make(Reading(uow.transaction, Budget(100), up=up))
            after = [each for each in wanted if beyond is None or (each > beyond if up else each < beyond)]
            read = [each for page in part.read(beyond) for each in page]
            assert read == (after if up else after[::-1]), (up, beyond)
        for read_before in (False, True):
            part = make(Reading(uow.transaction, Budget(100), up=False))
            if read_before:
                list(part.read(None))
            asked = [2, 40, 17, 12, 5, 31]
            assert list(part.holding(asked)) == [each for each in asked if each in wanted]
            assert list(part.holding([])) == []
            assert part.size(10_000) >= len(wanted)
            assert part.size(2) == 2


@pytest.fixture(params=[False, True], ids=["as it is", "in small steps"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few tickets take the ways that many would."""
    if request.param:
        sizes = Sizes(few=3, many=6, whole=9, first_page=2, heavy_page=3, first_scan=4, first_window=4)
        monkeypatch.setattr(search_reading, "SIZES", sizes)
        monkeypatch.setattr(full_text, "FEW_ENDINGS", 1)


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("name", MAKERS)
def test_every_part_reads_in_both_directions_from_anywhere(storage: SqlStorage, name: str) -> None:
    add_tickets(storage, COUNT)
    check(storage, *MAKERS[name])


def test_too_many_words_with_one_beginning_are_refused(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    add_tickets(storage, COUNT)
    monkeypatch.setattr(search_parts, "_TOO_HEAVY", 5)
    with storage.read() as uow:
        reading = Reading(uow.transaction, Budget(100), up=False)
        part = Words(reading, TextIndex.TEXTS, Phrase("case", prefix=True))
        if uow.transaction.dialect.is_near:
            with pytest.raises(TooWide, match="Write more letters"):
                part.holding([1])
        else:
            assert list(part.holding([1])) == [1]


def test_reading_ends_with_its_time(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    with storage.read() as uow:
        reading = Reading(uow.transaction, Budget(0), up=False)
        with pytest.raises(TooWide):
            list(odd(reading).read(None))
