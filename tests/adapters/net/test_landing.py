"""Whoever may call a port of this machine: browsers, their habits, and others."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from triage_app.adapters.net import landing as module
from triage_app.adapters.net.landing import Landing
from triage_app.domain.errors import SourceFailed, Trouble

STATE = "st4te"
RIGHT = f"/?code=c0de&state={STATE}"


@pytest.fixture
def landing() -> Iterator[Landing]:
    with closing(Landing(STATE)) as made:
        yield made


def said(landing: Landing, request: str) -> str:
    """What is answered to the bytes of a request; PORT stands for the port."""
    with socket.create_connection(("127.0.0.1", landing.port), timeout=5) as caller:
        caller.sendall(request.replace("PORT", str(landing.port)).encode("latin-1"))
        return b"".join(iter(lambda: caller.recv(4_096), b"")).decode()


def get(landing: Landing, target: str, host: str = "127.0.0.1:PORT") -> str:
    return said(landing, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT"])
def test_the_first_right_visit_counts_and_no_other(landing: Landing, host: str) -> None:
    assert landing.brought is None
    first = get(landing, RIGHT, host)
    assert first.startswith("HTTP/1.0 200 ")
    assert first.endswith("\r\n\r\nYou may close this window.\n")
    assert "Cache-Control: no-store" in first
    assert get(landing, f"/?code=other&state={STATE}").startswith("HTTP/1.0 410 ")
    assert landing.brought == {"code": "c0de", "state": STATE}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param("GET /?code=c0de&state=wrong HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400, id="state"),
        pytest.param("GET /?code=c0de HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400, id="no-state"),
        pytest.param("GET /?code=c0de&state=\xff HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400, id="bytes"),
        pytest.param(f"GET {RIGHT}&code=2 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400, id="twice"),
        pytest.param(f"GET {RIGHT}{'&a=1' * 60} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400, id="many"),
        pytest.param("GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 404, id="favicon"),
        pytest.param(f"GET /x{RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 404, id="path"),
        pytest.param(f"GET http://evil.example{RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 404, id="absolute"),
        pytest.param(f"GET {RIGHT} HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n", 421, id="host"),
        pytest.param(f"GET {RIGHT} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421, id="port"),
        pytest.param(f"GET {RIGHT} HTTP/1.1\r\n\r\n", 421, id="no-host"),
        pytest.param(
            f"GET {RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\n\r\n", 421, id="two-hosts"
        ),
        pytest.param(f"POST {RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n", 501, id="post"),
        pytest.param(f"<script>{RIGHT} is no request HTTP/1.1\r\n\r\n", 400, id="nonsense"),
    ],
)
def test_all_others_are_turned_away_and_waiting_goes_on(landing: Landing, request_: str, status: int) -> None:
    answer = said(landing, request_)
    assert f" {status} " in answer.partition("\r\n")[0]
    assert answer.endswith("\r\n\r\nThis is not the sign-in that is waited for.\n")
    for word in ("c0de", STATE, "evil", "script"):
        assert word not in answer
    assert landing.brought is None
    assert " 200 " in get(landing, RIGHT)


def test_a_glance_at_the_address_uses_nothing_up(landing: Landing) -> None:
    answer = said(landing, f"HEAD {RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n")
    assert answer.startswith("HTTP/1.0 501 ")
    assert answer.endswith("\r\n\r\n")
    assert landing.brought is None


def test_a_connection_that_says_nothing_holds_nobody_up(landing: Landing) -> None:
    with socket.create_connection(("127.0.0.1", landing.port), timeout=5):
        assert " 200 " in get(landing, RIGHT)
        landing.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", landing.port), timeout=5)


def test_what_is_asked_is_written_nowhere(landing: Landing, capfd: pytest.CaptureFixture[str]) -> None:
    get(landing, RIGHT)
    assert capfd.readouterr() == ("", "")


def test_a_machine_without_a_port_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # 192.0.2.1 is kept for documentation: no machine has it.
    monkeypatch.setattr(module, "HOST", "192.0.2.1")
    with pytest.raises(SourceFailed, match="sign in by a code") as caught:
        Landing(STATE)
    assert caught.value.trouble is Trouble.NETWORK
