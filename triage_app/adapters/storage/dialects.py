"""Everything in which SQLite and PostgreSQL differ: connecting, bulk rows, full text, and what errors mean."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import URL

from triage_app.adapters.storage.frequencies import PostgresFrequencies, SqliteFrequencies, fts_term
from triage_app.adapters.storage.full_text import FullText, PostgresFullText, SqliteFullText, TextIndex
from triage_app.adapters.storage.words import MAX_SEARCH_TEXT, index_text
from triage_app.domain.errors import StorageFailed

TURN_SECONDS = 60.0
"""How long a writer waits for another process before it gives up."""

_PAGE_CACHE_KIB = 32_000
_READ_CACHE_KIB = 8_000
_POLL_SECONDS = 0.005
_STEPS_BETWEEN_LOOKS = 10_000
"""Steps of SQLite's machine between two looks at the clock: well under a millisecond."""

_WRITER_KEY = 0x747269616765
"""The number of the advisory lock that a PostgreSQL writer holds."""


class Dialect(Protocol):
    """What the repositories ask of a database."""

    @property
    def name(self) -> str:
        """SQLAlchemy's name of it."""

    @property
    def driver_errors(self) -> tuple[type[Exception], ...]:
        """The base of what its driver raises where SQLAlchemy is passed by."""

    @property
    def is_near(self) -> bool:
        """Whether rows cross no connection, so that fetching many ids costs less than joining in the database."""

    def writing_engine(self) -> Engine:
        """An engine whose connections may write."""

    def reading_engine(self) -> Engine:
        """An engine whose connections cannot write."""

    def begin_write(self, connection: Connection) -> None:
        """Begin a transaction in the one writer's place; waits for its turn, then raises StorageFailed."""

    def begin_read(self, connection: Connection) -> None:
        """Begin a transaction that sees one state of the database."""

    def insert(self, connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows whose values are in the order of the table's columns and need no conversion by SQLAlchemy."""

    def update(self, connection: Connection, of: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Set the named columns: each row holds their values, as the driver takes them, and the id last."""

    def newest(self, connection: Connection, of: Table, name: str, values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        """Of the rows with each of these values in an indexed column the one with the highest id, as the driver
        gives it.
        """

    def among(self, what: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """A condition: `what`, ids or texts, is one of the values bound as parameter `name` (through `many`)."""

    def many(self, values: Sequence[Any]) -> Any:
        """Values as the parameter that `among` expects, whatever their number."""

    def has_schema(self, connection: Connection) -> bool:
        """Whether a migration ever ran."""

    def create_full_text(self, connection: Connection) -> None:
        """Make what full text search needs beside the tables."""

    def index_texts(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        """Make tickets findable by their text, given (id, text)."""

    def create_search(self, connection: Connection) -> None:
        """Make what search in subjects, senders and additions needs beside the tables."""

    def index_heads(self, connection: Connection, heads: Sequence[tuple[int, str, str]]) -> None:
        """Make tickets findable by their subject and by their sender, given (id, subject, sender)."""

    def index_additions(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        """Make tickets findable by what was added to them, given (id of the addition, text)."""

    def frequencies(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        """In how many tickets' texts each term is: exact up to `COUNTED_TO`, estimated above."""

    def with_terms(self, connection: Connection, terms: Sequence[str], limit: int) -> list[list[int]]:
        """For each term the newest tickets in whose text it is."""

    def newest_with(
        self, connection: Connection, of: Table, name: str, values: Sequence[int], limit: int
    ) -> list[list[int]]:
        """For each of these values of an indexed column the newest `ticket_id` of a table."""

    @property
    def full_text(self) -> FullText:
        """How its full text is searched."""

    def limited(self, connection: Connection, left: Callable[[], float]) -> AbstractContextManager[None]:
        """Inside, a reading statement is interrupted when none of the seconds is left that `left` tells."""

    def is_interrupted(self, error: Exception) -> bool:
        """Whether a driver's error is that a statement took too long."""

    def explain(self, error: Exception) -> StorageFailed:
        """What a driver's error means for a person, and what to do."""


def dialect_for(url: URL) -> Dialect:
    """The dialect of a URL; raises StorageFailed for another database."""
    if url.get_backend_name() == "sqlite":
        return SqliteDialect(url)
    if url.get_backend_name() == "postgresql":
        return PostgresDialect(url)
    raise StorageFailed(
        f"{url.get_backend_name()} is not a database that a workspace can lie in: use SQLite or PostgreSQL."
    )


def _names(of: Table) -> str:
    return ", ".join(f'"{each.name}"' for each in of.columns)


class SqliteDialect:
    """SQLite in WAL mode: readers never wait, one writer at a time in the whole machine."""

    name = "sqlite"
    is_near = True
    full_text = SqliteFullText()
    driver_errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, url: URL) -> None:
        self._url = url
        self._wait = threading.Event()
        self._frequencies = SqliteFrequencies()

    def writing_engine(self) -> Engine:
        return self._engine(
            (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "secure_delete=OFF",
                f"cache_size=-{_PAGE_CACHE_KIB}",
                # A page that many transactions touch is written back once.
                "wal_autocheckpoint=8000",
                "journal_size_limit=67108864",
                # Short, since the wait for a turn asks again and again, which is fairer than SQLite's long naps.
                "busy_timeout=20",
            ),
            pool_size=1,
            max_overflow=0,
        )

    def reading_engine(self) -> Engine:
        return self._engine(("query_only=ON", f"cache_size=-{_READ_CACHE_KIB}"), pool_size=4, max_overflow=12)

    def _engine(self, pragmas: Sequence[str], **pool: int) -> Engine:
        driver = {"isolation_level": None, "check_same_thread": False}
        engine = create_engine(self._url, connect_args=driver, **pool)

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA temp_store=MEMORY")
            # The words of each index, to look up which begin with some letters, and how many texts have them.
            for index in TextIndex:
                for name, kind in (("words", "instance"), ("counts", "row")):
                    connection.execute(
                        f"CREATE VIRTUAL TABLE temp.{index}_{name} USING fts5vocab('main', '{index}', '{kind}')"
                    )
            for pragma in ("busy_timeout=5000", *pragmas):
                connection.execute(f"PRAGMA {pragma}")

        return engine

    def begin_write(self, connection: Connection) -> None:
        deadline = time.monotonic() + TURN_SECONDS
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except Exception as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                connection.rollback()
                self._wait.wait(_POLL_SECONDS)
            else:
                return

    def begin_read(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    def insert(self, connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" for _ in into.columns)
            wanted = f"INSERT INTO {into.name} ({_names(into)}) VALUES ({marks})"  # noqa: S608
            connection.exec_driver_sql(wanted, list(rows))

    def update(self, connection: Connection, of: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            changes = ", ".join(f'"{name}" = ?' for name in names)
            connection.exec_driver_sql(f"UPDATE {of.name} SET {changes} WHERE id = ?", list(rows))  # noqa: S608

    def newest(self, connection: Connection, of: Table, name: str, values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        wanted = f'SELECT {_names(of)} FROM {of.name} WHERE "{name}" = ? ORDER BY id DESC LIMIT 1'  # noqa: S608
        driver: Any = connection.connection.driver_connection
        found = (driver.execute(wanted, (each,)).fetchone() for each in values)
        return [each for each in found if each is not None]

    def among(self, what: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        values = func.json_each(bindparam(name)).table_valued("value")
        return what.in_(select(values.c.value))

    def many(self, values: Sequence[Any]) -> Any:
        return json.dumps(list(values))

    def has_schema(self, connection: Connection) -> bool:
        found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        return found.first() is not None

    def create_full_text(self, connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE ticket_texts USING fts5(text, content='', tokenize=\"unicode61 remove_diacritics 2\")"
        )
        # A batch becomes one segment of the index instead of several that are merged later.
        connection.exec_driver_sql("INSERT INTO ticket_texts (ticket_texts, rank) VALUES ('hashsize', 8388608)")

    def index_texts(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        if texts:
            connection.exec_driver_sql(
                "INSERT INTO ticket_texts (rowid, text) VALUES (?, ?)",
                [(ticket, text[:MAX_SEARCH_TEXT]) for ticket, text in texts],
            )

    def create_search(self, connection: Connection) -> None:
        for name, columns in (("ticket_heads", "subject, sender"), ("addition_texts", "text")):
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='',"
                ' tokenize="unicode61 remove_diacritics 2")'
            )
            connection.exec_driver_sql(f"INSERT INTO {name} ({name}, rank) VALUES ('hashsize', 8388608)")  # noqa: S608

    def index_heads(self, connection: Connection, heads: Sequence[tuple[int, str, str]]) -> None:
        if heads:
            wanted = "INSERT INTO ticket_heads (rowid, subject, sender) VALUES (?, ?, ?)"
            connection.exec_driver_sql(wanted, list(heads))

    def index_additions(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        if texts:
            wanted = "INSERT INTO addition_texts (rowid, text) VALUES (?, ?)"
            connection.exec_driver_sql(wanted, [(number, text[:MAX_SEARCH_TEXT]) for number, text in texts])

    def frequencies(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        return self._frequencies.of(connection, terms)

    def with_terms(self, connection: Connection, terms: Sequence[str], limit: int) -> list[list[int]]:
        wanted = "SELECT rowid FROM ticket_texts WHERE ticket_texts MATCH ? ORDER BY rowid DESC LIMIT ?"
        driver: Any = connection.connection.driver_connection
        return [[row[0] for row in driver.execute(wanted, (fts_term(each), limit))] for each in terms]

    def newest_with(
        self, connection: Connection, of: Table, name: str, values: Sequence[int], limit: int
    ) -> list[list[int]]:
        wanted = f'SELECT ticket_id FROM {of.name} WHERE "{name}" = ? ORDER BY ticket_id DESC LIMIT ?'  # noqa: S608
        driver: Any = connection.connection.driver_connection
        return [[row[0] for row in driver.execute(wanted, (each, limit))] for each in values]

    @contextmanager
    def limited(self, connection: Connection, left: Callable[[], float]) -> Iterator[None]:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: not left(), _STEPS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)

    def is_interrupted(self, error: Exception) -> bool:
        cause = getattr(error, "orig", None) or error
        return (getattr(cause, "sqlite_errorname", "") or "").startswith("SQLITE_INTERRUPT")

    def explain(self, error: Exception) -> StorageFailed:
        cause = getattr(error, "orig", None) or error
        place = f"The database {self._url.database}"
        name = getattr(cause, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StorageFailed(
                f"{place} is held by another program for too long. Close other windows of this workspace and try again."
            )
        if name.startswith("SQLITE_FULL"):
            return StorageFailed(
                f"{place} cannot grow: the disk is full. Free some space and try again; nothing is lost."
            )
        if name.startswith("SQLITE_READONLY") or "query_only" in str(cause):
            return StorageFailed(f"{place} cannot be written: check who owns the file and its folder.")
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return StorageFailed(f"{place} is damaged or no database ({cause}). Put a copy of it back from a backup.")
        if name.startswith("SQLITE_CANTOPEN"):
            return StorageFailed(f"{place} cannot be opened: check that its folder exists and may be written.")
        if name.startswith("SQLITE_IOERR"):
            return StorageFailed(f"{place} cannot be read or written ({cause}). Check the disk and try again.")
        return StorageFailed(f"{place} refused a step: {cause}. Nothing of it was written; please report this.")


class PostgresDialect:
    """PostgreSQL: the same schema; an advisory lock makes one writer at a time, so that ids rise without gaps."""

    name = "postgresql"
    is_near = False
    full_text = PostgresFullText()

    def __init__(self, url: URL) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra that most desks do without
        except ImportError as error:
            raise StorageFailed(
                "PostgreSQL needs its driver: install the extra `postgresql` of this program."
            ) from error
        self._url = url
        self.driver_errors: tuple[type[Exception], ...] = (psycopg.Error,)
        self._frequencies = PostgresFrequencies()

    def writing_engine(self) -> Engine:
        return create_engine(
            self._url,
            pool_size=1,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"options": f"-c lock_timeout={int(TURN_SECONDS * 1000)}"},
        )

    def reading_engine(self) -> Engine:
        return create_engine(
            self._url,
            pool_size=4,
            max_overflow=12,
            pool_pre_ping=True,
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
            # Queue pages come from an index, and compiling their plan would take longer than running it.
            connect_args={"options": "-c jit=off"},
        )

    def begin_write(self, connection: Connection) -> None:
        connection.execute(select(func.pg_advisory_xact_lock(literal(_WRITER_KEY, BigInteger))))

    def begin_read(self, connection: Connection) -> None:
        connection.begin()

    def insert(self, connection: Connection, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {into.name} ({_names(into)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def update(self, connection: Connection, of: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        kinds = (of.columns[each].type.compile(connection.dialect).split(" COLLATE")[0] for each in (*names, "id"))
        arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
        given = ", ".join(f'"{name}"' for name in (*names, "id"))
        changes = ", ".join(f'"{name}" = given."{name}"' for name in names)
        connection.exec_driver_sql(
            f"UPDATE {of.name} SET {changes} FROM unnest({arrays}) AS given ({given}) WHERE {of.name}.id = given.id",  # noqa: S608
            tuple(map(list, zip(*rows, strict=True))),
        )

    def newest(self, connection: Connection, of: Table, name: str, values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        found = connection.exec_driver_sql(
            f"SELECT found.* FROM unnest(%s::bytea[]) AS given (value) CROSS JOIN LATERAL ("  # noqa: S608
            f'SELECT {_names(of)} FROM {of.name} WHERE "{name}" = given.value ORDER BY id DESC LIMIT 1) AS found',
            (list(values),),
        )
        return [tuple(each) for each in found]

    def among(self, what: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        kind = Text() if isinstance(what.type, Text) else BigInteger()
        return what == any_(bindparam(name, type_=ARRAY(kind)))

    def many(self, values: Sequence[Any]) -> Any:
        return list(values)

    def has_schema(self, connection: Connection) -> bool:
        return connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is not None

    def create_full_text(self, connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE TABLE ticket_texts (id bigint CONSTRAINT pk_ticket_texts PRIMARY KEY, words tsvector NOT NULL)"
        )
        connection.exec_driver_sql(
            "CREATE INDEX ix_ticket_texts_words ON ticket_texts USING gin (words) WITH (fastupdate = on)"
        )

    def index_texts(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        if not texts:
            return
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO ticket_texts (id, words) VALUES (%s, to_tsvector('simple', %s))",
                [(ticket, index_text(text)) for ticket, text in texts],
            )

    def create_search(self, connection: Connection) -> None:
        for name in ("ticket_heads", "addition_texts"):
            connection.exec_driver_sql(
                f"CREATE TABLE {name} (id bigint CONSTRAINT pk_{name} PRIMARY KEY, words tsvector NOT NULL)"
            )
            connection.exec_driver_sql(f"CREATE INDEX ix_{name}_words ON {name} USING gin (words)")

    def index_heads(self, connection: Connection, heads: Sequence[tuple[int, str, str]]) -> None:
        if not heads:
            return
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            # Weight A is the subject, B the sender.
            cursor.executemany(
                "INSERT INTO ticket_heads (id, words) VALUES (%s,"
                " setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'B'))",
                [(ticket, index_text(subject), index_text(sender)) for ticket, subject, sender in heads],
            )

    def index_additions(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        if not texts:
            return
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO addition_texts (id, words) VALUES (%s, to_tsvector('simple', %s))",
                [(number, index_text(text)) for number, text in texts],
            )

    def frequencies(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        return self._frequencies.of(connection, terms)

    def with_terms(self, connection: Connection, terms: Sequence[str], limit: int) -> list[list[int]]:
        wanted = (
            "SELECT array(SELECT id FROM ticket_texts WHERE words @@ plainto_tsquery('simple', given.term)"
            " ORDER BY id DESC LIMIT %s) FROM unnest(%s::text[]) WITH ORDINALITY AS given (term, place) ORDER BY place"
        )
        return [row[0] for row in connection.exec_driver_sql(wanted, (limit, list(terms)))]

    def newest_with(
        self, connection: Connection, of: Table, name: str, values: Sequence[int], limit: int
    ) -> list[list[int]]:
        wanted = (
            f'SELECT array(SELECT ticket_id FROM {of.name} WHERE "{name}" = given.value'  # noqa: S608
            " ORDER BY ticket_id DESC LIMIT %s)"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS given (value, place) ORDER BY place"
        )
        return [row[0] for row in connection.exec_driver_sql(wanted, (limit, list(values)))]

    @contextmanager
    def limited(self, connection: Connection, left: Callable[[], float]) -> Iterator[None]:
        # A statement that is interrupted undoes all since here, and no more: who has a page already can go on.
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(left() * 1000))}")
            yield
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")

    def is_interrupted(self, error: Exception) -> bool:
        cause = getattr(error, "orig", None) or error
        return str(getattr(cause, "sqlstate", "") or "") == "57014"

    def explain(self, error: Exception) -> StorageFailed:
        cause = getattr(error, "orig", None) or error
        place = f"The database {self._url.database} on {self._url.host or 'this machine'}"
        state = str(getattr(cause, "sqlstate", "") or "")
        if state in {"55P03", "40P01", "57014"}:
            return StorageFailed(
                f"{place} is held by another program for too long. Close other windows of this workspace and try again."
            )
        if state == "53100":
            return StorageFailed(
                f"{place} cannot grow: the disk is full. Free some space and try again; nothing is lost."
            )
        if state in {"25006", "42501"}:
            return StorageFailed(f"{place} cannot be written: check the rights of its user.")
        if state.startswith(("08", "28", "57P", "53", "3D")) or not state:
            return StorageFailed(f"{place} does not answer ({str(cause).strip()}). Check that it runs and its address.")
        return StorageFailed(f"{place} refused a step: {cause}. Nothing of it was written; please report this.")


def _is_busy(error: Exception) -> bool:
    name = getattr(getattr(error, "orig", None) or error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
