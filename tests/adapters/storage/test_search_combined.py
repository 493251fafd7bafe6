from collections.abc import Callable

import pytest
from sqlalchemy import func, select, true

from tests.adapters.storage.samples import add_tickets
from tests.adapters.storage.test_search_parts import COUNT, check, every_third, odd, steps, words
from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.search_combined import AllOf, AnyOf, NoneOf
from triage_app.adapters.storage.search_parts import Listed, Part, Rows
from triage_app.adapters.storage.search_reading import Reading
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage

__all__ = ["steps"]


def plain(reading: Reading) -> Part:
    return Rows(reading, tickets.c.attachments == 1)


def from_ten_on(reading: Reading) -> Part:
    spanned = select(func.min(tickets.c.id), func.max(tickets.c.id)).where(tickets.c.id > 10)
    return Rows(reading, tickets.c.id > 10, spanned=spanned)


MAKERS: dict[str, tuple[Callable[[Reading], Part], Callable[[int], bool]]] = {
    "none": (lambda reading: NoneOf(reading, words(reading)), lambda n: str(n)[0] != "1"),
    "any": (lambda reading: AnyOf(reading, [odd(reading), words(reading)]), lambda n: n % 2 == 1 or str(n)[0] == "1"),
    "all": (lambda reading: AllOf(reading, [odd(reading), words(reading)]), lambda n: n % 2 == 1 and str(n)[0] == "1"),
    "rows": (lambda reading: AllOf(reading, [plain(reading), Rows(reading, true())]), lambda n: n % 2 == 1),
    "all of some": (
        lambda reading: AllOf(reading, [AnyOf(reading, [words(reading), every_third(reading)]), plain(reading)]),
        lambda n: n % 2 == 1 and (str(n)[0] == "1" or n % 3 == 1),
    ),
    "all but": (
        lambda reading: AllOf(reading, [plain(reading), NoneOf(reading, every_third(reading))]),
        lambda n: n % 2 == 1 and n % 3 != 1,
    ),
    "span": (lambda reading: AllOf(reading, [odd(reading), from_ten_on(reading)]), lambda n: n % 2 == 1 and n > 9),
}


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("name", MAKERS)
def test_every_combination_reads_in_both_directions_from_anywhere(storage: SqlStorage, name: str) -> None:
    add_tickets(storage, COUNT)
    check(storage, *MAKERS[name])


def test_all_of_parts_that_exclude_each_other_are_none(storage: SqlStorage) -> None:
    add_tickets(storage, COUNT)
    with storage.read() as uow:
        reading = Reading(uow.transaction, Budget(100), up=False)
        nothing = Rows(
            reading, true(), spanned=select(func.min(tickets.c.id), func.max(tickets.c.id)).where(tickets.c.id > 99)
        )
        assert list(AllOf(reading, [odd(reading), nothing]).read(None)) == []
        assert list(AllOf(reading, [Listed(reading, ()), plain(reading)]).read(None)) == []
        both = AllOf(reading, [odd(reading), NoneOf(reading, plain(reading))])
        assert [each for page in both.read(None) for each in page] == []
