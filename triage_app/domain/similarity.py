"""How alike two tickets are, by what, and why: observables weighted by rarity, words, fields, nearness in time."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.terms import Record

SUBJECT_WEIGHT: Final = 2.0
"""How much a word of the subject weighs against one of the text."""

OBSERVABLE_STRENGTH: Final = {
    ObservableKind.MD5: 0.8,
    ObservableKind.SHA1: 0.8,
    ObservableKind.SHA256: 0.8,
    ObservableKind.SHA512: 0.8,
    ObservableKind.BITCOIN: 0.6,
    ObservableKind.URL: 0.5,
    ObservableKind.IPV4: 0.4,
    ObservableKind.IPV6: 0.4,
    ObservableKind.REGISTRY: 0.4,
    ObservableKind.MAC: 0.4,
    ObservableKind.DOMAIN: 0.3,
    ObservableKind.CVE: 0.3,
    ObservableKind.WINDOWS_PATH: 0.3,
    ObservableKind.FILE_NAME: 0.15,
    ObservableKind.EMAIL: 0.15,
    ObservableKind.ASN: 0.1,
    ObservableKind.ATTACK: 0.1,
}
"""How alike two tickets are that share all their observables, where nobody else has these, by the kind of what they
share: two mails with one attachment are one case, two mails of one person are not.
"""

PATTERN_STRENGTH: Final = 0.4
TRAIT_STRENGTH: Final = {TraitKind.HOST: 0.15, TraitKind.USER: 0.15, TraitKind.RULE: 0.15, TraitKind.SENDER_DOMAIN: 0.1}

FADE: Final = 0.3
"""How much of a likeness is lost where the other ticket is from long ago."""

HALF_DAYS: Final = 30.0
"""Days after which half of that is lost."""

TOLD_SHARE: Final = 0.2
"""Share of words from which on it is a reason."""

_MOST_REASONS = 5
_FILES = frozenset({ObservableKind.MD5, ObservableKind.SHA1, ObservableKind.SHA256, ObservableKind.SHA512})
_CALLED = {
    ObservableKind.IPV4: "IP address",
    ObservableKind.IPV6: "IP address",
    ObservableKind.DOMAIN: "domain",
    ObservableKind.URL: "URL",
    ObservableKind.EMAIL: "mail address",
    ObservableKind.CVE: "vulnerability",
    ObservableKind.ATTACK: "technique",
    ObservableKind.MAC: "hardware address",
    ObservableKind.FILE_NAME: "file name",
    ObservableKind.BITCOIN: "Bitcoin address",
    ObservableKind.WINDOWS_PATH: "path",
    ObservableKind.REGISTRY: "registry key",
    ObservableKind.ASN: "network (ASN)",
}
_TRAIT_CALLED = {
    TraitKind.HOST: "host",
    TraitKind.USER: "user",
    TraitKind.RULE: "rule",
    TraitKind.SENDER_DOMAIN: "sender's domain",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An observable in a ticket: in how many tickets it is, and whether it is a file that came attached."""

    observable: Observable
    tickets: int
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A ticket, or a text, as it is compared: only observables that may tell something are in it.

    `traits` and `pattern_tickets` tell in how many tickets each trait and the pattern are. `at` is when it came in.
    """

    record: Record
    seen: Mapping[Observable, Seen]
    traits: Mapping[Trait, int]
    pattern: Pattern
    pattern_tickets: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike: a score 0..1 and its parts, each 0..1; the share of the words in common; why, the strongest first."""

    score: float
    observables: float
    text: float
    fields: float
    time: float
    words: float
    reasons: tuple[str, ...]


def inverse_frequency(number: int, tickets: int) -> float:
    """The weight of something that `tickets` of `number` tickets have (inverse document frequency, Sparck Jones 1972);
    not below 0.
    """
    return max(0.0, math.log((number + 1) / (tickets + 0.5)))


def rarity(number: int, tickets: int) -> float:
    """1 for what one of `number` tickets has, 0 for what all have, by the logarithm."""
    if number < 2:
        return 1.0
    return max(0.0, 1 - math.log(max(tickets, 1)) / math.log(number))


