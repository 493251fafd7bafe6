"""The parts of a search: each tells how many tickets it finds, reads them in order, and says which of some it holds.

Nothing here reads more than is asked for: what is common is read in pages, in order of the ids; what is rare is read
at once.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, func, select, union_all

from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.search_reading import Ids, Reading, Source
from triage_app.adapters.storage.tables import tickets
from triage_app.domain.errors import TooWide
from triage_app.domain.query import Node

_TOO_HEAVY = 6_000_000
"""Hits of single words that SQLite merges in well under a second."""

_DENSE = 64
"""Ids among which there is one to be asked about: from here on reading all hits between them is cheaper."""


class Part(Protocol):
    """What a search is made of."""

    def size(self, most: int) -> int:
        """How many tickets it finds at most; `most` where there may be as many or more, or nobody can tell at once."""

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        """The ids in order, those after `beyond` where it is given, in pages."""

    def holding(self, ids: Ids) -> "array[int]":
        """Those of some tickets that it finds, in their order."""


class Rows:
    """Tickets by a condition on their row or on what belongs to it. The condition is never unknown.

    `sources` give the same tickets by an index, if there is one. `is_far` where the condition looks elsewhere than at
    the row. `spanned` are their lowest and highest id, where an index tells; `number` is how many there are, where
    that is known.
    """

    def __init__(
        self,
        reading: Reading,
        condition: ColumnElement[bool],
        sources: Sequence[Source] = (),
        *,
        is_far: bool = False,
        spanned: Select[Any] | None = None,
        number: int | None = None,
    ) -> None:
        self.condition = condition
        self.spanned = spanned
        self._number = number
        self.sources = sources
        self.is_far = is_far
        self._reading = reading
        self._sizes: dict[int, int] = {}
        self._all: array[int] | None = None
        self._set: frozenset[int] = frozenset()

    @property
    def is_ordered(self) -> bool:
        """Whether it can be read in order however many there are."""
        return bool(self.sources) and all(each.is_ordered for each in self.sources)

    @property
    def is_worth_reading(self) -> bool:
        """Whether few enough were counted, by whoever asked for it, to read all of it."""
        many = self._reading.sizes.many
        return self.size(many) < many or any(size < most for most, size in self._sizes.items())

    @property
    def is_read(self) -> bool:
        """Whether all of it was read, so that asking about it costs nothing."""
        return self._all is not None

    def size(self, most: int) -> int:
        if self._number is not None:
            return min(most, self._number)
        if not self.sources:
            return most
        if most not in self._sizes:
            parts = [select(each.wanted.limit(most).subquery()) for each in self.sources]
            wanted = select(func.count()).select_from((union_all(*parts) if len(parts) > 1 else parts[0]).subquery())
            self._sizes[most] = min(most, int(self._reading.tx.connection.execute(wanted).scalar_one()))
        return self._sizes[most]

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        if self.is_ordered:
            yield from self._reading.pages(self.sources, beyond)
        elif self.is_worth_reading:
            yield from self._reading.cut(self._reading.after(self._read_all(), beyond))
        else:
            wanted = select(tickets.c.id).where(self.condition)
            yield from self._reading.pages([Source(wanted, tickets.c.id, is_ordered=True)], beyond)

    def holding(self, ids: Ids) -> "array[int]":
        if self._all is not None:
            return array("q", (each for each in ids if each in self._set))
        return self._reading.holding(self.condition, ids)

    def span(self) -> tuple[int, int] | None:
        """The lowest and the highest id that it finds by `spanned`; None where it finds none."""
        row = None if self.spanned is None else self._reading.tx.first(self.spanned)
        return None if row is None or row[0] is None else (int(row[0]), int(row[1]))

    def _read_all(self) -> "array[int]":
        if self._all is None:
            found = [self._reading.column(each.wanted) for each in self.sources]
            self._all = self._reading.in_order(chain.from_iterable(found))
            self._set = frozenset(self._all)
        return self._all


class Listed:
    """Tickets by their ids."""

    def __init__(self, reading: Reading, ids: Iterable[int]) -> None:
        self._reading = reading
        self._ids = reading.in_order(ids)
        self._set = frozenset(self._ids)

    def size(self, most: int) -> int:
        return min(most, len(self._ids))

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        yield from self._reading.cut(self._reading.after(self._ids, beyond))

    def holding(self, ids: Ids) -> "array[int]":
        return array("q", (each for each in ids if each in self._set))


class Words:
    """Tickets by a tree of phrases over one index of full text whose ids are those of the tickets."""

    def __init__(self, reading: Reading, index: TextIndex, wanted: Node) -> None:
        self.index = index
        self.wanted = wanted
        self._reading = reading
        self._marks: bytearray | None = None
        self._sizes: dict[int, int] = {}
        self._text = reading.tx.dialect.full_text
        self._is_heavy = self._text.is_heavy(wanted)

    def size(self, most: int) -> int:
        if self._is_heavy:
            return most
        if most not in self._sizes:
            found, _ = self._found()
            wanted = select(func.count()).select_from(found.limit(most).subquery())
            self._sizes[most] = int(self._reading.tx.connection.execute(wanted).scalar_one())
        return self._sizes[most]

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        if self._is_heavy:
            yield from self._read_heavy(beyond)
            return
        found, number = self._found()
        if self._reading.tx.dialect.is_near:
            # By windows of ids: SQLite cannot be interrupted while it looks for the next hit.
            for low, high in self._reading.windows(beyond, self._reading.sizes.first_window):
                inside = found.where(number >= low, number <= high)
                yield from self._reading.pages([Source(inside, number, is_ordered=True)], None)
        else:
            yield from self._reading.pages([Source(found, number, is_ordered=True)], beyond)

    def holding(self, ids: Ids) -> "array[int]":
        if self._is_heavy:
            marks = self._mark()
            return array("q", (each for each in ids if each < len(marks) and marks[each]))
        found, number = self._found()
        low, high = min(ids, default=0), max(ids, default=0)
        if high - low < len(ids) * _DENSE:
            hits = frozenset(self._reading.column(found.where(number >= low, number <= high)))
            return array("q", (each for each in ids if each in hits))
        return self._reading.holding(found.where(number == tickets.c.id).correlate(tickets).exists(), ids)

    def _found(self, wanted: Node | None = None) -> tuple[Select[Any], ColumnElement[int]]:
        rows, number = self._text.rows(self.index)
        holds = self._text.holds(self.index, wanted or self.wanted)
        return select(number.label("id")).select_from(rows).where(holds), number

    def _read_heavy(self, beyond: int | None) -> "Iterator[array[int]]":
        """The first window word by word, where that can be; then a page and all the rest, which cost the same."""
        reading = self._reading
        spelled = self._text.first_spelled(reading.tx.connection, self.index, self.wanted)
        if spelled is not None:
            found, number = self._found(spelled)
            for low, high in islice(reading.windows(beyond, reading.sizes.first_window), 1):
                inside = found.where(number.between(low, high))
                yield from reading.pages([Source(inside, number, is_ordered=True)], None)
                beyond = high if reading.up else low
        self._weigh()
        found, number = self._found()
        hits = [Source(found, number, is_ordered=True)]
        page = reading.page(hits, beyond, reading.sizes.heavy_page)
        yield from reading.cut(page)
        if len(page) == reading.sizes.heavy_page:
            yield from reading.cut(reading.page(hits, page[-1], 0))

    def _weigh(self) -> None:
        """Raises TooWide where SQLite, which cannot be interrupted in that, would merge for too long."""
        if self._text.weight(self._reading.tx.connection, self.index, self.wanted) > _TOO_HEAVY:
            raise TooWide(
                "Too many words begin as this search asks for. Write more letters before each `*`, or fewer of these."
            )

    def _mark(self) -> bytearray:
        """For each id whether it is a hit."""
        if self._marks is None:
            self._weigh()
            found, _ = self._found()
            self._marks = bytearray(self._reading.newest + 1)
            for each in self._reading.column(found):
                self._marks[each] = 1
        return self._marks
