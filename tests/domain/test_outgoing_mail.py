"""Mail as it goes out, whatever stood in the mail that it answers."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from triage_app.domain.conversation import head_of
from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import Address, Form
from triage_app.domain.outgoing_mail import MAX_REFERENCES, OutgoingMail, composed, demand_address, message_id
from triage_app.domain.parsing import parse

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DESK = Address("Sicherheit Köln", "soc@desk.example")


def mail(**changed: object) -> OutgoingMail:
    given: dict[str, object] = {
        "message_id": "triage-1@desk.example",
        "sender": DESK,
        "recipient": "bob@example.org",
        "subject": "Re: Größe",
        "text": "Hallo,\n\nalles ist gut: größer.\n",
        "references": ("zero@example.org", "one@example.org"),
        "automatic": False,
    }
    return OutgoingMail(**(given | changed))  # type: ignore[arg-type]


def read(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_reply_is_read_as_it_was_meant() -> None:
    found = read(composed(mail(), NOW))
    assert (found["From"], found["To"]) == ("Sicherheit Köln <soc@desk.example>", "bob@example.org")
    assert (found["Subject"], found["Message-ID"]) == ("Re: Größe", "<triage-1@desk.example>")
    assert found["In-Reply-To"] == "<one@example.org>"
    assert found["References"] == "<zero@example.org> <one@example.org>"
    assert found["Date"].datetime == NOW
    assert "Auto-Submitted" not in found
    assert found.get_content().replace("\r\n", "\n") == "Hallo,\n\nalles ist gut: größer.\n"


def test_every_line_ends_as_servers_want_it_and_is_short() -> None:
    content = composed(mail(text="ä" * 5_000 + "\n" + "b" * 5_000 + "\n.\n"), NOW)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_automatic_mail_says_so_and_our_own_desk_does_not_answer_it() -> None:
    content = composed(mail(automatic=True), NOW)
    found = read(content)
    assert found["Auto-Submitted"] == "auto-replied"
    head = head_of(parse(content, Form.MAIL))
    assert head is not None
    assert head.automatic


@pytest.mark.parametrize(
    "recipient", ["", "bob", "bob@example.org\r\nBcc: eve@example.org", "a@b.example, c@d.example"]
)
def test_only_one_address_is_written_to(recipient: str) -> None:
    with pytest.raises(InvalidInput, match="no mail address"):
        composed(mail(recipient=recipient), NOW)
    with pytest.raises(InvalidInput):
        demand_address(recipient)


def test_nothing_of_a_mail_becomes_a_header() -> None:
    hostile = mail(
        subject="Re: x\r\nBcc: eve@example.org",
        sender=Address("Desk\r\nBcc: eve@example.org", "soc@desk.example"),
        references=("fine@example.org", "a> <b", "x\r\nBcc: eve@example.org", "\x00"),
    )
    found = read(composed(hostile, NOW))
    assert "Bcc" not in found
    assert found["References"] == "<fine@example.org>"


def test_control_characters_do_not_go_out() -> None:
    text = read(composed(mail(text="a\x00b\x1b[31mc\ud800d\te\r\nf"), NOW)).get_content()
    assert text.replace("\r\n", "\n") == "ab[31mcd\te\nf\n"


def test_a_long_thread_is_cut() -> None:
    found = read(composed(mail(references=tuple(f"{each}@example.org" for each in range(300))), NOW))
    assert len(found["References"].split()) == MAX_REFERENCES
    assert found["In-Reply-To"] == "<299@example.org>"


def test_a_first_mail_answers_nothing() -> None:
    found = read(composed(mail(references=()), NOW))
    assert "In-Reply-To" not in found
    assert "References" not in found


def test_a_message_id_is_at_the_senders_domain() -> None:
    assert message_id("abc", "soc@desk.example") == "triage-abc@desk.example"
