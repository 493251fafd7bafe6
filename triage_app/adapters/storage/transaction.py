"""One open transaction as the repositories see it: the connection, its dialect, and what the process remembers."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, cast

from sqlalchemy import Connection, Executable, Row, Table, func, select

from triage_app.adapters.storage.dialects import Dialect
from triage_app.domain.errors import StorageFailed
from triage_app.domain.observable import Observable
from triage_app.domain.pattern import Pattern, Trait

MAX_KNOWN = 100_000


class KnownIds:
    """Ids of sources, rules, observables, patterns and traits that this process has met.

    Ids never change, so only a rollback makes them wrong. Used by the writer only, under its lock. The last three are
    bounded: the ones not met for longest go first.
    """

    def __init__(self) -> None:
        self.sources: dict[str, int] = {}
        self.rules: dict[str, int] = {}
        self.observables: OrderedDict[Observable, int] = OrderedDict()
        self.patterns: OrderedDict[Pattern, int] = OrderedDict()
        self.traits: OrderedDict[Trait, int] = OrderedDict()

    def forget(self) -> None:
        """Drop everything: called when a transaction was rolled back."""
        self.sources.clear()
        self.rules.clear()
        self.observables.clear()
        self.patterns.clear()
        self.traits.clear()

    def trim(self) -> None:
        """Keep within the bound."""
        bounded: tuple[OrderedDict[Any, int], ...] = (self.observables, self.patterns, self.traits)
        for each in bounded:
            while len(each) > MAX_KNOWN:
                each.popitem(last=False)


class Deferred(IntEnum):
    """What may be written late, in the order in which it must be written."""

    TICKETS = 0
    GROUPS = 1
    REPEATS = 2
    LINKS = 3
    FIGURES = 4
    TOTALS = 5
    PATTERNS = 6


class Transaction:
    """A connection inside a transaction. `known` is there for a writer only.

    Many small writes are gathered and written in bulk: by `flush` at the end, or as soon as anybody reads or writes
    through `connection`, `all`, `first` or `run`, so that nobody ever sees a state in which they are missing.
    """

    __slots__ = ("_deferred", "_next_ids", "dialect", "direct", "known", "lanes", "new_tickets", "touched")

    def __init__(self, connection: Connection, dialect: Dialect, known: KnownIds | None = None) -> None:
        self.direct = connection
        """The connection without what is written late: for those who know what is."""
        self.dialect = dialect
        self.known = known
        self.lanes: dict[int, int] = {}
        """Lanes of tickets that were read in this transaction, as long as nobody changes them."""
        self.new_tickets: set[int] = set()
        """Tickets that have an id and are not yet written."""
        self.touched: set[int] = set()
        """Tickets whose pattern may count them in another way now."""
        self._next_ids: dict[str, int] = {}
        self._deferred: dict[Deferred, Callable[[], None]] = {}

    @property
    def connection(self) -> Connection:
        """The connection, with all that was to be written late in its place."""
        if self._deferred:
            self.flush()
        return self.direct

    @property
    def writer(self) -> KnownIds:
        """What the writer remembers; raises StorageFailed in a reading transaction."""
        if self.known is None:
            raise StorageFailed("This is a reading transaction. Open a writing one to change anything.")
        return self.known

    def defer(self, what: Deferred, write: Callable[[], None]) -> None:
        """Have `write` called once before the next reader, however often it is asked for."""
        self._deferred[what] = write

    def flush(self) -> None:
        """Write what was deferred."""
        while self._deferred:
            deferred, self._deferred = self._deferred, {}
            for what in sorted(deferred):
                deferred[what]()

    def all(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
        """All rows."""
        return self.connection.execute(statement, values).all()

    def first(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[*tuple[Any, ...]] | None:
        """The first row, or None."""
        return self.connection.execute(statement, values).first()

    def run(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> int:
        """Write; returns how many rows were met (not for many sets of values). Raises StorageFailed for a reader."""
        assert self.writer is not None
        return self.connection.execute(statement, values).rowcount

    def insert(self, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows in bulk, values in the order of the columns and as the driver takes them."""
        assert self.writer is not None
        self.dialect.insert(self.connection, into, rows)

    def update(self, of: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Set the named columns of rows in bulk: each row holds their values as the driver takes them, then the id."""
        assert self.writer is not None
        self.dialect.update(self.connection, of, names, rows)

    def take_ids(self, of: Table, count: int) -> range:
        """The next `count` ids of a table; the writer is alone, so nobody else takes them."""
        assert self.writer is not None
        first = self._next_ids.get(of.name)
        if first is None:
            first = int(self.direct.execute(select(func.coalesce(func.max(of.c.id), 0))).scalar_one()) + 1
        self._next_ids[of.name] = first + count
        return range(first, first + count)


def plain_rows(tx: Transaction, wanted: Executable, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Rows as the driver gives them, in which nothing is converted: a quarter of the time where they are thousands."""
    result = tx.connection.execute(wanted, values)
    try:
        cursor = result.cursor
        assert cursor is not None
        return cast("Sequence[tuple[Any, ...]]", cursor.fetchall())
    finally:
        result.close()
