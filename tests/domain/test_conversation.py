"""Whose answer a mail is, and which mail a program may answer."""

from datetime import UTC, datetime, timedelta

import pytest

from triage_app.domain.conversation import MAX_OTHERS, MailHead, head_of, is_address, may_acknowledge, nearest_first
from triage_app.domain.item import Address, Form, ParsedItem
from triage_app.domain.parsing import parse

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PLAIN = """\
From: Bob <Bob@Example.org>
To: SOC <soc@desk.example>, Ann <ann@example.org>
Cc: eve@example.org
Subject: Strange mail
Date: Mon, 2 Mar 2026 09:00:00 +0000
Message-ID: <two@example.org>
References: <zero@example.org>
 <one@example.org>
In-Reply-To: <one@example.org>
"""


def head(*more: str, without: str = "") -> MailHead:
    lines = [line for line in PLAIN.splitlines() if not without or not line.startswith(without)]
    content = "\r\n".join([*lines, *more, "", "I got this. What shall I do?"]).encode()
    found = head_of(parse(content, Form.MAIL))
    assert found is not None
    return found


def test_a_head_says_who_wrote_to_whom_after_what() -> None:
    assert head() == MailHead(
        message_id="two@example.org",
        references=("zero@example.org", "one@example.org"),
        sender="bob@example.org",
        sender_name="Bob",
        answer_to="bob@example.org",
        others=("soc@desk.example", "ann@example.org", "eve@example.org"),
        subject="Strange mail",
        sent_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        automatic="",
    )
    assert list(nearest_first(head())) == ["one@example.org", "zero@example.org"]


def test_of_a_report_the_carrier_counts_and_not_the_mail_in_it() -> None:
    inner = "From: lure@evil.example\r\nMessage-ID: <lure@evil.example>\r\nSubject: Prize\r\n\r\nClick."
    content = (
        "From: bob@example.org\r\nTo: soc@desk.example\r\nSubject: Fwd: Prize\r\nMessage-ID: <report@example.org>\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nLook at this.\r\n--b\r\n'
        f"Content-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    )
    parsed = parse(content.encode(), Form.MAIL)
    assert parsed.message_id == "lure@evil.example"
    found = head_of(parsed)
    assert found is not None
    assert (found.sender, found.message_id) == ("bob@example.org", "report@example.org")


def test_an_alert_has_no_head() -> None:
    assert head_of(parse(b'{"message": "x"}', Form.ALERT)) is None


def test_an_answer_goes_where_the_sender_wants_it() -> None:
    assert head("Reply-To: Desk <Other@Example.org>").answer_to == "other@example.org"
    assert head("Reply-To: nonsense").answer_to == "bob@example.org"


def test_only_so_many_take_part() -> None:
    crowd = ", ".join(f"p{number}@example.org" for number in range(200))
    assert len(head(f"To: {crowd}").others) == MAX_OTHERS


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Auto-Submitted: auto-replied; owner-email=x", "a program wrote it"),
        ("Auto-Submitted: auto-generated", "a program wrote it"),
        ("Precedence: bulk", "in bulk"),
        ("Precedence: LIST", "in bulk"),
        ("List-Id: <news.example.org>", "mailing list"),
        ("List-Unsubscribe: <https://example.org>", "mailing list"),
        ("Return-Path: <>", "bounce"),
        ("Content-Type: multipart/report; boundary=x", "report of a mail server"),
        ("X-Auto-Response-Suppress: All", "asks not to be answered"),
        ("X-Autoreply: yes", "a program wrote it"),
    ],
)
def test_what_says_that_a_program_wrote_it_is_automatic(line: str, words: str) -> None:
    assert words in head(line).automatic
    assert not may_acknowledge(head(line), (), NOW)


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@example.org", "no-reply@example.org", "do-not-reply@x.example", "MAILER-DAEMON@example.org",
        "postmaster@example.org", "bounces@list.example", "bounce-123@list.example",
    ],
)  # fmt: skip
def test_an_address_that_nobody_reads_is_not_answered(sender: str) -> None:
    assert "nobody reads" in head(f"From: {sender}", without="From").automatic


def test_a_mail_without_a_sender_is_not_answered() -> None:
    assert head(without="From").automatic == "it has no sender"


@pytest.mark.parametrize("line", ["Auto-Submitted: no", "Precedence: first-class", "X-Auto-Response-Suppress: None"])
def test_what_says_that_a_person_wrote_it_is_not_automatic(line: str) -> None:
    assert not head(line).automatic


@pytest.mark.parametrize("sender", ["norepliers@example.org", "post@example.org", "bouncer.jim@example.org"])
def test_people_with_such_names_are_people(sender: str) -> None:
    assert not head(f"From: {sender}", without="From").automatic


def test_a_person_who_wrote_just_now_is_answered() -> None:
    assert may_acknowledge(head(), ("soc@desk.example",), NOW)


def test_we_never_answer_ourselves() -> None:
    assert not may_acknowledge(head(), ("soc@desk.example", "bob@example.org"), NOW)


def test_a_message_id_that_no_database_looks_up_names_nothing() -> None:
    # given ids of 900 characters, as an Outlook message can have them: of four bytes each
    long, longer = chr(0x20000) * 250, chr(0x20000) * 251
    parsed = ParsedItem(Form.MSG, sender=Address("", "bob@example.org"), message_id=longer, references=(long, longer))
    found = head_of(parsed)
    assert found is not None
    assert (found.message_id, found.references) == ("", (long,))


def test_the_past_is_not_answered_and_neither_is_what_has_no_date() -> None:
    assert not may_acknowledge(head(), (), NOW + timedelta(days=2))
    assert not may_acknowledge(head(), (), NOW - timedelta(days=2))
    assert not may_acknowledge(head(without="Date"), (), NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bob@example.org", True), ("bob", False), ("bob@example.org, eve@example.org", False),
        ("bob@example.org\r\nBcc: eve@example.org", False), ("<bob@example.org>", False), ("", False),
    ],
)  # fmt: skip
def test_one_address_is_an_address(text: str, expected: bool) -> None:
    assert is_address(text) is expected
