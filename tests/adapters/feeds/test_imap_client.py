"""Fetch answers as they come, whole and damaged, from a server that says what it is told to."""

import imaplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from triage_app.adapters.feeds.imap_client import Client, Fetched


@contextmanager
def answering(*lines: bytes, tag_kind: bytes = b"OK") -> Iterator[Client]:
    """A client of a server that answers any FETCH with these lines."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            peer, _address = door.accept()
            with peer, peer.makefile("rb") as said:
                peer.sendall(b"* PREAUTH ready\r\n")
                for line in said:
                    tag, command = line.split()[:2]
                    if command == b"SELECT":
                        peer.sendall(tag + b" OK done\r\n")
                    elif command == b"CAPABILITY":
                        peer.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
                    elif command == b"UID":
                        peer.sendall(b"".join(lines) + tag + b" " + tag_kind + b" done\r\n")
                    else:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        client = Client("127.0.0.1", door.getsockname()[1], ssl=False, timeout=10)
        client.quieten()
        client.select_folder("INBOX")
        try:
            yield client
        finally:
            client.shutdown()
            thread.join()


def test_mails_come_with_their_sizes_in_any_order_of_words() -> None:
    with answering(
        b"* 1 FETCH (UID 7 RFC822.SIZE 5 BODY[] {5}\r\nhello)\r\n",
        b"* 2 FETCH (BODY[] {3}\r\na)b UID 9 RFC822.SIZE 3)\r\n",
        b"* 3 FETCH (FLAGS (\\Seen))\r\n",
        b"* 2 FETCH (UID 9 MODSEQ (12) FLAGS (\\Seen Junk))\r\n",
        b'* 4 FETCH (UID 10 BODY[] "say \\"UID 99\\"")\r\n',
        b"* 5 FETCH (UID 11 RFC822.SIZE 4 BODY[] NIL)\r\n",
    ) as client:
        whole, found = client.fetched("7:11", "(UID RFC822.SIZE BODY.PEEK[])")
    assert whole
    assert found == {
        7: Fetched(5, b"hello"),
        9: Fetched(3, b"a)b"),
        10: Fetched(None, b'say "UID 99"'),
        11: Fetched(4, None),
    }


def test_what_was_given_before_a_complaint_is_kept() -> None:
    with answering(b"* 1 FETCH (UID 7 RFC822.SIZE 5 BODY[] {5}\r\nhello)\r\n", tag_kind=b"NO") as client:
        assert client.fetched("7:8", "(UID)") == (False, {7: Fetched(5, b"hello")})


def test_nothing_is_no_mail() -> None:
    with answering() as client:
        assert client.fetched("7", "(UID)") == (True, {})


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(b"* 1 FETCH (UID 7 BODY[] {5}\r\nhell)\r\n", id="literal_too_long_by_one"),
        pytest.param(b"* 1 FETCH (UID 7 BODY[] {5}\r\nhello world)\r\n", id="text_after_the_literal"),
        pytest.param(
            b"* 1 FETCH (UID 7 BODY[] {9}\r\nhello)\r\n* 2 FETCH (UID 8 BODY[] {5}\r\nhello)\r\n", id="bytes_missing"
        ),
        pytest.param(b"* 1 FETCH (UID 7 BODY[] {5}\r\nhello UID 7\r\n", id="no_end"),
        pytest.param(b"* 1 FETCH (UID 7 BODYSTRUCTURE {5}\r\nhello)\r\n", id="not_what_was_asked"),
    ],
)
def test_damage_ends_the_talk(lines: bytes) -> None:
    with answering(lines) as client, pytest.raises(imaplib.IMAP4.error):
        client.fetched("7:8", "(UID BODY.PEEK[])")


def test_news_in_the_buffer_are_seen_without_waiting() -> None:
    with answering() as client:
        assert not client.has_news()
        assert client.socket().gettimeout() == 10
    with answering(b"* 1 FETCH (UID 7)\r\n") as client:
        # given an answer of two lines, of which one was read
        tag = client._imap._command("UID", "FETCH", "7", "(UID)")
        client._imap._get_response()
        # then the other is known to be there
        assert client.has_news()
        assert client._imap._command_complete("FETCH", tag)[0] == "OK"
        assert not client.has_news()
