import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

from triage_app.adapters.storage.dialects import Dialect, dialect_for
from triage_app.adapters.storage.group_tables import dedup_rules
from triage_app.adapters.storage.migrate import upgrade

POSTGRES_SCHEMA = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'alembic_version'
UNION ALL
SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '' FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
"""


def schema(connection: Connection) -> set[Any]:
    """All that the database says of its tables, columns, indexes and constraints."""
    if connection.dialect.name == "postgresql":
        # Columns may stand in another order; nothing here depends on it but the bulk rows, which name them.
        return {tuple(row) for row in connection.execute(text(POSTGRES_SCHEMA))}
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    # Constraints may stand in another order, and columns that were added later stand behind them on one line.
    return {
        (name, frozenset(part.strip(" ,()\t").replace("INTEGER", "BIGINT") for part in re.split(r"\n|, ", sql)))
        for name, sql in rows
        if name != "alembic_version"
    }


def made_from(metadata_of: Dialect) -> set[Any]:
    engine = metadata_of.writing_engine()
    try:
        with engine.connect() as connection:
            dedup_rules.metadata.create_all(connection)
            metadata_of.create_full_text(connection)
            metadata_of.create_search(connection)
            found = schema(connection)
            connection.rollback()
            return found
    finally:
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two databases without anything in them."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db"
        return
    server = request.getfixturevalue("postgres_server")
    names = [server.create_database() for _ in range(2)]
    yield server.url(names[0]), server.url(names[1])
    for name in names:
        server.drop_database(name)


def test_the_migrations_make_the_schema_of_the_tables(two_urls: tuple[str, str]) -> None:
    migrated = dialect_for(make_url(two_urls[0]))
    upgrade(migrated)
    engine = migrated.reading_engine()
    with engine.connect() as connection:
        found = schema(connection)
    engine.dispose()
    wanted = made_from(dialect_for(make_url(two_urls[1])))
    assert len(wanted) > 30
    assert found ^ wanted == set()
    upgrade(migrated)
