"""Cutting: every token keeps its place, and nothing but space is lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.query_tokens import TokenKind, tokens_of, usable


def kinds(text: str) -> list[str]:
    return [f"{each.kind.name.lower()} {text[each.start : each.end]}" for each in tokens_of(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a AND (b OR -c)", ["part a", "and AND", "open (", "part b", "or OR", "not -", "part c", "close )"]),
        ("NOT a", ["not NOT", "part a"]),
        ('a"b c"d', ["part a", 'part "b c"', "part d"]),
        ("evil(.)example)", ["part evil(.)example", "close )"]),
        ("f(a b) c", ["part f(a", "part b", "part c"]),
        ("-> -- --x", ["part ->", "part --", "part --x"]),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert kinds(text) == found


def test_a_field_has_its_operator_and_its_values() -> None:
    (token,) = tokens_of('age:>=1d,"a b"*,c*')
    assert (token.name, token.operator) == ("age", ">=")
    assert [(each.text, each.start, each.end, each.quoted, each.prefix) for each in token.pieces] == [
        ("1d", 6, 8, False, False),
        ("a b", 9, 15, True, True),
        ("c", 16, 18, False, True),
    ]


@pytest.mark.parametrize(
    "word",
    ["http://a.example", r"C:\x", "c:/x", "fe80::1", "aa:bb:cc:dd:ee:ff", "12:30", "mailto:a@b", "HKLM:\\x", ":a"],
)
def test_what_is_no_field_is_a_word(word: str) -> None:
    (token,) = tokens_of(word)
    assert token.kind is TokenKind.PART
    assert token.name == ""


def test_an_open_quote_is_told() -> None:
    (token,) = tokens_of('from:"a b')
    assert token.open == 5
    assert token.pieces[0].text == "a b"


@given(st.text(st.sampled_from('ab:-()",* \t"“”<>=.ANDORT')))
def test_nothing_but_space_is_between_tokens(text: str) -> None:
    at = 0
    for token in tokens_of(text):
        assert text[at : token.start].replace(")", "").strip() == ""
        assert token.start < token.end
        at = token.end
    assert text[at:].replace(")", "").strip() == ""


@given(st.text(st.characters(exclude_categories=())))
def test_a_usable_text_keeps_every_place_and_can_be_stored(text: str) -> None:
    clean = usable(text)
    assert len(clean) == len(text)
    assert "\0" not in clean
    clean.encode()
    assert usable(clean) == clean
