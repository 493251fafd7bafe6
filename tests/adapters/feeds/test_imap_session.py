"""Connections to a real IMAP server: signing in, TLS, and trouble in words."""

import base64
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.dovecot import PASSWORD, DovecotServer
from triage_app.adapters.feeds.imap_session import Options, Session
from triage_app.adapters.net.tls import server_context
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.services.context import CancelToken


def options(server: DovecotServer, **changes: object) -> Options:
    given: dict[str, object] = {
        "host": "localhost",
        "port": server.tls_port,
        "security": "tls",
        "user": "session",
        "password": Secret(PASSWORD),
        "ca_file": server.ca_file,
        "timeout": 10.0,
        **changes,
    }
    return Options(**given)  # type: ignore[arg-type]


def trouble(made: Options) -> SourceFailed:
    with pytest.raises(SourceFailed) as caught:
        Session(made).close()
    assert PASSWORD not in caught.value.message
    return caught.value


@contextmanager
def saying(*answers: bytes, shield: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that answers line after line with these, `TAG` replaced, and then hangs up; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            peer, _address = door.accept()
            if shield is not None:
                try:
                    peer = shield.wrap_socket(peer, server_side=True)
                except OSError:
                    peer.close()
                    return
            with peer, peer.makefile("rb") as said:
                peer.sendall(answers[0])
                last = b""
                for answer in answers[1:]:
                    words = said.readline().split()
                    tag = words[0] if words else b""
                    peer.sendall(answer.replace(b"TAG", tag).replace(b"LAST", last))
                    last = tag

        thread = threading.Thread(target=serve)
        thread.start()
        yield door.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("auth", ["plain", "login"])
@pytest.mark.parametrize(("security", "tls"), [("tls", "TLS 1.3"), ("starttls", "TLS 1.3"), ("none", "")])
def test_signing_in(dovecot: DovecotServer, security: str, tls: str, auth: str) -> None:
    port = dovecot.tls_port if security == "tls" else dovecot.plain_port
    session = Session(options(dovecot, security=security, port=port, auth=auth))
    try:
        assert session.tls == tls
        assert session.can("IDLE")
        assert [name for _flags, name in session.folders()] == ["INBOX"]
    finally:
        session.close()


def test_a_wrong_password_is_trouble_of_authentication(dovecot: DovecotServer) -> None:
    for auth in ("plain", "login"):
        error = trouble(options(dovecot, password=Secret("wrong"), auth=auth))
        assert error.trouble is Trouble.AUTHENTICATION
        assert "does not let session in" in error.message


def test_a_password_that_login_cannot_carry_is_told(dovecot: DovecotServer) -> None:
    error = trouble(options(dovecot, password=Secret("pässwort"), auth="login"))
    assert (error.trouble, "auth to plain" in error.message) == (Trouble.AUTHENTICATION, True)


def test_without_tls_only_this_machine_is_reached(dovecot: DovecotServer) -> None:
    error = trouble(options(dovecot, host="mail.example", security="none"))
    assert (error.trouble, "security to tls" in error.message) == (Trouble.SETTINGS, True)


def test_certificates_and_names_are_verified(dovecot: DovecotServer) -> None:
    stranger = trustme.CA()
    with stranger.cert_pem.tempfile() as other:
        unknown = trouble(options(dovecot, ca_file=other))
    wrong_name = trouble(options(dovecot, host="127.0.0.1"))
    no_tls = trouble(options(dovecot, port=dovecot.plain_port))
    by_starttls = trouble(options(dovecot, host="127.0.0.1", port=dovecot.plain_port, security="starttls"))
    assert {each.trouble for each in (unknown, wrong_name, no_tls, by_starttls)} == {Trouble.TLS}
    assert "not trusted here" in unknown.message
    assert "another name" in wrong_name.message
    assert "does not speak TLS on this port" in no_tls.message
    assert "another name" in by_starttls.message


def test_a_server_without_starttls_gets_no_password(dovecot: DovecotServer) -> None:
    with saying(b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n", b"") as port:
        error = trouble(options(dovecot, port=port, security="starttls"))
    assert (error.trouble, "STARTTLS" in error.message) == (Trouble.TLS, True)


def test_nobody_there_is_trouble_of_the_network(dovecot: DovecotServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    assert trouble(options(dovecot, port=port)).trouble is Trouble.NETWORK


def test_a_server_that_says_nothing_is_given_up_after_the_time_out(dovecot: DovecotServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        begun = time.monotonic()
        error = trouble(options(dovecot, port=door.getsockname()[1], security="none", timeout=0.3))
    assert (error.trouble, "did not answer in time" in error.message) == (Trouble.NETWORK, True)
    assert time.monotonic() - begun < 5


CAPABLE = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n"


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ((b"220 smtp.example ESMTP\r\n",), Trouble.PROTOCOL, "answer out of place|refuses"),
        ((b"* BYE too many connections\r\n",), Trouble.QUOTA, "sets a limit"),
        ((b"* OK hi\r\n", CAPABLE), Trouble.NETWORK, "closed the connection"),
        ((b"* OK hi\r\n", CAPABLE, b"TAG NO [UNAVAILABLE] later\r\n"), Trouble.NETWORK, "for now"),
        ((b"* OK hi\r\n", CAPABLE, b"TAG NO [LIMIT] slow down\r\n"), Trouble.QUOTA, "sets a limit"),
        (
            (b"* OK hi\r\n", CAPABLE, b"TAG NO [AUTHENTICATIONFAILED] no\x07\r\n"),
            Trouble.AUTHENTICATION,
            "let session in",
        ),
    ],
)
def test_trouble_is_told_by_kind(dovecot: DovecotServer, answers: tuple[bytes, ...], kind: Trouble, words: str) -> None:
    with saying(*answers) as port, pytest.raises(SourceFailed, match=words) as caught:
        Session(options(dovecot, port=port, host="127.0.0.1", security="none"))
    assert caught.value.trouble is kind
    assert caught.value.message.isprintable()


def test_a_folder_that_is_not_there_leaves_the_connection_usable(dovecot: DovecotServer) -> None:
    session = Session(options(dovecot))
    try:
        for look in (session.status, lambda name: session.select(name, writable=False)):
            with pytest.raises(SourceFailed, match="Gone") as caught:
                look("Gone")
            assert caught.value.trouble is Trouble.FOLDER
        assert session.status("INBOX").mails == 0
    finally:
        session.close()


def test_idle_ends_on_mail_on_time_and_on_cancel(dovecot: DovecotServer) -> None:
    session = Session(options(dovecot, user="idler"))
    try:
        session.select("INBOX", writable=False)
        # on time
        begun = time.monotonic()
        session.idle(0.4, CancelToken())
        assert 0.4 <= time.monotonic() - begun < 2
        # on cancel
        cancel = CancelToken()
        threading.Timer(0.2, cancel.cancel).start()
        session.idle(60, cancel)
        assert time.monotonic() - begun < 5
        # on mail
        threading.Timer(0.2, lambda: dovecot.deliver("idler", b"Subject: now\n\n")).start()
        session.idle(60, CancelToken())
        assert time.monotonic() - begun < 10
        assert list(session.found(1, session.status("INBOX"))) == [[1]]
    finally:
        session.close()


def test_a_connection_that_ends_while_idling_is_noticed(dovecot: DovecotServer) -> None:
    session = Session(options(dovecot, user="cut"))
    session.select("INBOX", writable=False)
    dovecot.stop()
    try:
        with pytest.raises(SourceFailed) as caught:
            session.idle(60, CancelToken())
        assert caught.value.trouble is Trouble.NETWORK
    finally:
        dovecot.start()
        session.close()


def test_an_access_token_is_given_as_xoauth2_wants_it(dovecot: DovecotServer) -> None:
    # given a server that lets in whoever has the right token
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            peer, _address = door.accept()
            with peer, peer.makefile("rb") as said:
                peer.sendall(b"* OK hi\r\n")
                for line in said:
                    tag, command = line.split()[:2]
                    if command == b"AUTHENTICATE":
                        peer.sendall(b"+ \r\n")
                        heard.extend((line.split()[2], base64.b64decode(said.readline())))
                    elif command == b"CAPABILITY":
                        peer.sendall(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n")
                    peer.sendall(tag + b" OK done\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        port = door.getsockname()[1]
        # when somebody signs in
        made = options(dovecot, host="127.0.0.1", port=port, security="none", auth="xoauth2", password=Secret("t0k3n"))
        session = Session(made)
        session.close()
        thread.join()
    # then that is what it was told
    assert heard == [b"XOAUTH2", b"user=session\x01auth=Bearer t0k3n\x01\x01"]


def test_only_an_old_version_or_an_expired_certificate_is_refused(dovecot: DovecotServer, tmp_path: Path) -> None:
    authority = trustme.CA()
    ca_file = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(ca_file)

    def files_of(certificate: trustme.LeafCert, name: str) -> tuple[Path, Path]:
        chain, key = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
        chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        return chain, key

    only_old = server_context(*files_of(authority.issue_cert("localhost"), "old"), floor="1.2")
    only_old.maximum_version = ssl.TLSVersion.TLSv1_2
    past = authority.issue_cert("localhost", not_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    expired = server_context(*files_of(past, "expired"))
    greeting = b"* OK hi\r\n"
    with saying(greeting, shield=only_old) as port:
        error = trouble(options(dovecot, port=port, ca_file=ca_file))
    assert (error.trouble, "does not speak TLS 1.3" in error.message) == (Trouble.TLS, True)
    with saying(greeting, shield=expired) as port:
        error = trouble(options(dovecot, port=port, ca_file=ca_file))
    assert (error.trouble, "has expired" in error.message) == (Trouble.TLS, True)
    # and where the setting allows the old version, it is shown
    with saying(greeting, CAPABLE, b"+ \r\n", b"LAST OK welcome\r\n", b"", shield=only_old) as port:
        session = Session(options(dovecot, port=port, ca_file=ca_file, floor="1.2", timeout=2.0))
        assert session.tls == "TLS 1.2"
        session.close()
