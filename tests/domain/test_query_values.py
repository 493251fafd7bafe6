"""Values of fields: what is looked up as a whole, and when the last word is only a beginning."""

from datetime import UTC, datetime

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.pattern import MAX_VALUE, TraitKind
from triage_app.domain.query import Column, Equal, Named, Phrase, TextPlace
from triage_app.domain.query_values import Scope, Value, choice, column, flag, is_searchable, trait, words

SCOPE = Scope(datetime(2026, 11, 25, tzinfo=UTC), UTC, "maria")


@pytest.mark.parametrize(
    ("text", "grows"), [("in", False), ("inv", True), ("a-inv", True), ("inv-a", False), ("198.51.100.7", False)]
)
def test_the_last_word_may_go_on(text: str, grows: bool) -> None:
    found = words(TextPlace.ANYWHERE)(Value(text, last=True), SCOPE)
    assert isinstance(found, Phrase)
    assert found.prefix is grows


def test_only_words_of_anywhere_are_looked_for_as_observables() -> None:
    one, other = (words(place)(Value("evil[.]example"), SCOPE) for place in (TextPlace.ANYWHERE, TextPlace.SENDER))
    assert isinstance(one, Phrase)
    assert isinstance(other, Phrase)
    assert one.observable is not None
    assert other == Phrase("evil.example", TextPlace.SENDER)


def test_nobody_is_told_from_a_dash() -> None:
    assert column(Column.ASSIGNEE)(Value("-"), SCOPE) == Equal(Column.ASSIGNEE, "")
    assert column(Column.ASSIGNEE)(Value("-", quoted=True), SCOPE) == Equal(Column.ASSIGNEE, "-")


def test_a_trait_is_as_long_as_it_is_stored() -> None:
    found = trait(TraitKind.HOST)(Value("A" * 1_000), SCOPE)
    assert found == Named(TraitKind.HOST, "a" * MAX_VALUE)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Value("x", operator="<"), "< compares"),
        (Value("x", prefix=True), "leave the \\* out"),
        (Value("x"), "There is no form 'x'. There are: mail"),
    ],
)
def test_what_cannot_be_is_said(value: Value, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        choice(Column.FORM, {"mail": "mail"})(value, SCOPE)


def test_a_flag_lists_its_own_names() -> None:
    node = Equal(Column.STATUS, "waiting")
    read = flag({"waiting": node, "snoozed": node}, ("waiting",))
    assert read(Value("Snoozed"), SCOPE) == node
    with pytest.raises(InvalidInput, match=r"There are: waiting\.$"):
        read(Value("x"), SCOPE)


def test_what_an_index_has() -> None:
    assert all(map(is_searchable, ("a", "->7", "é")))
    assert not any(map(is_searchable, ("", " ", "_", "->", "🎣")))
