"""Parameterised text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.templates import MAX_TEXT, parameterised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ticket #12345 opened by anna@example.com", "Ticket #<number> opened by <mail>"),
        ("at 2026-11-24T10:00:00Z or 2026-11-24 10:00", "at <time> or <time>"),
        ("Tue, 24 Nov 2026 10:00:00 +0000; Nov 24 10:00:01", "Tue, <time>; <time>"),
        ("04/Mar/2020:18:02:04 +0000 and 13:00 and 1:05 pm", "<time> and <time> and <time>"),
        ("from 10.0.0.1:443 to 10.0.0.0/8", "from <ip>:<number> to <ip>"),
        ("2001:db8::1 and ::1", "<ip> and <ip>"),
        ("550e8400-e29b-41d4-a716-446655440000", "<id>"),
        ("00:11:22:33:44:55", "<id>"),
        ("hash deadbeef01 0xDEAD A8F3K2L9Z1", "hash <id> <id> <id>"),
        ("took 500ms, 12% of 1,234.5 MB", "took <number>ms, <number>% of <number> MB"),
        ("https://example.com/a?b=1 and", "<url> and"),
        ("CVE-2021-44228 T1059.001 MS17-010", "CVE-2021-44228 T1059.001 MS17-010"),
        ("web01 and v2 stay", "web01 and v2 stay"),
        ("plain   words\n only", "plain words only"),
        ("", ""),
    ],
)
def test_what_changes_is_replaced_by_what_it_is(text: str, expected: str) -> None:
    assert parameterised(text) == expected


def test_two_vulnerabilities_are_never_the_same() -> None:
    assert parameterised("CVE-2021-44228 on 10.0.0.1") == "CVE-2021-44228 on <ip>"
    assert parameterised("CVE-2021-44228") != parameterised("CVE-2021-44229")


@given(st.text(alphabet="a1@.:-/ fxnov+\n", max_size=60))
def test_doing_it_again_changes_nothing_but_words_it_made(text: str) -> None:
    once = parameterised(text)
    assert parameterised(once) == once


@pytest.mark.parametrize("part", ["a", "1", "1:", "a@", "a.", "1.1.", "nov ", "1-", "http://", "f:", "1 ", "é1", "-"])
def test_hostile_text_is_read_in_its_length_only(part: str) -> None:
    assert len(parameterised(part * MAX_TEXT)) <= 9 * MAX_TEXT