class Comparing:
    """Compares one ticket with many."""

    __slots__ = ("_known", "_norm", "_number", "_seen", "_seen_norm", "_subject", "_total", "_unknown", "_weights")

    def __init__(self, subject: Subject, frequencies: Mapping[int, int], number: int) -> None:
        """`frequencies` tell in how many of all `number` tickets each term of the record is, by its hash."""
        self._subject = subject
        self._number = max(number, 2)
        record = subject.record
        self._weights = {
            each: inverse_frequency(self._number, frequencies.get(each, 1)) for each in (*record.subject, *record.text)
        }
        self._known = frozenset(record.subject)
        head = sum(self._weights[each] ** 2 for each in record.subject)
        rest = sum(self._weights[each] ** 2 for each in record.text)
        twice = SUBJECT_WEIGHT**2
        self._norm = twice * head + rest
        # What a term of another ticket weighs that this one has not: nobody looked up how frequent it is.
        self._unknown = self._norm / max(1.0, twice * len(record.subject) + len(record.text))
        self._total = SUBJECT_WEIGHT * sum(self._weights[each] for each in record.subject) + sum(
            self._weights[each] for each in record.text
        )
        self._seen = {each: inverse_frequency(self._number, seen.tickets) ** 2 for each, seen in subject.seen.items()}
        self._seen_norm = sum(self._seen.values())

    def with_(self, other: Subject) -> Likeness:
        """How alike the other ticket is."""
        text, words = self._text(other.record)
        shared = [each for each in self._seen if each in other.seen]
        observables = self._observables(shared, len(other.seen))
        pattern, traits = self._pattern(other), [each for each in self._subject.traits if each in other.traits]
        fields = 1 - (1 - pattern) * math.prod(1 - self._trait(each) for each in traits)
        days = abs((other.at - self._subject.at).total_seconds()) / 86_400
        time = 1 / (1 + days / HALF_DAYS)
        score = (1 - (1 - text) * (1 - observables) * (1 - fields)) * (1 - FADE + FADE * time)
        reasons = self._reasons(other, shared, traits, pattern, words)
        return Likeness(score, observables, text, fields, time, words, reasons)

    def missing(self, record: Record) -> list[int]:
        """The hashes of the terms that the other has not, the rarest first."""
        there = {*record.subject, *record.text}
        return sorted((each for each in self._weights if each not in there), key=lambda each: -self._weights[each])

    def _text(self, record: Record) -> tuple[float, float]:
        """The cosine of both texts' weighted words (Salton 1975), and the share of this one's words in the other."""
        if not self._norm:
            return 0.0, 0.0
        dot = known = share = 0.0
        subject, text = self._weights.keys() & record.subject, self._weights.keys() & record.text
        for each in subject:
            weight = self._weights[each]
            factor = SUBJECT_WEIGHT if each in self._known else 1.0
            dot += SUBJECT_WEIGHT * factor * weight * weight
            known += SUBJECT_WEIGHT * SUBJECT_WEIGHT * weight * weight
            share += factor * weight
        for each in text:
            weight = self._weights[each]
            factor = SUBJECT_WEIGHT if each in self._known else 1.0
            dot += factor * weight * weight
            known += weight * weight
            share += factor * weight
        others = SUBJECT_WEIGHT**2 * (len(record.subject) - len(subject)) + len(record.text) - len(text)
        size = known + self._unknown * others
        cosine = dot / math.sqrt(self._norm * size) if size else 0.0
        return min(1.0, cosine), min(1.0, share / self._total) if self._total else 0.0

    def _observables(self, shared: Collection[Observable], others: int) -> float:
        if not shared or not self._seen_norm:
            return 0.0
        common = sum(self._seen[each] for each in shared)
        rest = self._seen_norm / len(self._seen) * (others - len(shared))
        strongest = max(self._strength(each) for each in shared)
        alike = common / math.sqrt(self._seen_norm * (common + rest)) if common else 0.0
        return strongest * min(1.0, alike)

    def _strength(self, observable: Observable) -> float:
        return OBSERVABLE_STRENGTH[observable.kind] * rarity(self._number, self._subject.seen[observable].tickets - 1)

    def _pattern(self, other: Subject) -> float:
        pattern = self._subject.pattern
        if pattern == NO_PATTERN or pattern != other.pattern:
            return 0.0
        return PATTERN_STRENGTH * rarity(self._number, self._subject.pattern_tickets - 1)

    def _trait(self, trait: Trait) -> float:
        return TRAIT_STRENGTH[trait.kind] * rarity(self._number, self._subject.traits[trait] - 1)

    def _reasons(
        self, other: Subject, shared: Iterable[Observable], traits: Iterable[Trait], pattern: float, words: float
    ) -> tuple[str, ...]:
        """In the order of how much they tell."""
        told: list[tuple[float, str]] = []
        for each in shared:
            seen = self._subject.seen[each]
            told.append((rarity(self._number, seen.tickets - 1), _same(each, seen, other.seen[each])))
        told.extend((self._trait(each), f"same {_TRAIT_CALLED[each.kind]} ({each.value})") for each in traits)
        if pattern:
            told.append((pattern + 0.3, f"same pattern, followed by {self._subject.pattern_tickets:,} tickets"))
        if words >= TOLD_SHARE:
            told.append((words, f"{words * 100:.0f} % of words"))
        told.sort(key=lambda each: -each[0])
        return tuple(dict.fromkeys(reason for _, reason in told))[:_MOST_REASONS]


def _same(observable: Observable, here: Seen, there: Seen) -> str:
    if observable.kind in _FILES:
        what = "attachment" if here.attached and there.attached else "file"
    else:
        what = _CALLED[observable.kind]
    return f"same {what}, seen in {here.tickets:,} tickets"
