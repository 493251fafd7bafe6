"""A workspace on another machine, over a real server."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.workspaces import opened
from triage_app.adapters.clock import system_clock
from triage_app.adapters.net import tls
from triage_app.adapters.net.exchange import session
from triage_app.adapters.remote import RemoteApp
from triage_app.domain.changes import EVERYTHING, ChangeKind, ChangeSet
from triage_app.domain.errors import AccessDenied, Cancelled, InvalidInput, InvalidRules, NotFound, ServerUnreachable
from triage_app.domain.secret import Secret
from triage_app.domain.ticket import TicketId
from triage_app.domain.token import Scope, TokenName
from triage_app.rest.server import ApiServer
from triage_app.services.app import App
from triage_app.services.commands import AssignTicket, ImportFiles, SaveDedupRules
from triage_app.services.context import CancelToken, Progress
from triage_app.services.learning_queries import ExportPredictions, RowFormat
from triage_app.services.queries import GetBalance, GetTicket, ListAudit, ListTicketIds, ListTickets, bytes_of
from triage_app.services.token_commands import AddToken, RevokeToken

MAIL = "From: a@example.org\nTo: soc@example.org\nSubject: Case {n}\nMessage-ID: <{n}@example.org>\n\nLook at {n}.\n"


@contextmanager
def served(app: App, port: int = 0) -> Iterator[ApiServer]:
    listener = socket.create_server(("127.0.0.1", port))
    server = ApiServer(app, listener, clock=system_clock)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def token_of(app: App, *scopes: Scope) -> Secret:
    wanted = scopes or (Scope.READ, Scope.TRIAGE, Scope.ADMIN)
    return Secret(app.execute(AddToken(name=TokenName("desk"), scope=wanted)).secret)


@contextmanager
def connected(server: ApiServer, token: Secret) -> Iterator[RemoteApp]:
    app = RemoteApp(f"http://127.0.0.1:{server.port}", token, session)
    try:
        yield app
    finally:
        app.close()


@pytest.fixture
def remote(demo: App) -> Iterator[RemoteApp]:
    with served(demo) as server, connected(server, token_of(demo)) as app:
        yield app


def heard_by(app: RemoteApp) -> tuple[list[ChangeSet], threading.Event, Callable[[], None]]:
    heard: list[ChangeSet] = []
    called = threading.Event()

    def listen(changes: ChangeSet) -> None:
        heard.append(changes)
        called.set()

    return heard, called, app.subscribe(listen)


def test_answers_are_those_of_the_workspace(demo: App, remote: RemoteApp) -> None:
    assert remote.ask(ListTickets(limit=50)) == demo.ask(ListTickets(limit=50))
    assert remote.ask(GetBalance()) == demo.ask(GetBalance())
    first = demo.ask(ListTickets(limit=1)).tickets[0].id
    assert remote.ask(GetTicket(first)) == demo.ask(GetTicket(first))
    assert list(remote.ask(ListTicketIds()).ids) == list(demo.ask(ListTicketIds()).ids)


def test_commands_are_done_there_under_the_name_of_the_token(demo: App, remote: RemoteApp) -> None:
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    assert remote.user == "desk"
    assert remote.execute(AssignTicket(ticket, "ana")).assignee == "ana"
    assert demo.ask(GetTicket(ticket)).row.assignee == "ana"
    assert demo.ask(ListAudit(ticket=ticket)).entries[0].actor == "desk"


def test_errors_are_those_that_were_raised_there(remote: RemoteApp) -> None:
    with pytest.raises(NotFound, match="99999"):
        remote.ask(GetTicket(TicketId(99_999)))
    with pytest.raises(InvalidRules) as caught:
        remote.execute(SaveDedupRules(text="rules:\n  - nam: x\n"))
    assert caught.value.problems[0][0] == 2


def test_changes_that_others_make_are_heard(demo: App, remote: RemoteApp) -> None:
    heard, called, stop = heard_by(remote)
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    for number in range(100):
        demo.execute(AssignTicket(ticket, f"person-{number}"))
        if called.wait(0.1):
            break
    stop()
    assert heard[0] == ChangeSet(frozenset({ChangeKind.TICKETS_CHANGED}), frozenset({ticket}))


def test_progress_is_told_and_a_cancel_ends_the_work_there(demo: App, remote: RemoteApp, tmp_path: Path) -> None:
    for number in range(3_000):
        (tmp_path / f"{number:05}.eml").write_text(MAIL.format(n=number))
    cancel = CancelToken()
    told: list[Progress] = []

    def show(progress: Progress) -> None:
        told.append(progress)
        cancel.cancel()

    with pytest.raises(Cancelled):
        remote.execute(ImportFiles(paths=(str(tmp_path),)), progress=show, cancel=cancel)
    assert told
    assert told[0].what == "items read"
    last = demo.execute(ImportFiles(paths=(str(tmp_path),)))
    assert last.known > 0, "what was done before the cancel is kept"
    assert last.known + last.seen >= 3_000
    assert demo.ask(GetBalance()).difference == 0


def test_a_token_opens_only_what_its_scopes_say(demo: App) -> None:
    reading = token_of(demo, Scope.READ)
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    with served(demo) as server, connected(server, reading) as app:
        assert app.ask(ListTickets(limit=1)).tickets
        with pytest.raises(AccessDenied):
            app.execute(AssignTicket(ticket, "ana"))
        demo.execute(RevokeToken(name=TokenName("desk")))
        with pytest.raises(AccessDenied):
            app.ask(ListTickets(limit=1))
    with served(demo) as server, pytest.raises(AccessDenied):
        RemoteApp(f"http://127.0.0.1:{server.port}", Secret("wrong"), session)


def test_a_server_that_comes_back_is_heard_again_and_everything_is_read_anew(demo_folder: Path) -> None:
    with opened(demo_folder) as here:
        token = token_of(here)
        with served(here) as server:
            port = server.port
            app = RemoteApp(f"http://127.0.0.1:{port}", token, session)
            heard, called, stop = heard_by(app)
        with pytest.raises(ServerUnreachable, match=r"triage serve|refuses|reached"):
            app.ask(GetBalance())
        with served(here, port):
            assert called.wait(30)
            assert app.ask(GetBalance()).difference == 0
        stop()
        app.close()
    assert heard[0] == EVERYTHING


def test_a_certificate_is_verified(demo: App, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    made = authority.issue_cert("localhost", "127.0.0.1")
    made.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    made.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    token = token_of(demo)
    listener = socket.create_server(("127.0.0.1", 0))
    context = tls.server_context(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = ApiServer(demo, listener, clock=system_clock, tls=context)
    server.start()
    try:
        address = f"https://localhost:{server.port}"
        app = RemoteApp(address, token, lambda: session(str(tmp_path / "ca.pem")))
        assert app.ask(GetBalance()).difference == 0
        app.close()
        with pytest.raises(ServerUnreachable, match="not trusted"):
            RemoteApp(address, token, session)
    finally:
        server.stop()


@pytest.mark.parametrize("address", ["", "desk.example.org", "ftp://desk.example.org", "https://"])
def test_an_address_that_is_none_is_said_to_be_none(address: str) -> None:
    with pytest.raises(InvalidInput, match="no address"):
        RemoteApp(address, Secret("x"), session)


def test_a_server_of_another_kind_is_told_apart() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(ServerUnreachable, match="status 404"):
        RemoteApp(f"http://127.0.0.1:{listener.getsockname()[1]}", Secret("x"), session)
    thread.join()
    listener.close()


def test_documents_that_are_no_text_come_over_as_the_same_bytes(demo: App, remote: RemoteApp) -> None:
    here = demo.ask(ExportPredictions(format=RowFormat.PARQUET))
    there = remote.ask(ExportPredictions(format=RowFormat.PARQUET))
    assert there == here
    assert bytes_of(there).startswith(b"PAR1")
