"""What was said becomes a mail that is read as it was written down."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import Form
from triage_app.domain.parsing import parse
from triage_app.domain.spoken import MAX_SENDER, MAX_SUBJECT, spoken

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)


def read(subject: str = "Call", text: str = "", sender: str = "Ana") -> tuple[str, str, str]:
    parsed = parse(spoken(subject, text, sender, "id@by-hand.invalid", NOW), Form.MAIL)
    assert parsed.defects == ()
    assert (parsed.event_at, parsed.message_id) == (NOW, "id@by-hand.invalid")
    return parsed.subject, parsed.text.strip(), str(parsed.sender)


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("Ana", "Ana"),
        ("  Ana   María, reception ", "Ana María, reception"),
        ("ana@example.org", "ana@example.org"),
        ("Ana <ana@example.org>", "Ana <ana@example.org>"),
        ('"Doe, Ana" <ana@example.org>', "Doe, Ana <ana@example.org>"),
    ],
)
def test_whoever_said_it_is_the_sender(sender: str, shown: str) -> None:
    assert read(sender=sender)[2] == shown


@pytest.mark.parametrize("sender", ["Ana <nobody>", "<b>Ana</b>", "Ana\r\nBcc: x@example.org", 'a"b\\c', "a, b; c:"])
def test_what_is_no_address_is_a_name_and_no_header(sender: str) -> None:
    mail = parse(spoken("Call", "", sender, "id@by-hand.invalid", NOW), Form.MAIL)
    assert mail.sender is not None
    assert mail.recipients == ()
    assert {name for name, _ in mail.headers} <= {
        "From",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=2_000))
def test_words_are_read_as_they_were_written(text: str) -> None:
    line = " ".join(text.split())
    if 0 < len(line) <= 200:
        assert read(subject=text)[0] == line
    shown = read(text=f"start {line} end")[1]
    assert shown.split() == f"start {line} end".split()


@pytest.mark.parametrize(
    ("subject", "text", "sender", "says"),
    [
        (" \n", "", "Ana", "A subject has 1 to"),
        ("x" * (MAX_SUBJECT + 1), "", "Ana", f"{MAX_SUBJECT + 1}"),
        ("Call", "x" * 1_000_001, "Ana", "1,000,001"),
        ("Call", "", " ", "Who said it"),
        ("Call", "", "x" * (MAX_SENDER + 1), "Who said it"),
    ],
)
def test_what_cannot_be_written_down_is_told(subject: str, text: str, sender: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        spoken(subject, text, sender, "id@by-hand.invalid", NOW)
