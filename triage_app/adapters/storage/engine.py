"""Opens a workspace's database: made when it is new, migrated when it is older, refused when it is newer."""

from sqlalchemy import make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from triage_app.adapters.storage.dialects import Dialect, dialect_for
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import InvalidInput, StorageFailed

HEAD = "0007"
"""The revision that this program works with: the newest one in `migrations`."""

REVISIONS = frozenset({"0001", "0002", "0003", "0004", "0005", "0006", HEAD})
"""Every revision that this program knows."""


def open_storage(url: str) -> SqlStorage:
    """The storage at `sqlite:///PATH` or `postgresql+psycopg://...`, with its schema made or brought up to date.

    Raises InvalidInput for a text that is no such URL, StorageFailed for a database that cannot be used.
    """
    try:
        dialect = dialect_for(make_url(url))
    except ArgumentError as error:
        raise InvalidInput(
            "The database's address is no URL like sqlite:///PATH or postgresql+psycopg://..."
        ) from error
    try:
        _bring_up_to_date(dialect)
    except SQLAlchemyError as error:
        raise dialect.explain(error) from error
    return SqlStorage(dialect)


def _bring_up_to_date(dialect: Dialect) -> None:
    revision = _revision(dialect)
    if revision == HEAD:
        return
    if revision is not None and revision not in REVISIONS:
        raise StorageFailed(
            f"The workspace was made by a newer version of this program (schema {revision}). Install that version."
        )
    from triage_app.adapters.storage.migrate import upgrade  # noqa: PLC0415 - Alembic loads for half a second

    upgrade(dialect)


def _revision(dialect: Dialect) -> str | None:
    engine = dialect.reading_engine()
    try:
        with engine.connect() as connection:
            if not dialect.has_schema(connection):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        engine.dispose()
