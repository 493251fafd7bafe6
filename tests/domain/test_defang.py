"""Every way in which people write an address so that it cannot be clicked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.defang import MARK, ascii_image, defang_host, flatten, mark, refang, unlinked


@pytest.mark.parametrize(
    ("text", "live"),
    [
        (
            "hxxp://a hXXps://b h**p://c hxtp://d fxp://e meow://f",
            "http://a https://b http://c http://d ftp://e http://f",
        ),
        ("a[.]b a(.)b a{.}b a[dot]b a(DOT)b a [.] b a[ . ]b a<.>b", "a.b a.b a.b a.b a.b a.b a.b a.b"),
        ("a[.b a.]b a^.b a\\.b a[,]b", "a.b a.b a.b a.b a.b"),
        ("x[at]y x(at)y x[@]y x {at} y", "x@y x@y x@y x@y"),
        ("http[:]//a http[://]b http:[//]c[/]d hxxp:\\\\e", "http://a http://b http://c/d http://e"),
        ("http[s]://a hxxp(s)://b", "https://a https://b"),
        ("2001[:]db8[::]1 [:][:]1", "2001:db8::1 ::1"),
        ("bad-dot-com bad_dot_co_dot_uk", "bad.com bad.co.uk"),
        ("evil DOT com, joe AT evil.com", "evil.com, joe@evil.com"),
        ("ａ．ｂ a\u200b.b 𝐚.b", "a.b a.b a.b"),
        ("1,2,3,4", "1.2.3.4"),
    ],
)
def test_live_again(text: str, live: str) -> None:
    assert refang(text) == live


@pytest.mark.parametrize(
    "text",
    [
        "files (.exe and .dll), see [1].",
        "meet at noon, polka dot com, polka-dot-dress",
        "1,2,3,4 and 5,6,7,8",
        "half ½, 10², ﬁne …， （注）",
        "a[at least] (dotted) [s] (at) <a href='/x'>",
        "http://[::]:80/ and http://[::1]/",
        "C:\\.ssh",
    ],
)
def test_plain_text_is_left_alone(text: str) -> None:
    assert refang(text) == text


def test_a_defanged_dot_is_told_from_a_plain_one() -> None:
    text = "readme[.]md readme.md"
    assert mark(text, ascii_image(text)) == f"readme{MARK}md readme.md"


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_refanged_without_an_error(text: str) -> None:
    assert MARK not in refang(text)
    assert len(ascii_image(text)) == len(text)
    assert flatten(flatten(text)) == flatten(text)


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?){0,4}", fullmatch=True))
def test_a_host_survives(host: str) -> None:
    assert "." not in defang_host(host).replace("[.]", "")
    assert refang(defang_host(host)) == refang(host)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see http://a.example", "see hxxp://a.example"),
        ("HTTPS://a.example", "hxxps://a.example"),
        ("Www.a.example", "www[.]a.example"),
        ("awww. httpx://", "awww. httpx://"),
        ("hxxp://a.example www[.]a", "hxxp://a.example www[.]a"),
    ],
)
def test_nothing_is_left_that_programs_turn_into_a_link(text: str, expected: str) -> None:
    assert unlinked(text) == expected
