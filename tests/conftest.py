"""What every test may use: where tests run, what they need, and real servers."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.dovecot import DovecotServer, find_dovecot
from tests.fakes.parcels import prepare_parcels
from tests.servers import PostgresProgram, PostgresServer, find_program
from tests.smtpd import SmtpServer, find_postfix
from tests.workspaces import opened, prepare_demo

if TYPE_CHECKING:
    from triage_app.services.app import App

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


LONGEST = "test_soak.py"
"""The file that takes minutes by itself: first, so that the others run beside it and not before it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first; everything else as it was found."""
    items.sort(key=lambda item: item.path.name != LONGEST)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Honours `@pytest.mark.needs("program", ...)`."""
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if find_program(program) is None:
                lacks(program)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond this machine: connecting anywhere but to loopback or a local socket is an error."""
    connect = socket.socket.connect

    def local_only(this: socket.socket, address: Any) -> None:
        if this.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
            raise PermissionError(f"a test tried to reach {address}")
        connect(this, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


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


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotServer]:
    """One real IMAP server for the session; a test takes a user of its own."""
    program = find_dovecot()
    if program is None:
        lacks("Dovecot with IMAP")
    assert program is not None
    with DovecotServer(program) as server:
        yield server


@pytest.fixture(scope="session")
def plainest(dovecot: DovecotServer) -> Iterator[DovecotServer]:
    """An IMAP server that says it knows neither IDLE nor MOVE."""
    with dovecot.another("IMAP4rev1 UIDPLUS LITERAL+") as server:
        yield server


@pytest.fixture(scope="session")
def smtpd(dovecot: DovecotServer) -> Iterator[SmtpServer]:
    """One real SMTP server for the session, which delivers to the mailboxes of `dovecot`."""
    program = find_postfix()
    if program is None:
        lacks("Postfix, which only root may start,")
    assert program is not None
    with SmtpServer(program, dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds the sample mail and alerts; not to be changed."""
    folder = tmp_path_factory.mktemp("demo-template") / "workspace"
    prepare_demo(folder)
    return folder


@pytest.fixture
def demo_folder(demo_template: Path, tmp_path: Path) -> Path:
    """A copy of the sample workspace that belongs to this test."""
    return shutil.copytree(demo_template, tmp_path / "workspace")


@pytest.fixture(scope="session")
def prepared_parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of a few mails, imported once."""
    folder = tmp_path_factory.mktemp("parcels") / "workspace"
    prepare_parcels(folder)
    return folder


@pytest.fixture
def parcels(prepared_parcels: Path, tmp_path: Path) -> Iterator[App]:
    """An App on a copy of the workspace of a few mails."""
    folder = tmp_path / "parcels"
    shutil.copytree(prepared_parcels, folder)
    with opened(folder) as app:
        yield app


@pytest.fixture
def demo(demo_folder: Path) -> Iterator[App]:
    """An App on a workspace of sample mail and alerts."""
    with opened(demo_folder) as app:
        yield app


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """An App on an empty workspace."""
    with opened(tmp_path / "workspace") as app:
        yield app


@pytest.fixture(scope="session")
def real_data(project: Path) -> Path:
    """The folder of real mail and alerts; tests on top of the small cases are skipped where it is not."""
    folder = Path(os.environ.get("TRIAGE_DATA") or project.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("real data is not here (TRIAGE_DATA)")
    return folder
