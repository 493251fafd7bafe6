"""Headers as they come: encoded, folded, broken, hostile."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain import headers
from triage_app.domain.item import Address


def test_a_block_is_split_and_unfolded_and_keeps_duplicates() -> None:
    block = b"Received: a\r\nReceived: b;\r\n\tc\r\nSubject : s\r\n"

    assert headers.split(block) == ([("Received", "a"), ("Received", "b; c"), ("Subject", "s")], True)


def test_a_line_that_is_no_header_ends_the_block() -> None:
    assert headers.split(b"A: b\nno header here\nC: d\n") == ([("A", "b")], False)


@pytest.mark.parametrize(("raw", "text"), [
    ("plain", "plain"),
    ("=?utf-8?q?caf=C3=A9?=", "café"),
    ("=?UTF-8?B?Y2Fmw6k=?= au lait", "café au lait"),
    ("=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"),
    ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
    ("=?utf-8?b?w6nD?= =?utf-8?b?qQ==?=", "éé"),
    ("=?iso-8859-1?q?caf=E9?=", "café"),
    ("=?utf-8*de?q?gr=C3=BCn?=", "grün"),
    ("=?gb2312?b?1tDOxA==?=", "中文"),
    ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
    ("=?koi8-r?q?=F0=D2=C9=D7=C5=D4?=", "Привет"),
    ("=?nonsense?q?caf=C3=A9?=", "café"),
    ("=?utf-8?b?not base64!?=", None),
    ("=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
    ("=?utf-8?q?with spaces inside?=", "with spaces inside"),
    ("caf\xc3\xa9", "café"),
    ("M\xfcller", "Müller"),
    ("tab\there", "tab here"),
    ("bell\x07\x00", "bell"),
])  # fmt: skip
def test_values_are_decoded(raw: str, text: str | None) -> None:
    decoded = headers.decode(raw)

    assert decoded.isprintable()
    assert text is None or decoded == text


@pytest.mark.parametrize(("raw", "found"), [
    ("text/plain", {}),
    ("text/plain; charset=utf-8; format=flowed", {"charset": "utf-8", "format": "flowed"}),
    ('a/b; name="semi;colon \\"quoted\\".txt"', {"name": 'semi;colon "quoted".txt'}),
    ("a/b; name=two words.txt; x=1", {"name": "two words.txt", "x": "1"}),
    ("a/b; name=first; name=second", {"name": "first"}),
    ("a/b; filename*=utf-8''na%C3%AFve.txt", {"filename": "naïve.txt"}),
    ("a/b; filename*1=b.txt; filename*0=a", {"filename": "ab.txt"}),
    ("a/b; filename*0*=iso-8859-1'de'%FC; filename*1=x", {"filename": "üx"}),
    ("a/b; filename==?utf-8?q?=C3=A9.txt?=", {"filename": "é.txt"}),
    ('a/b; name="unclosed', {"name": "unclosed"}),
    ("a/b;;; =x; y", {}),
])  # fmt: skip
def test_parameters(raw: str, found: dict[str, str]) -> None:
    assert headers.parameters(raw) == found


@pytest.mark.parametrize(("raw", "found"), [
    ("a@b.example", [("", "a@b.example")]),
    ("Ann <a@b.example>", [("Ann", "a@b.example")]),
    ('"Bee, Ann" <a@b.example>, c@d.example', [("Bee, Ann", "a@b.example"), ("", "c@d.example")]),
    ("a@b.example (Ann)", [("Ann", "a@b.example")]),
    ("=?utf-8?q?M=C3=BCller=2C_J?= <a@b.example>", [("Müller, J", "a@b.example")]),
    ("=?utf-8?q?a,_b?= <a@b.example>", [("a, b", "a@b.example")]),
    ("=?utf-8?q?Ann_=3Ca@b.example=3E?=", [("Ann", "a@b.example")]),
    ('"x@bank.example" <a@evil.example>', [("x@bank.example", "a@evil.example")]),
    ("a@bank.example <a@evil.example>", [("a@bank.example", "a@evil.example")]),
    ("<a@b.example> <c@d.example>", [("<c@d.example>", "a@b.example")]),
    ("undisclosed-recipients:;", []),
    ("Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
    ("Ann", [("Ann", "")]),
    ("<>", []),
    ("", []),
    ("a @ b.example", [("", "a@b.example")]),
])  # fmt: skip
def test_addresses(raw: str, found: list[tuple[str, str]]) -> None:
    assert headers.addresses(raw) == tuple(Address(name, address) for name, address in found)


def test_addresses_are_limited() -> None:
    assert len(headers.addresses("a@b.example, " * 50, 7)) == 7


@pytest.mark.parametrize(("raw", "moment"), [
    ("Mon, 17 Nov 2025 10:00:00 +0100", datetime(2025, 11, 17, 9, tzinfo=UTC)),
    ("17 Nov 2025 10:00 -0330", datetime(2025, 11, 17, 13, 30, tzinfo=UTC)),
    ("Mon, 17 Nov 2025 10:00:00 GMT", datetime(2025, 11, 17, 10, tzinfo=UTC)),
    ("Mon, 17 Nov 2025 10:00:60 EST", datetime(2025, 11, 17, 15, 0, 59, tzinfo=UTC)),
    ("Mon, 17 Nov 25 10:00:00 +0000", datetime(2025, 11, 17, 10, tzinfo=UTC)),
    ("Mon Nov 17 10:00:00 2025", datetime(2025, 11, 17, 10, tzinfo=UTC)),
    ("Mon, 31 Feb 2025 10:00:00 +0000", None),
    ("Mon, 17 Nov 9999 10:00:00 +0000", None),
    ("Mon, 17 Nov 2025 10:00:00 +9999", None),
    ("Thu, 22 Aug 0102 12:07:35 +0800", datetime(2002, 8, 22, 4, 7, 35, tzinfo=UTC)),
    ("yesterday", None),
    ("", None),
])  # fmt: skip
def test_dates(raw: str, moment: datetime | None) -> None:
    assert headers.date(raw) == moment


def test_message_ids() -> None:
    assert headers.message_ids("<a@b> <c@d>\t<a@b>") == ("a@b", "c@d")
    assert headers.message_ids("bare@id") == ("bare@id",)
    assert headers.message_ids("<a> <b> <c>", 2) == ("b", "c")
    assert [headers.message_id(raw) for raw in (" <a@b> (x)", "<a@b> <c@d>", "bare@id", "none", "")] == [
        "a@b",
        "a@b",
        "bare@id",
        "",
        "",
    ]


@given(st.text(max_size=200) | st.lists(st.sampled_from("=?\"<>(),;:\\ \t\r\n@*'%utf-8qb"), max_size=80).map("".join))
def test_nothing_raises(text: str) -> None:
    headers.addresses(text)
    headers.parameters("a/b;" + text)
    headers.date(text)
    headers.message_ids(text)
    assert not any(ord(character) < 32 or character == "\x7f" for character in headers.decode(text))
    headers.split(text.encode("utf_8", "replace"))
