"""What numbers, times and ids in a query mean: equal, compared, or from one to another. All raise InvalidInput."""

import re
from collections.abc import Callable
from datetime import datetime

from triage_app.domain.durations import duration_of
from triage_app.domain.errors import InvalidInput
from triage_app.domain.query import Alike, Among, Node, Number, Range, SamePattern
from triage_app.domain.query_times import Span, span_of
from triage_app.domain.query_values import Reader, Scope, Value, shown, whole
from triage_app.domain.ticket import Severity, TicketId

_ID = re.compile(r"#?(\d{1,18})", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_SHARE = re.compile(r"(\d{0,3}(?:\.\d{1,9})?)(%?)", re.ASCII)


def whole_number(text: str) -> float:
    """A number without a fraction."""
    if not _WHOLE.fullmatch(text):
        raise InvalidInput(f"{shown(text)} is no whole number: write one such as 5, >5, <=5 or 2..10.")
    return int(text)


def share(text: str) -> float:
    """A number from 0 to 1, or in percent."""
    match = _SHARE.fullmatch(text)
    number = float(match[1]) / (100 if match[2] else 1) if match and match[1] not in {"", "."} else -1.0
    if not 0 <= number <= 1:
        raise InvalidInput(f"{shown(text)} is no confidence: write 0 to 1, or 0% to 100%, such as <0.8 or >=90%.")
    return number


def severity(text: str) -> float:
    """A severity by its word."""
    for each in Severity:
        if each.word == text.casefold():
            return each.value
    raise InvalidInput(f"There is no severity {shown(text)}. There are: {', '.join(each.word for each in Severity)}.")


def number(which: Number, read_one: Callable[[str], float]) -> Reader:
    """A number, a comparison with one, or a range."""

    def read(value: Value, _scope: Scope) -> Node:
        if ".." in value.text:
            low, high = _bounds(value)
            first, last = read_one(low) if low else None, read_one(high) if high else None
            if first is not None and last is not None and first > last:
                raise InvalidInput("The first number of the range is above the last: swap them.")
            return Range(which, first, last)
        one = read_one(value.text)
        if value.operator.startswith(">"):
            return Range(which, low=one, above=value.operator == ">")
        if value.operator.startswith("<"):
            return Range(which, high=one, below=value.operator == "<")
        return Range(which, one, one)

    return read


def ticket(value: Value, scope: Scope) -> Node:
    """A ticket by its id, or a range of ids."""
    if ".." in value.text or value.operator:
        return number(Number.ID, _id)(value, scope)
    return Among((TicketId(_id(value.text)),))


def similar(value: Value, scope: Scope) -> Node:
    """The tickets that are like one, by its id; with a comparison those with so many similar ones."""
    if ".." in value.text or value.operator:
        return number(Number.SIMILAR, whole_number)(value, scope)
    return Alike(TicketId(_id(value.text)))


def pattern(value: Value, _scope: Scope) -> Node:
    """The tickets that follow one pattern with one, by its id."""
    return SamePattern(TicketId(_id(whole(value))))


def before(value: Value, scope: Scope) -> Node:
    """Received before a time, or before a day began."""
    return Range(Number.RECEIVED, high=_span(whole(value), scope)[0], below=True)


def after(value: Value, scope: Scope) -> Node:
    """Received at a time or later; on a day or later."""
    return Range(Number.RECEIVED, low=_span(whole(value), scope)[0])


def time(which: Number) -> Reader:
    """A time: within the year, month, day or minute that is named; a comparison with it, or a range."""

    def read(value: Value, scope: Scope) -> Node:
        if ".." in value.text:
            low, high = _bounds(value)
            first, last = _span(low, scope) if low else None, _span(high, scope) if high else None
            if first and last and first[0] > last[1]:
                raise InvalidInput("The range ends before it begins: swap its times.")
            return Range(which, first and first[0], last and last[1], below=last is not None)
        start, end = _span(value.text, scope)
        bounds = {
            "<": Range(which, high=start, below=True),
            "<=": Range(which, high=end, below=True),
            ">": Range(which, low=end),
            ">=": Range(which, low=start),
        }
        if value.operator not in bounds and start == end:
            raise InvalidInput(f"{shown(value.text)} is a moment: write a day, or compare with < or >.")
        return bounds.get(value.operator, Range(which, start, end, below=True))

    return read


def age(value: Value, scope: Scope) -> Node:
    """How long ago it was received."""
    if ".." in value.text:
        low, high = _bounds(value)
        youngest, oldest = _ago(low, scope) if low else None, _ago(high, scope) if high else None
        if youngest and oldest and oldest > youngest:
            raise InvalidInput("The first age of the range is above the last: swap them.")
        return Range(Number.RECEIVED, oldest, youngest)
    then = _ago(value.text, scope)
    if value.operator.startswith("<"):
        return Range(Number.RECEIVED, low=then, above=value.operator == "<")
    if value.operator.startswith(">"):
        return Range(Number.RECEIVED, high=then, below=value.operator == ">")
    raise InvalidInput("An age is compared: write age:<2d for the last two days, age:>1w for what is older, or 1d..2d.")


def _ago(text: str, scope: Scope) -> datetime:
    duration = duration_of(text)
    if duration is None:
        raise InvalidInput(f"{shown(text)} is no duration: write 30m, 4h, 2d, 1w or 1h30m, at most ten years.")
    return scope.now - duration


def _span(text: str, scope: Scope) -> Span:
    found = span_of(text, scope.now, scope.zone)
    if found is None:
        raise InvalidInput(
            f"{shown(text)} is no time: write 2026-11-01, 2026-11, 2026-11-01T09:30, 09:30, today, yesterday, "
            "monday or 2d."
        )
    return found


def _id(text: str) -> int:
    match = _ID.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{shown(text)} is no id of a ticket: write its number, such as 41 or #41.")
    return int(match[1])


def _bounds(value: Value) -> tuple[str, str]:
    low, _, high = value.text.partition("..")
    if value.operator:
        raise InvalidInput(f"A range has no {value.operator} before it: write 2..10, 2.. or ..10.")
    if not low and not high:
        raise InvalidInput("A range needs at least one end: write 2..10, 2.. or ..10.")
    return low, high
