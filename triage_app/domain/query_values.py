"""What the values of a query's fields mean: words, choices, traits, observables. All raise InvalidInput."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from triage_app.domain.errors import InvalidInput
from triage_app.domain.observable import ObservableKind, refang
from triage_app.domain.pattern import MAX_VALUE, TraitKind
from triage_app.domain.query import (
    Column,
    Equal,
    Named,
    Node,
    Phrase,
    Tagged,
    TextPlace,
)
from triage_app.domain.query_observables import live_words, observable_of
from triage_app.domain.ticket import Verdict

MIN_PREFIX = 3
"""Characters from which on a beginning of a word finds longer words."""

NOTHING = "-"
"""The value that means that there is none."""

_WORD = re.compile(r"[^\W_]+")
_GROWING = frozenset({ObservableKind.DOMAIN, ObservableKind.URL, ObservableKind.EMAIL, ObservableKind.FILE_NAME})
"""Kinds whose last word may still be going on while somebody types; an address or a hash is another one then."""

_VERDICTS = {
    **{each.value: each.value for each in Verdict},
    "tp": Verdict.TRUE_POSITIVE.value,
    "fp": Verdict.FALSE_POSITIVE.value,
    "bp": Verdict.BENIGN_POSITIVE.value,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query is read with: the time (aware), the zone of times without one, and who `me` is."""

    now: datetime
    zone: tzinfo
    me: str


@dataclass(frozen=True, slots=True)
class Value:
    """A word or a field's value as it was written, its comparison, and whether it is the query's last word."""

    text: str
    quoted: bool = False
    prefix: bool = False
    operator: str = ""
    last: bool = False


Reader = Callable[[Value, Scope], Node]


def is_searchable(text: str) -> bool:
    """Whether there is anything in a text that an index has: a letter or a digit."""
    return _WORD.search(text) is not None


def words(place: TextPlace) -> Reader:
    """Words next to each other in a place."""

    def read(value: Value, _scope: Scope) -> Node:
        uncompared(value)
        live = live_words(value.text)
        runs = _WORD.findall(live)
        if not runs:
            raise InvalidInput("There is no letter and no digit in it, so that it cannot be searched for.")
        if value.prefix and len(runs[-1]) < MIN_PREFIX:
            raise InvalidInput(f"Too much begins with {runs[-1]}: write at least {MIN_PREFIX} characters before the *.")
        found = observable_of(value.text) if place is TextPlace.ANYWHERE and not value.prefix else None
        grows = value.last and len(runs[-1]) >= MIN_PREFIX and (found is None or found.kind in _GROWING)
        return Phrase(live, place, prefix=value.prefix or grows, observable=found)

    return read


def column(which: Column) -> Reader:
    """A column with any text."""

    def read(value: Value, scope: Scope) -> Node:
        text = whole(value)
        if which is Column.ASSIGNEE and text.casefold() == "me" and not value.quoted:
            return Equal(which, scope.me)
        return Equal(which, "" if text == NOTHING and not value.quoted else text)

    return read


def choice(which: Column, choices: Mapping[str, str], *, may_lack: bool = False) -> Reader:
    """A column that has one of a few values."""

    def read(value: Value, _scope: Scope) -> Node:
        text = whole(value)
        if may_lack and text == NOTHING:
            return Equal(which, "")
        known = choices.get(key_of(text))
        if known is None:
            raise InvalidInput(f"There is no {which.value} {shown(text)}. There are: {', '.join(choices)}.")
        return Equal(which, known)

    return read


def verdict(value: Value, scope: Scope) -> Node:
    """How a ticket was decided; `-` for not yet."""
    return choice(Column.VERDICT, _VERDICTS, may_lack=True)(value, scope)


def flag(states: Mapping[str, Node | Reader], names: Iterable[str]) -> Reader:
    """One of a few words that each stand for a condition; a message lists their own names, without the others."""
    listed = ", ".join(names)

    def read(value: Value, scope: Scope) -> Node:
        text = whole(value)
        known = states.get(key_of(text))
        if known is None:
            raise InvalidInput(f"{shown(text)} is not known here. There are: {listed}.")
        return known(value, scope) if callable(known) else known

    return read


def trait(kind: TraitKind) -> Reader:
    """A trait."""

    def read(value: Value, _scope: Scope) -> Node:
        return Named(kind, refang(whole(value)).casefold()[:MAX_VALUE])

    return read


def tagged(effect: str) -> Reader:
    """What a dataset gave."""

    def read(value: Value, _scope: Scope) -> Node:
        return Tagged(effect, whole(value))

    return read


def observed(read_text: Callable[[str], Node]) -> Reader:
    """An observable."""

    def read(value: Value, _scope: Scope) -> Node:
        return read_text(whole(value))

    return read


def whole(value: Value) -> str:
    """The text of a value that is neither compared nor only a beginning."""
    uncompared(value)
    if value.prefix:
        raise InvalidInput("This is looked up as a whole: leave the * out, or put it in quotes where it belongs to it.")
    return value.text.strip()


def uncompared(value: Value) -> None:
    """Refuse a comparison."""
    if value.operator not in {"", "="}:
        raise InvalidInput(f"{value.operator} compares numbers and times; here the value comes right after the colon.")


def key_of(text: str) -> str:
    """A word as names of choices are compared."""
    return text.casefold().replace("-", "_").replace(" ", "_")


def shown(text: str) -> str:
    """A text within a message, shortened."""
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
