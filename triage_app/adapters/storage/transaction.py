"""One open transaction as the repositories see it: the connection, its dialect, and what the process remembers."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Executable, Row, Table, func, select

from triage_app.adapters.storage.dialects import Dialect
from triage_app.domain.errors import StorageFailed
from triage_app.domain.observable import Observable

MAX_KNOWN = 100_000


class KnownIds:
    """Ids of sources and observables that this process has met; ids never change, so only a rollback makes them wrong.

    Used by the writer only, under its lock. Observables are bounded: the ones not met for longest go first.
    """

    def __init__(self) -> None:
        self.sources: dict[str, int] = {}
        self.observables: OrderedDict[Observable, int] = OrderedDict()

    def forget(self) -> None:
        """Drop everything: called when a transaction was rolled back."""
        self.sources.clear()
        self.observables.clear()

    def trim(self) -> None:
        """Keep within the bound."""
        while len(self.observables) > MAX_KNOWN:
            self.observables.popitem(last=False)


@dataclass(slots=True)
class Transaction:
    """A connection inside a transaction. `known` is there for a writer only."""

    connection: Connection
    dialect: Dialect
    known: KnownIds | None = None
    next_ids: dict[str, int] = field(default_factory=dict)

    @property
    def writer(self) -> KnownIds:
        """What the writer remembers; raises StorageFailed in a reading transaction."""
        if self.known is None:
            raise StorageFailed("This is a reading transaction. Open a writing one to change anything.")
        return self.known

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

    def take_ids(self, of: Table, count: int) -> range:
        """The next `count` ids of a table; the writer is alone, so nobody else takes them."""
        assert self.writer is not None
        first = self.next_ids.get(of.name)
        if first is None:
            first = int(self.connection.execute(select(func.coalesce(func.max(of.c.id), 0))).scalar_one()) + 1
        self.next_ids[of.name] = first + count
        return range(first, first + count)
