"""How a query could go on at the cursor: fields, values, and what they mean."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from triage_app.domain.item import Form
from triage_app.domain.labels import Tier
from triage_app.domain.query_fields import FIELDS, HAS, IS, Field, State, Values, field_named
from triage_app.domain.query_parsing import MAX_LENGTH
from triage_app.domain.query_times import DAYS
from triage_app.domain.query_tokens import QUOTES, Token, TokenKind, tokens_of, usable
from triage_app.domain.ticket import Severity, Status, Verdict

MOST = 12
"""How many ways to go on are offered at most."""

MIN_WORD = 2
"""Characters of a plain word from which on values and saved views are offered for it."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A way to go on: what to put in place of the characters `start` to `end`, and what it means."""

    start: int
    end: int
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the workspace knows: values of fields, and saved views with their queries by name."""

    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    playbooks: tuple[str, ...] = ()
    views: tuple[tuple[str, str], ...] = ()


Offer = tuple[str, str]
"""A value and what it means."""

_FIRST = tuple(
    field
    for name in ("is", "from", "subject", "category", "has", "age", "severity", "ip", "url", "assignee", "on", "status")
    if (field := field_named(name)) is not None
)
"""What is offered for an empty query."""


def _names(states: Iterable[State]) -> tuple[Offer, ...]:
    """Their own names, then the others."""
    known = tuple(states)
    others = tuple((alias, each.meaning) for each in known for alias in each.aliases)
    return (*((each.name, each.meaning) for each in known), *others)


_TIMES: tuple[Offer, ...] = (
    ("today", "since midnight"),
    ("yesterday", "the day before today"),
    *((day, f"the last {day.capitalize()}") for day in DAYS),
    ("1h", "an hour ago"),
    ("7d", "seven days ago"),
    ("30d", "thirty days ago"),
)
_FIXED: Mapping[Values, tuple[Offer, ...]] = {
    Values.IS: _names(IS),
    Values.HAS: _names(HAS),
    Values.STATUS: tuple((each.value, "") for each in Status),
    Values.VERDICT: (*((each.value, "") for each in Verdict), ("-", "not decided yet")),
    Values.FORM: tuple((each.value, "") for each in Form),
    Values.TIER: tuple((each.value, "") for each in Tier),
    Values.SEVERITY: (
        *((each.word, "") for each in reversed(Severity)),
        (">=high", "high and critical"),
        ("<medium", "low and unknown"),
    ),
    Values.TIME: _TIMES,
    Values.AGE: (
        ("<1h", "the last hour"),
        ("<1d", "the last 24 hours"),
        ("<7d", "the last seven days"),
        (">7d", "older than seven days"),
        (">30d", "older than thirty days"),
    ),
    Values.SHARE: (("<0.5", "unsure"), ("<0.8", "below the usual threshold"), (">=0.95", "very sure")),
    Values.COUNT: ((">0", "any"), (">=2", "two or more"), (">10", "more than ten"), ("0", "none")),
}


def complete(text: str, cursor: int, vocabulary: Vocabulary) -> tuple[Completion, ...]:
    """How a query could go on at the cursor (characters before it); the most fitting first, at most `MOST`.

    Nothing is offered behind a part that is finished. Never raises, whatever is in the text.
    """
    if len(text) > MAX_LENGTH:
        return ()
    clean = usable(text)
    cursor = min(max(cursor, 0), len(text))
    if not clean.strip():
        return tuple(Completion(0, len(text), f"{each.name}:", each.meaning) for each in _FIRST)[:MOST]
    begun = tokens_of(clean[:cursor])
    if not begun or begun[-1].end != cursor or begun[-1].kind is not TokenKind.PART:
        return ()
    token = begun[-1]
    whole = next((each for each in tokens_of(clean) if each.start == token.start), token)
    if whole.kind is not TokenKind.PART:
        return ()
    field = field_named(token.name) if token.name else None
    if field is not None:
        return _most(_values(token, _end_at(clean, cursor, token, whole), field, vocabulary))
    piece = token.pieces[0]
    if token.name or piece.quoted or piece.prefix:
        return ()
    is_all = clean.strip() == clean[whole.start : whole.end]
    return _most(_words(piece.text, whole, vocabulary, is_all=is_all))


def _end_at(text: str, cursor: int, token: Token, whole: Token) -> int:
    """Where the value at the cursor ends: where its quote is never closed, with the word."""
    if whole.open >= 0:
        return next((at for at in range(cursor, len(text)) if text[at].isspace()), len(text))
    start = token.pieces[-1].start
    return max(cursor, next((each.end for each in whole.pieces if each.start == start), cursor))


def _values(token: Token, end: int, field: Field, vocabulary: Vocabulary) -> Iterator[Completion]:
    """Values of a field in place of the one that begins at the cursor's and ends at `end`."""
    piece = token.pieces[-1]
    if piece.quoted and token.open < 0:
        return
    typed = piece.text.casefold()
    offers = _known(field.values, vocabulary)
    if end == piece.end and any(typed == value.casefold() for value, _ in offers):
        return
    for value, meaning in _fitting(typed, token.operator, offers):
        yield Completion(piece.start, end, _written(value), meaning or field.meaning)


