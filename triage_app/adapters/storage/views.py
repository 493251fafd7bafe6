"""Saved views."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select

from triage_app.adapters.storage.search_tables import saved_views
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.services.search_shapes import StoredView


class SqlViews:
    """`ViewRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def save(self, view: StoredView) -> StoredView | None:
        """Store, in place of one of the same name; returns that."""
        before = self._named(view.name)
        if before is not None:
            self._delete(view.name)
        self._tx.run(
            insert(saved_views).values(
                id=self._tx.take_ids(saved_views, 1)[0],
                name=plain(view.name),
                query=plain(view.query),
                sort=view.sort,
                who=plain(view.who),
                at=view.at,
            )
        )
        return before

    def remove(self, name: str) -> StoredView:
        """Take away; raises NotFound."""
        found = self._named(name)
        if found is None:
            raise NotFound(f"There is no saved view named {name}. `views` lists them.")
        self._delete(name)
        return found

    def all(self) -> Sequence[StoredView]:
        """All, by name, upper and lower case alike."""
        found = [_view(row) for row in self._tx.all(select(saved_views))]
        return sorted(found, key=lambda each: (each.name.casefold(), each.name))

    def _named(self, name: str) -> StoredView | None:
        found = self._tx.first(select(saved_views).where(saved_views.c.name == plain(name)))
        return None if found is None else _view(found)

    def _delete(self, name: str) -> None:
        self._tx.run(delete(saved_views).where(saved_views.c.name == plain(name)))


def _view(row: Row[*tuple[Any, ...]]) -> StoredView:
    return StoredView(row.name, row.query, row.sort, row.who, row.at)
