"""Templates of replies, and what a hostile mail can put into one."""

from datetime import UTC, datetime

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.reply_template import MAX_SUBJECT, answer_subject, one_line, parse_template, sent_words

WRITTEN = "Subject: Re: $subject [$ticket]\n\nHello ${reporter},\n\nit costs $$5.\n\n$desk\n"


def test_a_template_is_filled_in() -> None:
    subject, text = parse_template("x", WRITTEN).filled(
        {"subject": "Strange mail", "ticket": "#7", "reporter": "Bob", "desk": "SOC"}
    )
    assert subject == "Re: Strange mail [#7]"
    assert text == "Hello Bob,\n\nit costs $5.\n\nSOC\n"


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    subject, text = parse_template("x", WRITTEN).filled({"subject": "$desk ${ticket} {0} %s", "reporter": "$subject"})
    assert subject == "Re: $desk ${ticket} {0} %s []"
    assert text.startswith("Hello $subject,")


def test_a_value_cannot_begin_another_line_or_header() -> None:
    subject, text = parse_template("x", WRITTEN).filled(
        {"subject": "a\r\nBcc: eve@example.org", "reporter": "Bob\n\nPay here: \x1b[31m", "ticket": "#" + "9" * 400}
    )
    assert "\n" not in subject
    assert len(subject) <= MAX_SUBJECT
    assert text.split("\n")[0] == "Hello Bob Pay here: [31m,"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hello\n\ntext", "line 1"),
        ("Subject:\n\ntext", "line 1"),
        ("Subject: x", "line 2"),
        ("Subject: x\ntext", "line 2"),
        ("Subject: x\ntext\nmore", "line 2"),
        ("Subject: x\n\n\n", "line 3"),
        ("Subject: $nobody\n\ntext", r"line 1: \$nobody is not known"),
        ("Subject: x\n\nfine\n${other} text", r"line 4: \$other is not known"),
        ("Subject: x\n\ncosts $ 5", r"line 3: a single \$"),
        ("Subject: x\n\n" + "a" * 60_000, "characters"),
    ],
)
def test_a_mistake_is_told_with_its_line(written: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        parse_template("x", written)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: AW: Fwd: Strange mail", "Strange mail"),
        ("RE[2]: Strange mail", "Strange mail"),
        ("Report: it is here", "Report: it is here"),
        ("", "your mail"),
        ("Re: \n", "your mail"),
    ],
)
def test_the_subject_of_an_answer_has_no_tail_of_answers(subject: str, expected: str) -> None:
    assert answer_subject(subject) == expected


def test_long_lines_are_cut() -> None:
    assert one_line("abc def", 5) == "abc…"


def test_a_time_is_told_in_utc() -> None:
    assert sent_words(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)) == "2026-03-02 09:05 UTC"
    assert not sent_words(None)