def _fitting(typed: str, operator: str, offers: Iterable[Offer]) -> Iterator[Offer]:
    """The offers that begin with what is typed behind the operator, then those that hold it."""
    within = []
    for value, meaning in offers:
        sign = value[: len(value) - len(value.lstrip("<>="))]
        if sign and (sign != operator if operator else typed):
            continue
        rest = value[len(sign) :] if operator else value
        folded = rest.casefold()
        if folded.startswith(typed) and folded != typed:
            yield rest, meaning
        elif len(typed) >= MIN_WORD and typed in folded and folded != typed:
            within.append((rest, meaning))
    yield from within


def _words(typed: str, whole: Token, vocabulary: Vocabulary, *, is_all: bool) -> Iterator[Completion]:
    """What a plain word may be meant for: a field, a state, a category, a person, a saved view."""
    start, end = whole.start, whole.end
    # A field that is written already keeps its value.
    field_end = start + len(whole.name) + 1 if whole.name else end
    folded = typed.casefold()
    for field in FIELDS:
        if any(name.startswith(folded) for name in (field.name, *field.aliases)):
            yield Completion(start, field_end, f"{field.name}:", field.meaning)
    if len(folded) < MIN_WORD or whole.name:
        return
    for name, query in vocabulary.views if is_all else ():
        if folded in name.casefold():
            yield Completion(start, end, query, f"saved view {name}")
    for prefix, states in (("is", IS), ("has", HAS)):
        for state in _begun(states, folded):
            yield Completion(start, end, f"{prefix}:{state.name}", state.meaning)
    for prefix, values, meaning in (
        ("category", vocabulary.categories, "the category"),
        ("assignee", vocabulary.assignees, "who works on it"),
        ("source", vocabulary.sources, "the source"),
        ("tag", vocabulary.tags, "the tag"),
        ("queue", vocabulary.queues, "the queue"),
        ("playbook", vocabulary.playbooks, "the playbook"),
    ):
        for value in values:
            if value.casefold().startswith(folded) and _is_writable(value):
                yield Completion(start, end, f"{prefix}:{_written(value)}", meaning)


def _begun(states: Iterable[State], folded: str) -> Iterator[State]:
    return (each for each in states if any(name.startswith(folded) for name in (each.name, *each.aliases)))


def _known(values: Values, vocabulary: Vocabulary) -> tuple[Offer, ...]:
    """All values of a field that are known."""
    named = {
        Values.CATEGORY: vocabulary.categories,
        Values.SOURCE: vocabulary.sources,
        Values.TAG: vocabulary.tags,
        Values.QUEUE: vocabulary.queues,
        Values.PLAYBOOK: vocabulary.playbooks,
    }
    if values in _FIXED:
        return _FIXED[values]
    known = tuple((each, "") for each in named.get(values, vocabulary.assignees) if _is_writable(each))
    if values is Values.ASSIGNEE:
        return (("me", "whoever asks"), ("-", "nobody"), *known)
    return known if values in named else ()


def _is_writable(value: str) -> bool:
    """Whether a value can be written in a query: a quote cannot be, in quotes."""
    return bool(value.strip()) and value == usable(value) and not any(each in value for each in QUOTES)


def _written(value: str) -> str:
    """A value as it is written in a query: in quotes where it would not be one word."""
    plain = all(each.isalnum() or each in "-_.@<>=" for each in value)
    return value if plain and not (value.casefold() == "me" and value != "me") else f'"{value}"'


def _most(found: Iterable[Completion]) -> tuple[Completion, ...]:
    """The first of them, each text once."""
    first: dict[str, Completion] = {}
    for each in found:
        first.setdefault(each.text, each)
    return tuple(islice(first.values(), MOST))
