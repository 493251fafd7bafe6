"""Joining selections."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.condition_words import Some, WordsError, parse_words

NAMES = ("a", "b", "c_1", "c_2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a",)),
        ("a and b", ("a", "b", "and")),
        ("a or b and c_1", ("a", "b", "c_1", "and", "or")),
        ("(a or b) and c_1", ("a", "b", "or", "c_1", "and")),
        ("not a and b", ("a", "not", "b", "and")),
        ("not (a and b)", ("a", "b", "and", "not")),
        ("NOT a AND not not b", ("a", "not", "b", "not", "not", "and")),
        ("1 of them", (Some(NAMES, every=False),)),
        ("all of c_*", (Some(("c_1", "c_2"), every=True),)),
        ("any of c_* or a", (Some(("c_1", "c_2"), every=False), "a", "or")),
    ],
)
def test_an_expression_is_read(text: str, expected: tuple[str | Some, ...]) -> None:
    assert parse_words(text, NAMES) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends where"),
        ("a and", "ends where"),
        ("a b", "needs `and` or `or`"),
        ("(a", "does not close"),
        ("a)", "did not open"),
        ("d", "There are: a, b, c_1, c_2."),
        ("1 of", "of what"),
        ("1 of x*", "called like"),
        ("a & b", "cannot hold '&'"),
        ("and a", "which is not there"),
        ("()", "which is not there"),
        ("not " * 300 + "a", "more than 200 words"),
    ],
)
def test_a_mistake_is_named(text: str, words: str) -> None:
    with pytest.raises(WordsError) as caught:
        parse_words(text, NAMES)
    assert words in str(caught.value)


def expressions() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(["a", "b", "c_1"]),
        lambda inner: (
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda each: f"({' '.join(each)})")
            | inner.map(lambda each: f"not {each}")
            | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join)
        ),
        max_leaves=10,
    )


@given(expressions())
def test_it_means_what_it_means_in_python(text: str) -> None:
    found = parse_words(text, NAMES)
    for values in product((False, True), repeat=3):
        facts = dict(zip(("a", "b", "c_1"), values, strict=True))
        stack: list[bool] = []
        for word in found:
            if word == "not":
                stack.append(not stack.pop())
            elif word in ("and", "or"):
                right, left = stack.pop(), stack.pop()
                stack.append((left and right) if word == "and" else (left or right))
            else:
                stack.append(facts[str(word)])
        assert stack == [eval(text, {}, facts)]


@given(st.text(alphabet="ab()andorft1*_ c", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_words(text, NAMES)
    except WordsError:
        return
    assert found
