"""Every test of the storage runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import lacks
from tests.servers import PostgresProgram, PostgresServer
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.unit_of_work import SqlStorage


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace's database, made once."""
    path = tmp_path_factory.mktemp("storage") / "triage.db"
    open_storage(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a PostgreSQL database with the schema, made once, to copy."""
    name = postgres_server.create_database()
    open_storage(postgres_server.url(name)).close()
    yield name
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty workspace's database."""
    if request.param == "sqlite":
        path = tmp_path / "triage.db"
        path.write_bytes(request.getfixturevalue("empty_sqlite").read_bytes())
        yield f"sqlite:///{path}"
        return
    if PostgresProgram.find() is None:
        lacks("PostgreSQL")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(template=request.getfixturevalue("empty_postgres"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    """An open, empty storage."""
    opened = open_storage(url)
    yield opened
    opened.close()
