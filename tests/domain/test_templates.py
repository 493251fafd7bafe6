"""Parameterised text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.templates import MAX_TEXT, changing, parameterised


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


WORDS = st.one_of(
    st.sampled_from(
        ("host", "web01", "500ms", "99%", "nov 3", "12:30", "2026-11-24T10:00:00Z", "10.0.0.1", "fe80::1", "0xff")
    ),
    st.sampled_from(
        ("a@example.org", "http://example.org/1?a=2", "deadbeef1", "CVE-2021-44228", "T1059.001", "MS17-010")
    ),
    st.from_regex(r"[a-z]{1,9}|[0-9]{1,9}|[0-9a-f]{8}", fullmatch=True),
)


@given(st.lists(WORDS, max_size=12), st.sampled_from((" ", "  ", "\n", ", ", " / ")))
def test_doing_it_again_changes_nothing(words: list[str], between: str) -> None:
    once = parameterised(between.join(words))
    assert parameterised(once) == once


@pytest.mark.parametrize("part", ["a", "1", "1:", "a@", "a.", "1.1.", "nov ", "1-", "http://", "f:", "1 ", "é1", "-"])
def test_hostile_text_is_read_in_its_length_only(part: str) -> None:
    assert len(parameterised(part * MAX_TEXT)) <= 9 * MAX_TEXT


def test_what_changes_is_told_with_its_place_and_kind() -> None:
    text = "see https://a.example/1 for CVE-2021-44228 or ask bob@a.example, ref 9f8a7b6c5d, web01, 17 times"
    assert [(text[start:end], kind) for start, end, kind in changing(text)] == [
        ("https://a.example/1", "url"),
        ("bob@a.example", "mail"),
        ("9f8a7b6c5d", "id"),
        ("17", "number"),
    ]
