from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.servers import PostgresServer, find_program


def _ask(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(statement)).scalar()
    finally:
        engine.dispose()


def _tell(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_database_of_a_test_is_real_utf8_and_in_utc(postgres_url: str) -> None:
    # given a fresh database
    # when it is asked what it is
    # then it is a server of the encoding and zone that the program relies on
    assert int(str(_ask(postgres_url, "SHOW server_version_num"))) >= 13_00_00
    assert _ask(postgres_url, "SHOW server_encoding") == "UTF8"
    assert _ask(postgres_url, "SHOW timezone") == "UTC"


def test_server_listens_on_no_port(postgres_url: str) -> None:
    assert _ask(postgres_url, "SHOW listen_addresses") == ""


def test_each_database_stands_alone(postgres_server: PostgresServer, postgres_url: str) -> None:
    # given a table in one database
    _tell(postgres_url, "CREATE TABLE mark (id int)")
    other = postgres_server.create_database()
    # when another one is looked at
    tables = _ask(postgres_server.url(other), "SELECT count(*) FROM pg_tables WHERE tablename = 'mark'")
    postgres_server.drop_database(other)
    # then nothing is there
    assert tables == 0


def test_database_can_be_copied_from_one_that_is_ready(postgres_server: PostgresServer) -> None:
    # given a database with a table
    ready = postgres_server.create_database()
    _tell(postgres_server.url(ready), "CREATE TABLE mark (id int)")
    # when one is made from it
    copy = postgres_server.create_database(template=ready)
    tables = _ask(postgres_server.url(copy), "SELECT count(*) FROM pg_tables WHERE tablename = 'mark'")
    postgres_server.drop_database(copy)
    postgres_server.drop_database(ready)
    # then it has the table
    assert tables == 1


def test_dropping_ends_a_connection_that_was_left_open(postgres_server: PostgresServer) -> None:
    # given an open connection
    name = postgres_server.create_database()
    engine = create_engine(postgres_server.url(name))
    left_open = engine.connect()
    # when its database is dropped
    postgres_server.drop_database(name)
    # then the database is gone
    left_open.invalidate()
    left_open.close()
    engine.dispose()
    names = f"SELECT count(*) FROM pg_database WHERE datname = '{name}'"
    assert _ask(postgres_server.url("postgres"), names) == 0


def test_unknown_program_is_not_found() -> None:
    assert find_program("no-such-program-of-any-kind") is None


def test_installed_program_is_found() -> None:
    assert find_program("sh") is not None
