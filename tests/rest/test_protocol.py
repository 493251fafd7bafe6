"""Whoever dawdles is cut off."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.rest.servers import SECONDS, Client, serving
from triage_app.rest.limits import Limits
from triage_app.services.app import App

HASTE = Limits(header_seconds=0.3, body_seconds=0.3)


@pytest.fixture
def hasty(demo: App) -> Iterator[Client]:
    with serving(demo, HASTE) as found:
        yield found


def connected(client: Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.server.port), timeout=SECONDS)


def all_of(connection: socket.socket) -> bytes:
    found = b""
    try:
        while part := connection.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize("sent", [b"", b"POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_a_head_that_does_not_come_ends_the_connection(hasty: Client, sent: bytes) -> None:
    with closing(connected(hasty)) as slow:
        slow.sendall(sent)
        assert all_of(slow) == b""


def test_a_byte_now_and_then_does_not_help(hasty: Client) -> None:
    with closing(connected(hasty)) as slow:
        slow.settimeout(0.05)
        ended = False
        for _ in range(200):
            try:
                slow.sendall(b"G")
                ended = slow.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
            if ended:
                break
        assert ended


def test_a_body_that_does_not_come_is_408(hasty: Client) -> None:
    head = (
        "POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        f"Authorization: Bearer {hasty.tokens['intake']}\r\n\r\n{{"
    )
    with closing(connected(hasty)) as slow:
        slow.sendall(head.encode())
        assert all_of(slow).startswith(b"HTTP/1.1 408 ")


def test_a_connection_is_used_again_and_its_second_head_has_a_deadline_too(hasty: Client) -> None:
    request = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with closing(connected(hasty)) as slow:
        for _ in range(3):
            slow.sendall(request)
            answer = b""
            while not answer.endswith(b"}"):
                answer += slow.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200")
        slow.sendall(request[:20])
        assert all_of(slow) == b""
