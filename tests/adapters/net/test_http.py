"""HTTP: against real servers on loopback, kind and unkind."""

import datetime as dt
import gzip
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
import trustme

from tests.web import Asked, Reply, serving
from triage_app.adapters.net.http import Client, Limits, TooLong, Unanswered, redacted, retry_after
from triage_app.adapters.net.tls import server_context
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret

TOKEN = "s3cr3t-t0ken-of-a-test"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def shield(certificate: trustme.LeafCert, folder: Path, floor: str = "1.3") -> ssl.SSLContext:
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    return server_context(chain, key, floor)


def fine(_asked: Asked) -> Reply:
    return Reply({"answer": 42})


def failing(client: Client, path: str = "") -> SourceFailed:
    with pytest.raises(SourceFailed) as caught:
        client.get(path)
    assert TOKEN not in caught.value.message
    return caught.value


def test_a_call_over_tls_1_3_with_a_private_authority(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    with serving(fine, shield(authority.issue_cert("localhost"), tmp_path)) as web:
        client = Client(web.url + "/api", headers={"Authorization": Secret(f"Bearer {TOKEN}")}, ca_file=ca_file)
        assert client.get("v1/alerts", params={"q": "a b"}).object() == {"answer": 42}
        assert client.tls == "TLS 1.3"
        client.close()
    (asked,) = web.asked
    assert (asked.path, asked.query, asked.headers["Authorization"]) == (
        "/api/v1/alerts",
        {"q": "a b"},
        f"Bearer {TOKEN}",
    )


def test_only_1_2_is_refused_unless_allowed(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    old = shield(authority.issue_cert("localhost"), tmp_path, "1.2")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with serving(fine, old) as web:
        error = failing(Client(web.url, ca_file=ca_file, limits=Limits(total=2)))
        assert error.trouble is Trouble.TLS
        assert "does not speak TLS 1.3" in error.message
        allowed = Client(web.url, ca_file=ca_file, floor="1.2")
        assert allowed.get().status == 200
        assert allowed.tls == "TLS 1.2"
        allowed.close()


@pytest.mark.parametrize(
    ("fault", "says"), [("expired", "has expired"), ("name", "another name"), ("authority", "not trusted here")]
)
def test_a_bad_certificate_is_refused(
    fault: str, says: str, authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    certificate = {
        "expired": lambda: authority.issue_cert("localhost", not_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
        "name": lambda: authority.issue_cert("other.example.org"),
        "authority": lambda: trustme.CA().issue_cert("localhost"),
    }[fault]()
    with serving(fine, shield(certificate, tmp_path)) as web:
        error = failing(Client(web.url, ca_file=ca_file))
    assert error.trouble is Trouble.TLS
    assert says in error.message
    assert web.asked == []


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (400, Trouble.SETTINGS),
        (401, Trouble.AUTHENTICATION),
        (403, Trouble.AUTHENTICATION),
        (404, Trouble.FOLDER),
        (407, Trouble.AUTHENTICATION),
        (429, Trouble.QUOTA),
        (500, Trouble.NETWORK),
    ],
)
def test_a_refusal_says_what_to_do_and_repeats_no_secret(status: int, trouble: Trouble) -> None:
    def refuse(asked: Asked) -> Reply:
        return Reply({"error": f"no: {asked.headers['Authorization']}"}, status, {"Retry-After": "3600"})

    with serving(refuse) as web:
        client = Client(web.url, headers={"Authorization": Secret(f"Bearer {TOKEN}")})
        error = failing(client)
        client.close()
    assert error.trouble is trouble
    assert str(status) in error.message
    assert "no: " in error.message


def test_a_busy_server_is_asked_again_when_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = [Reply(status=429, headers={"Retry-After": "0"}), Reply(status=503, headers={"Retry-After": "0"})]

    def busy(_asked: Asked) -> Reply:
        return replies.pop(0) if replies else Reply({"ok": True})

    with serving(busy) as web:
        client = Client(web.url)
        assert client.get().object() == {"ok": True}
        client.close()
    assert len(web.asked) == 3


def test_what_changes_something_is_sent_once() -> None:
    with serving(lambda _asked: Reply(status=503, headers={"Retry-After": "0"})) as web:
        client = Client(web.url)
        with pytest.raises(SourceFailed):
            client.post(body={"a": 1})
        client.close()
    assert [each.json() for each in web.asked] == [{"a": 1}]


def test_what_a_server_holds_for_us_is_given_back() -> None:
    with serving(lambda asked: Reply(status=404 if asked.json() == {"id": "gone"} else 200)) as web:
        client = Client(web.url)
        assert client.delete("view", body={"id": "1"}).status == 200
        assert client.delete("view", body={"id": "gone"}, accept=(404,)).status == 404
        client.close()
    assert [(asked.method, asked.path) for asked in web.asked] == [("DELETE", "/view")] * 2


def test_a_server_that_asks_for_long_patience_is_left_to_the_next_poll() -> None:
    with serving(lambda _asked: Reply(status=429, headers={"Retry-After": "120"})) as web:
        begun = time.monotonic()
        assert failing(Client(web.url)).trouble is Trouble.QUOTA
    assert time.monotonic() - begun < 5
    assert len(web.asked) == 1


def test_a_stop_ends_the_waiting() -> None:
    with serving(lambda _asked: Reply(status=503, headers={"Retry-After": "15"})) as web:
        begun = time.monotonic()
        client = Client(web.url)
        client.stopped = lambda: bool(web.asked)
        assert failing(client).trouble is Trouble.NETWORK
    assert time.monotonic() - begun < 5


def test_a_silent_server_is_given_up() -> None:
    with serving(lambda _asked: Reply(hangs=30)) as web:
        error = failing(Client(web.url, limits=Limits(read=0.2, total=0.5)))
    assert error.trouble is Trouble.NETWORK
    assert "in time" in error.message


def test_an_answer_that_trickles_for_ever_is_given_up() -> None:
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def trickle() -> None:
            plain, _peer = door.accept()
            with plain:
                plain.recv(10_000)
                plain.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                try:
                    while not ending.wait(0.05):
                        plain.sendall(b"1\r\nx\r\n")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        client = Client(f"http://127.0.0.1:{door.getsockname()[1]}", limits=Limits(read=5, total=0.4))
        error = failing(client)
        ending.set()
        thread.join()
    assert error.trouble is Trouble.NETWORK


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(packed: bool) -> None:
    large = b"x" * 3_000_000
    reply = Reply(gzip.compress(large), headers={"Content-Encoding": "gzip"}) if packed else Reply(large)
    with serving(lambda _asked: reply) as web:
        client = Client(web.url, limits=Limits(most=1_000_000))
        error = failing(client)
        client.close()
    assert error.trouble is Trouble.PROTOCOL
    assert "1,000,000 bytes" in error.message


def test_an_answer_cut_short_is_never_taken_for_a_whole_one() -> None:
    with serving(lambda _asked: Reply(b"[1,2", headers={"Content-Length": "400", "Connection": "close"})) as web:
        client = Client(web.url)
        assert failing(client).trouble is Trouble.NETWORK
        client.close()


def test_what_is_no_json_is_told() -> None:
    with serving(lambda _asked: Reply(b"<html>Sign in</html>")) as web:
        client = Client(web.url)
        with pytest.raises(SourceFailed, match="not of a web page"):
            client.get().json()
        client.close()


def test_a_redirect_stays_on_the_server() -> None:
    with serving(fine) as other:

        def send_on(asked: Asked) -> Reply:
            if asked.path == "/old":
                return Reply(status=302, headers={"Location": "/new"})
            return (
                Reply({"here": asked.path})
                if asked.path == "/new"
                else Reply(status=307, headers={"Location": other.url})
            )

        with serving(send_on) as web:
            client = Client(web.url, headers={"Authorization": Secret(f"Bearer {TOKEN}")})
            assert client.get("old").object() == {"here": "/new"}
            error = failing(client, "away")
            client.close()
    assert error.trouble is Trouble.SETTINGS
    assert other.asked == []


def test_a_page_on_another_server_is_not_asked_for() -> None:
    with serving(fine) as web, serving(fine) as other:
        client = Client(web.url, headers={"Authorization": Secret(f"Bearer {TOKEN}")})
        assert failing(client, other.url + "/next").trouble is Trouble.PROTOCOL
    assert other.asked == []


@pytest.mark.parametrize(
    "address", ["http://siem.example.org", "ftp://localhost", "https://me:pw@localhost", "", "https://[x"]
)
def test_an_address_that_may_not_be_called(address: str) -> None:
    with pytest.raises(SourceFailed) as caught:
        Client(address)
    assert caught.value.trouble is Trouble.SETTINGS
    assert "pw" not in caught.value.message


def test_the_environment_gives_neither_proxy_nor_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine localhost login me password pw", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving(fine) as web:
        client = Client(web.url)
        assert client.get().status == 200
        client.close()
    assert "Authorization" not in web.asked[0].headers


def test_a_proxy_is_used_where_it_is_set() -> None:
    with serving(lambda asked: Reply({"proxied": asked.path})) as proxy:
        client = Client("http://127.0.0.1:1/api", proxy=proxy.url)
        assert client.get("x").object() == {"proxied": "/api/x"}
        client.close()


def test_a_host_that_refuses_or_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    error = failing(Client(f"http://127.0.0.1:{port}", limits=Limits(total=0.5)))
    assert error.trouble is Trouble.NETWORK
    assert "refuses" in error.message


def test_tokens_are_taken_out_of_what_a_server_says() -> None:
    said = redacted(
        '{"access_token": "abcdef", "e": "Bearer abcdefgh was bad", "x": "pass-word"}', [Secret("pass-word")]
    )
    assert said == '{"access_token": "***", "e": "Bearer *** was bad", "x": "***"}'


def test_how_long_to_wait() -> None:
    assert retry_after({"Retry-After": "7"}) == 7
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "soon"}) is None
    date = {"Date": "Tue, 24 Nov 2026 12:00:00 GMT", "Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT"}
    assert retry_after(date) == 30


