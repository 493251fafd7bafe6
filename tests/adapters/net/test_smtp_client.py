"""Answers of an SMTP server end, whatever it does."""

import smtplib
import time

import pytest

from tests.smtp_script import DRIP, FLOOD, HANG, scripted
from triage_app.adapters.net.smtp_client import Client


def test_answers_of_one_line_and_of_several_are_read() -> None:
    several = {"EHLO": "250-here\r\n250-SIZE 100\r\n250 8BITMIME"}
    with scripted(several) as server, Client("127.0.0.1", server.port, "here", timeout=10) as client:
        assert client.ehlo() == (250, b"here\nSIZE 100\n8BITMIME")
        assert client.noop() == (250, b"here")


@pytest.mark.parametrize("harm", [HANG, DRIP, FLOOD])
def test_an_answer_without_an_end_is_given_up(harm: str) -> None:
    with scripted({"NOOP": harm}) as server, Client("127.0.0.1", server.port, "here", timeout=10) as client:
        client.patience = 0.3
        before = time.monotonic()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()
        assert time.monotonic() - before < 5


def test_a_greeting_without_an_end_is_given_up() -> None:
    with scripted({"greeting": DRIP}) as server, pytest.raises(smtplib.SMTPServerDisconnected):
        Client("127.0.0.1", server.port, "here", timeout=0.3)


def test_many_answers_are_not_one_without_an_end() -> None:
    # given answers of 40,000 bytes, of which one connection has several
    long = "".join(f"250-{'x' * 390}\r\n" for _number in range(100)) + "250 end"
    with scripted({"NOOP": long}) as server, Client("127.0.0.1", server.port, "here", timeout=10) as client:
        assert [client.noop()[0] for _number in range(5)] == [250] * 5
