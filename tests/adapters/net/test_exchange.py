"""What every call by HTTP has, and that the program starts without it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.web import Asked, Reply, serving
from triage_app.adapters.net.exchange import Exchange, session
from triage_app.adapters.net.http import Limits, Unanswered
from triage_app.domain.errors import SourceFailed


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/none")
    with serving(lambda _asked: Reply(b"here")) as web, session() as made:
        assert made.get(web.url, timeout=5).content == b"here"


def test_the_public_authorities_are_not_added_to_a_private_one(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with session(str(tmp_path / "ca.pem")) as made:
        adapter: Any = made.get_adapter("https://localhost:1")
        pool = adapter.poolmanager.connection_from_url("https://localhost:1")
        adapter.cert_verify(pool, "https://localhost:1", True, None)
        assert pool.ca_certs is None
        assert len(pool.conn_kw["ssl_context"].get_ca_certs()) == 1


def test_one_call_brings_one_answer_or_says_what_went_wrong() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(b"no", 404) if asked.path == "/none" else Reply(b"x" * 2_000)

    with serving(answer) as web:
        exchange = Exchange("the server", Limits(most=1_000), ca_file="", floor="1.3", proxy="")
        try:
            found = exchange.once("GET", f"{web.url}/none", float("inf"), {})
            assert (found.status, found.body, exchange.tls) == (404, b"no", "")
            with pytest.raises(SourceFailed, match="more than 1,000 bytes"):
                exchange.once("GET", f"{web.url}/much", float("inf"), {})
            with pytest.raises(Unanswered, match="in time"):
                exchange.once("GET", f"{web.url}/none", 0.0, {})
        finally:
            exchange.close()


def test_the_program_starts_without_it() -> None:
    look = "import sys, triage_app.bootstrap; print(sorted({'requests', 'urllib3'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