def test_it_is_told_whether_a_call_may_have_arrived(ca_file: str) -> None:
    def silent(_asked: Asked) -> Reply:
        return Reply(hangs=30)

    # given a server that takes the call and does not answer
    with serving(silent) as web, pytest.raises(Unanswered) as caught:
        Client(web.url, limits=Limits(read=0.2)).post("send", body={})
    assert caught.value.trouble is Trouble.NETWORK
    assert len(web.asked) == 1
    # when nobody listens there, or it speaks no TLS, then it was not sent
    with pytest.raises(SourceFailed) as refused:
        Client(web.url).post("send", body={})
    assert not isinstance(refused.value, Unanswered)
    with serving(fine) as web, pytest.raises(SourceFailed) as unshielded:
        Client(web.url.replace("http:", "https:"), ca_file=ca_file).post("send", body={})
    assert not isinstance(unshielded.value, Unanswered)
    # and where the connection breaks after the call, nobody can tell
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            connection, _ = listener.accept()
            connection.recv(65_536)
            connection.close()

        thread = threading.Thread(target=cut)
        thread.start()
        with pytest.raises(Unanswered):
            Client(f"http://127.0.0.1:{listener.getsockname()[1]}").post("send", body={})
        thread.join()


def test_an_answer_that_is_too_long_is_one_of_its_own_kind() -> None:
    with serving(lambda _asked: Reply(b"x" * 2_000)) as web, pytest.raises(TooLong):
        Client(web.url, limits=Limits(most=1_000)).get()


def test_bytes_and_patches_go_out_as_they_are() -> None:
    with serving(fine) as web:
        client = Client(web.url)
        client.post("send", content=b"TWFpbA==", headers={"Content-Type": "text/plain"})
        client.patch("mail/1", body={"isRead": True}, headers={"Prefer": "x"})
        client.delete("mail/1", headers={"Prefer": "y"})
        client.close()
    sent, patched, deleted = web.asked
    assert (sent.body, sent.headers["Content-Type"]) == (b"TWFpbA==", "text/plain")
    assert (patched.method, patched.json(), patched.headers["Prefer"]) == ("PATCH", {"isRead": True}, "x")
    assert (deleted.method, deleted.headers["Prefer"]) == ("DELETE", "y")
