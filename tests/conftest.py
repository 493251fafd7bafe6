"""What every test may use: where tests run, what they need, and real servers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import PostgresProgram, PostgresServer, find_program

# Before anything imports Qt. A test that wants a real window asks for one.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

IN_CI = bool(os.environ.get("CI"))

# No deadline: a shared machine is slow at times, and a test that depends on it is no test. In CI the same
# examples on every run, so that a red run is the change's doing.
settings.register_profile("triage", deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("triage")


def lacks(component: str) -> None:
    """Ends a test whose component is not installed: skipped for a person, failed where CI is set.

    A suite that grows green by running less is worth nothing, so CI may not skip what is real.
    """
    message = f"{component} is not installed; `sh run test` says how to install it"
    if IN_CI:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Honours `@pytest.mark.needs("program", ...)`."""
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if find_program(program) is None:
                lacks(program)


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One real PostgreSQL server for the session (one for each worker of a parallel run)."""
    program = PostgresProgram.find()
    if program is None:
        lacks("PostgreSQL")
    assert program is not None
    with PostgresServer(program) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database that belongs to this test alone."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)
