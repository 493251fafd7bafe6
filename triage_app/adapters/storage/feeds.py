"""Configured sources: their settings, how they fare, and how far each of their folders was taken in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, delete, insert, select, update

from triage_app.adapters.storage.ledger import source_id
from triage_app.adapters.storage.live_tables import cursors, feeds
from triage_app.adapters.storage.tables import sources
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import InvalidInput, NotFound, Trouble
from triage_app.domain.source import Cursor, Source, SourceName, SourceState


class SqlSources:
    """`SourceRepository` on SQL. A source bears the name under which the ledger counts its items."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, source: Source, at: datetime) -> None:
        """Store a new source; raises InvalidInput where the name is taken."""
        if self._id(source.name) is not None:
            raise InvalidInput(f"There is a source {source.name!r} already. Choose another name, or change that one.")
        self._tx.run(
            insert(feeds).values(
                source_id=source_id(self._tx, plain(source.name)),
                kind=plain(source.kind),
                settings=_written(source.settings),
                paused=source.paused,
                revision=source.revision,
                created_at=at,
                **_columns(SourceState()),
            )
        )

    def put(self, source: Source) -> None:
        """Replace the settings of a source, and whether it is paused; its revision is one more. Raises NotFound."""
        self._tx.run(
            update(feeds)
            .where(feeds.c.source_id == self._known(source.name))
            .values(
                kind=plain(source.kind),
                settings=_written(source.settings),
                paused=source.paused,
                revision=feeds.c.revision + 1,
            )
        )

    def remove(self, name: SourceName) -> None:
        """Forget its settings, state and cursors; what it brought stays, under its name. Raises NotFound."""
        found = self._known(name)
        self._tx.run(delete(cursors).where(cursors.c.source_id == found))
        self._tx.run(delete(feeds).where(feeds.c.source_id == found))

    def get(self, name: SourceName) -> Source:
        """One source; raises NotFound."""
        return _source(self._row(name))

    def all(self) -> Sequence[tuple[Source, SourceState]]:
        """All sources with their states, by name."""
        return [(_source(row), _state(row)) for row in self._tx.all(_FEEDS.order_by(sources.c.name))]

    def state(self, name: SourceName) -> SourceState:
        """How a source fares; raises NotFound."""
        return _state(self._row(name))

    def save_state(self, name: SourceName, state: SourceState) -> None:
        """Store how a source fares; nothing happens for one that was removed."""
        found = self._id(name)
        if found is not None:
            self._tx.run(update(feeds).where(feeds.c.source_id == found).values(_columns(state)))

    def cursors(self, name: SourceName) -> Mapping[str, Cursor]:
        """How far each folder was taken in."""
        found = self._id(name)
        if found is None:
            return {}
        rows = self._tx.all(select(cursors).where(cursors.c.source_id == found).order_by(cursors.c.folder))
        return {row.folder: Cursor(row.folder, row.uid_validity, row.position) for row in rows}

    def save_cursor(self, name: SourceName, cursor: Cursor) -> None:
        """Store how far a folder was taken in; nothing happens for a source that was removed."""
        found = self._id(name)
        if found is None:
            return
        folder = plain(cursor.folder)
        values = {"uid_validity": cursor.uid_validity, "position": plain(cursor.position)}
        this = (cursors.c.source_id == found) & (cursors.c.folder == folder)
        if not self._tx.run(update(cursors).where(this).values(values)):
            self._tx.run(insert(cursors).values(source_id=found, folder=folder, **values))

    def _row(self, name: SourceName) -> Row[*tuple[Any, ...]]:
        row = self._tx.first(_FEEDS.where(sources.c.name == plain(name)))
        if row is None:
            raise _no_source(name)
        return row

    def _id(self, name: SourceName) -> int | None:
        row = self._tx.first(_IDS.where(sources.c.name == plain(name)))
        return None if row is None else int(row.source_id)

    def _known(self, name: SourceName) -> int:
        found = self._id(name)
        if found is None:
            raise _no_source(name)
        return found


_FEEDS = select(sources.c.name, feeds).join_from(feeds, sources, feeds.c.source_id == sources.c.id)
_IDS = select(feeds.c.source_id).join_from(feeds, sources, feeds.c.source_id == sources.c.id)


def _no_source(name: SourceName) -> NotFound:
    return NotFound(f"There is no source {name!r} in this workspace. `sources` lists those that there are.")


def _written(settings: Mapping[str, str]) -> str:
    return msgspec.json.encode({plain(key): plain(value) for key, value in settings.items()}).decode()


def _columns(state: SourceState) -> dict[str, Any]:
    return {
        "last_success": state.last_success,
        "last_item": state.last_item,
        "next_try": state.next_try,
        "error": plain(state.error),
        "trouble": state.trouble.value if state.trouble is not None else "",
        "failures": state.failures,
        "tls": plain(state.tls),
        "on_server": state.on_server,
        "skipped": state.skipped,
    }


def _source(row: Row[*tuple[Any, ...]]) -> Source:
    settings = msgspec.json.decode(row.settings, type=dict[str, str])
    return Source(SourceName(row.name), row.kind, settings, row.paused, row.revision)


def _state(row: Row[*tuple[Any, ...]]) -> SourceState:
    return SourceState(
        last_success=row.last_success,
        last_item=row.last_item,
        next_try=row.next_try,
        error=row.error,
        trouble=Trouble(row.trouble) if row.trouble else None,
        failures=row.failures,
        tls=row.tls,
        on_server=row.on_server,
        skipped=row.skipped,
    )
