import itertools
from collections.abc import Callable

import pytest
from sqlalchemy import select, true

from tests.adapters.storage.samples import add_tickets
from triage_app.adapters.storage import full_text, search_parts
from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.search_parts import AllOf, AnyOf, Listed, NoneOf, Part, Reading, Rows, Source, Words
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
    "none": (lambda reading: NoneOf(reading, words(reading)), lambda n: not str(n).startswith("1")),
    "any": (lambda reading: AnyOf(reading, [odd(reading), words(reading)]), lambda n: n % 2 == 1 or str(n)[0] == "1"),
    "all": (lambda reading: AllOf(reading, [odd(reading), words(reading)]), lambda n: n % 2 == 1 and str(n)[0] == "1"),
    "rows": (
        lambda reading: AllOf(reading, [Rows(reading, tickets.c.attachments == 1), Rows(reading, true())]),
        lambda n: n % 2 == 1,
    ),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("small", [False, True], ids=["as it is", "in small steps"])
def test_every_part_reads_in_both_directions_from_anywhere(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, name: str, small: bool
) -> None:
    make, is_in = MAKERS[name]
    add_tickets(storage, COUNT)
    if small:
        for limit, size in (("FEW", 3), ("MANY", 6), ("WHOLE", 9), ("_FIRST_PAGE", 2), ("_FIRST_WINDOW", 4)):
            monkeypatch.setattr(search_parts, limit, size)
        monkeypatch.setattr(search_parts, "_HEAVY_PAGE", 3)
        monkeypatch.setattr(search_parts, "_FIRST_SCAN", 4)
        monkeypatch.setattr(full_text, "FEW_ENDINGS", 1)
    # Ticket n + 1 is the one with the text case n.
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
