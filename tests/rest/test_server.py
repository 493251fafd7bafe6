"""The server's start, stop and TLS."""

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.rest.servers import QUICK, SECONDS, serving
from triage_app.adapters.clock import system_clock
from triage_app.adapters.net.certificates import own_certificate
from triage_app.adapters.net.listening import listen
from triage_app.adapters.net.tls import server_context
from triage_app.rest.server import ApiServer
from triage_app.services.app import App


def test_it_tells_who_calls(demo: App) -> None:
    with serving(demo) as client:
        # when somebody reads, tries what is not allowed, and somebody guesses
        client.ask("views")
        client.ask("tokens")
        client.send("GET", "/me", "wrong")
        # and listens
        headers = {"Authorization": f"Bearer {client.tokens['triage']}"}
        assert requests.get(f"{client.base}/events", headers=headers, timeout=SECONDS).status_code == 403
        headers = {"Authorization": f"Bearer {client.tokens['read']}"}
        with requests.get(f"{client.base}/events", headers=headers, stream=True, timeout=SECONDS) as stream:
            lines = stream.iter_lines(chunk_size=1)
            assert next(lines) == b": here"
            # then all of it is told
            found = {each.token: each for each in client.server.callers()}
        assert {name: (each.requests, each.refused, each.listening) for name, each in found.items()} == {
            "read": (3, 1, 1),
            "": (1, 1, 0),
            "triage": (1, 1, 0),
        }
        assert {each.address for each in found.values()} == {"127.0.0.1"}
        assert found["read"].since <= found["triage"].last <= found["read"].last


def test_it_serves_until_it_is_stopped(demo: App) -> None:
    with serving(demo) as client:
        assert client.send("GET", "/health").status_code == 200
    with pytest.raises(requests.ConnectionError):
        client.send("GET", "/health")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return own_certificate(tmp_path, {"localhost", "127.0.0.1"}, datetime.now(UTC))  # noqa: TID251  (OpenSSL's clock)


def test_tls_is_1_3_and_a_certificate_that_nobody_vouches_for_is_refused(
    demo: App, certificate: tuple[Path, Path]
) -> None:
    server = ApiServer(demo, listen("127.0.0.1", 0), clock=system_clock, tls=server_context(*certificate), limits=QUICK)
    server.start()
    try:
        url = f"https://localhost:{server.port}/api/v1/health"
        assert requests.get(url, verify=str(certificate[0]), timeout=SECONDS).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url, timeout=SECONDS)
        older = ssl.create_default_context(cafile=str(certificate[0]))
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as plain,
            pytest.raises(ssl.SSLError),
        ):
            older.wrap_socket(plain, server_hostname="localhost")
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as plain,
            ssl.create_default_context(cafile=str(certificate[0])).wrap_socket(
                plain, server_hostname="localhost"
            ) as spoken,
        ):
            assert spoken.version() == "TLSv1.3"
    finally:
        server.stop()
