"""How alike two tickets are, and by what: observables weighted by rarity, words, fields, nearness in time."""

import heapq
import math
from collections.abc import Collection, Mapping
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

FEW: Final = 20
"""In at most so many tickets an observable is that makes them count as similar by itself."""

PATTERN_STRENGTH: Final = 0.4
TRAIT_STRENGTH: Final = {TraitKind.HOST: 0.15, TraitKind.USER: 0.15, TraitKind.RULE: 0.15, TraitKind.SENDER_DOMAIN: 0.1}

FADE: Final = 0.3
"""How much of a likeness is lost where the other ticket is from long ago."""

HALF_DAYS: Final = 30.0
"""Days after which half of that is lost."""

MOST_COMMON: Final = 60
"""Words in common that are named, the rarest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An observable in a ticket: in how many tickets it is, and where in this one it was seen (see `Sighting`)."""

    observable: Observable
    tickets: int
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A ticket, or a text, as it is compared: only observables that may tell something are in it.

    `traits` and `pattern_tickets` tell in how many tickets each trait and the pattern are. `at` is when it came in.
    Of one that is compared with another, `seen` may be what both have; then `besides` is how many more it has.
    """

    record: Record
    seen: Mapping[Observable, Seen]
    traits: Mapping[Trait, int]
    pattern: Pattern
    pattern_tickets: int
    at: datetime
    besides: int = 0


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike: a score 0..1 and its parts, each 0..1; the share of the words in common."""

    score: float
    observables: float
    text: float
    fields: float
    time: float
    words: float


@dataclass(frozen=True, slots=True)
class Match:
    """An observable in both tickets, how rare it is (0..1), and how much its kind tells (see `OBSERVABLE_STRENGTH`)."""

    here: Seen
    there: Seen
    rarity: float
    strength: float

    @property
    def is_attached(self) -> bool:
        """Whether it is of an attachment, here and there."""
        return self.is_at("attachment:")

    def is_at(self, place: str) -> bool:
        """Whether it was seen, here and there, at a place that begins like this."""
        return all(any(at.startswith(place) for at in seen.where) for seen in (self.here, self.there))


@dataclass(frozen=True, slots=True)
class Common:
    """What two tickets have in common: observables and traits, how much their pattern tells (0 where it is not the
    same) and how many follow it; the share of this one's words that the other has, and the rarest of these by their
    hashes.
    """

    observables: tuple[Match, ...]
    traits: tuple[tuple[Trait, float], ...]
    pattern: float
    followed: int
    share: float
    words: tuple[int, ...]


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
        observables = self._observables(shared, len(other.seen) + other.besides)
        pattern, traits = self._pattern(other), [each for each in self._subject.traits if each in other.traits]
        fields = 1 - (1 - pattern) * math.prod(1 - self._trait(each) for each in traits)
        days = abs((other.at - self._subject.at).total_seconds()) / 86_400
        time = 1 / (1 + days / HALF_DAYS)
        score = (1 - (1 - text) * (1 - observables) * (1 - fields)) * (1 - FADE + FADE * time)
        return Likeness(score, observables, text, fields, time, words)

    def common(self, other: Subject) -> Common:
        """What both have."""
        matches = tuple(
            Match(seen, other.seen[each], rarity(self._number, seen.tickets - 1), OBSERVABLE_STRENGTH[each.kind])
            for each, seen in self._subject.seen.items()
            if each in other.seen
        )
        traits = tuple((each, self._trait(each)) for each in self._subject.traits if each in other.traits)
        words = self._weights.keys() & {*other.record.subject, *other.record.text}
        rarest = heapq.nsmallest(MOST_COMMON, words, key=lambda each: (-self._weights[each], each))
        share = self._text(other.record)[1]
        return Common(matches, traits, self._pattern(other), self._subject.pattern_tickets, share, tuple(rarest))

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
