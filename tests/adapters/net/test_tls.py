"""TLS: real servers with real certificates, good and bad."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from triage_app.adapters.net.tls import context, failure, refusal, server_context, version
from triage_app.domain.errors import SourceFailed, Trouble


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def files_of(certificate: trustme.LeafCert, folder: Path) -> tuple[Path, Path]:
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    return chain, key


@contextmanager
def serving(made: ssl.SSLContext | None) -> Iterator[int]:
    """A server on loopback that says hello in TLS, or `* OK` in plain text without a context; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            while True:
                try:
                    plain, _peer = door.accept()
                except OSError:
                    return
                with plain:
                    try:
                        if made is None:
                            plain.sendall(b"* OK ready\r\n")
                            plain.recv(1000)
                        else:
                            with made.wrap_socket(plain, server_side=True) as shielded:
                                shielded.sendall(b"hello")
                                shielded.recv(1)
                    except OSError:
                        continue

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            # Closing alone does not wake the thread that waits in accept.
            door.shutdown(socket.SHUT_RDWR)
            thread.join()


def greeting(port: int, made: ssl.SSLContext, name: str = "localhost") -> tuple[bytes, str]:
    """What the server says and the version spoken; raises SourceFailed as a connector would."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            made.wrap_socket(plain, server_hostname=name) as shielded,
        ):
            return shielded.recv(5), version(shielded)
    except OSError as error:
        raise failure(error, f"{name}:{port}") from error


def refused(port: int, made: ssl.SSLContext, name: str = "localhost") -> SourceFailed:
    with pytest.raises(SourceFailed) as caught:
        greeting(port, made, name)
    assert f"{name}:{port}" in caught.value.message
    return caught.value


def test_a_server_that_speaks_only_1_3_works_and_a_private_authority_is_accepted(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    only_new = server_context(*files_of(authority.issue_cert("localhost"), tmp_path))
    with serving(only_new) as port:
        assert greeting(port, context(ca_file)) == (b"hello", "TLS 1.3")


def test_a_server_that_speaks_only_1_2_is_refused_unless_allowed(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    only_old = server_context(*files_of(authority.issue_cert("localhost"), tmp_path), floor="1.2")
    only_old.maximum_version = ssl.TLSVersion.TLSv1_2
    with serving(only_old) as port:
        error = refused(port, context(ca_file))
        assert error.trouble is Trouble.TLS
        assert "does not speak TLS 1.3" in error.message
        assert "tls_floor = 1.2" in error.message
        assert greeting(port, context(ca_file, "1.2")) == (b"hello", "TLS 1.2")


def test_a_server_of_ours_refuses_1_2_unless_allowed(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    ours = server_context(*files_of(authority.issue_cert("localhost"), tmp_path))
    old_client = context(ca_file, "1.2")
    old_client.maximum_version = ssl.TLSVersion.TLSv1_2
    with serving(ours) as port:
        assert refused(port, old_client).trouble is Trouble.TLS


def test_an_expired_certificate_is_refused(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    old = authority.issue_cert("localhost", not_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    with serving(server_context(*files_of(old, tmp_path))) as port:
        error = refused(port, context(ca_file))
    assert (error.trouble, "has expired" in error.message) == (Trouble.TLS, True)


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    other = authority.issue_cert("mail.example")
    with serving(server_context(*files_of(other, tmp_path))) as port:
        error = refused(port, context(ca_file))
        by_address = refused(port, context(ca_file), "127.0.0.1")
    assert (error.trouble, "another name" in error.message) == (Trouble.TLS, True)
    assert "another name" in by_address.message


def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    stranger = trustme.CA().issue_cert("localhost")
    with serving(server_context(*files_of(stranger, tmp_path))) as port:
        for made in (context(ca_file), context()):
            error = refused(port, made)
            assert error.trouble is Trouble.TLS
            assert "signed by itself or by an authority that is not trusted" in error.message
            assert "ca_file" in error.message


def test_a_certificate_signed_by_itself_is_refused(ca_file: str, tmp_path: Path) -> None:
    # given an authority's own certificate, which it signed, as the server's
    alone = trustme.CA()
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    alone.cert_pem.write_to_path(str(chain))
    alone.private_key_pem.write_to_path(str(key))
    with serving(server_context(chain, key)) as port:
        error = refused(port, context(ca_file))
    assert "signed by itself" in error.message


def test_a_server_without_tls_is_told_apart() -> None:
    with serving(None) as port:
        error = refused(port, context())
    assert (error.trouble, "does not speak TLS on this port" in error.message) == (Trouble.TLS, True)


def test_a_port_where_nobody_listens_is_trouble_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    error = refused(port, context())
    assert (error.trouble, "refuses the connection" in error.message) == (Trouble.NETWORK, True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "is not known"),
        (TimeoutError("timed out"), "did not answer in time"),
        (ConnectionResetError(104, "reset"), "broke the connection"),
        (OSError(113, "No route to host"), "No route to host"),
        (ssl.SSLEOFError(8, "EOF"), "closed the connection"),
    ],
)
def test_trouble_of_the_network_is_told_in_words(error: OSError, words: str) -> None:
    told = failure(error, "mail.example:993")
    assert told.trouble is Trouble.NETWORK
    assert words in told.message


def test_the_true_cause_is_found_behind_wrappers() -> None:
    # given a refusal in two wrappers, as libraries for HTTP hand it on
    wrapped = OSError(RuntimeError("retries used up", ConnectionRefusedError(111, "refused")))
    assert "refuses the connection" in failure(wrapped, "api.example:443").message


def test_wrong_settings_are_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    makers: list[Callable[[], ssl.SSLContext]] = [
        lambda: context(str(tmp_path / "missing.pem")),
        lambda: context(str(empty)),
        lambda: context(floor="1.1"),
        lambda: server_context(empty, empty),
    ]
    for make in makers:
        with pytest.raises(SourceFailed) as caught:
            make()
        assert caught.value.trouble is Trouble.SETTINGS


def test_why_a_caller_was_refused() -> None:
    # given what OpenSSL says; its errors cannot be made with a reason, so one is made to have it
    def error(reason: str) -> ssl.SSLError:
        made = ssl.SSLError(1, reason)
        made.reason = reason
        return made

    assert "tls_floor = 1.2" in refusal(error("UNSUPPORTED_PROTOCOL"), "192.0.2.1")
    assert refusal(error("HTTP_REQUEST"), "192.0.2.1") == "192.0.2.1 does not speak TLS"
    assert refusal(error("BAD_RECORD_MAC"), "192.0.2.1") == "TLS with 192.0.2.1 failed (BAD_RECORD_MAC)"
