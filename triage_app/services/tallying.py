"""Counts what the figures of a month are made of, one prediction after the other, so that none has to be kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from triage_app.domain.dedup import RuleName
from triage_app.domain.labels import Held, Tier
from triage_app.domain.learning import Decision
from triage_app.domain.promise import is_broken
from triage_app.domain.proportions import share_of, wilson
from triage_app.domain.ticket import TicketId
from triage_app.domain.wording import prepare
from triage_app.services.learning_shapes import Confusion, LabelPromise, MonthRow, Outcome, Saving, Share, WrongKeyword

LEAST_MEASURED: Final = 10
"""Measured decisions below which nothing is claimed about time."""

SCORE_BINS: Final = 10
KEYWORDS: Final = "keywords"
EXAMPLES: Final = 3


@dataclass(slots=True)
class Counts:
    """Predictions of one kind, and what became of them."""

    predictions: int = 0
    corrected: int = 0
    confirmed: int = 0
    stood: int = 0

    @property
    def decided(self) -> int:
        """How many people decided on."""
        return self.corrected + self.confirmed + self.stood

    @property
    def accuracy(self) -> Share:
        """How many of those decided were right."""
        return share(self.confirmed + self.stood, self.decided)

    def add(self, decision: Decision | None) -> None:
        """Count one."""
        self.predictions += 1
        self.corrected += decision is Decision.CORRECTED
        self.confirmed += decision is Decision.CONFIRMED
        self.stood += decision is Decision.STOOD


@dataclass(slots=True)
class Confused:
    """Predictions of one label whose right label was one other: how many, with the first few as examples."""

    n: int = 0
    tickets: list[TicketId] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)


class Tally:
    """The counts over some predictions of a dataset whose gate wants a precision of `wanted`."""

    def __init__(self, outcomes: Iterable[Outcome], wanted: float) -> None:
        self.wanted = wanted
        self.all = Counts()
        self.labels: dict[str, Counts] = {}
        self.tiers: dict[str, Counts] = {}
        self.sources: dict[str, Counts] = {}
        self.scores = [0] * SCORE_BINS
        self.words: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self.promised: dict[str, list[int]] = {}
        self.keywords: dict[tuple[str, str], list[int]] = {}
        self.confused: dict[tuple[str, str], Confused] = {}
        self.seconds: list[float] = []
        self.unhelped: list[float] = []
        self.helped: dict[str, list[float]] = {}
        for each in outcomes:
            self._count(each)
            if each.decision is not None:
                self._judge(each)

    def row(self, name: str, counts: Mapping[str, Counts], before: Mapping[str, Counts]) -> MonthRow:
        """The figures of one label, tier or source beside those of the month before."""
        now = counts.get(name, Counts())
        return MonthRow(
            name=name,
            predictions=now.predictions,
            corrected=now.corrected,
            confirmed=now.confirmed,
            stood=now.stood,
            accuracy=now.accuracy,
            before=before.get(name, Counts()).accuracy,
        )

    @property
    def gate(self) -> Share:
        """How many of the model's own answers that were decided were right."""
        return self.tiers.get(Tier.MODEL.value, Counts()).accuracy

    def promises(self) -> tuple[LabelPromise, ...]:
        """How the gate's promise was kept, by label, of those that people decided on."""
        found = []
        for label, (right, n) in sorted(self.promised.items()):
            low, high = wilson(right, n)
            broken = is_broken(right, n, self.wanted)
            found.append(LabelPromise(label, n, right, self.wanted, share_of(right, n), low, high, broken))
        return tuple(found)

    def wrong_keywords(self) -> tuple[WrongKeyword, ...]:
        """Keyword rules that were wrong at least once, those that were wrong most often first."""
        found = [WrongKeyword(*key, fired, wrong) for key, (fired, wrong) in self.keywords.items() if wrong]
        return tuple(sorted(found, key=lambda each: (-each.wrong, each.fired, each.label, each.text)))

    def confusions(self, most: int) -> tuple[Confusion, ...]:
        """The most frequent confusions."""
        worst = sorted(self.confused.items(), key=lambda each: (-each[1].n, each[0]))[:most]
        return tuple(
            Confusion(shown, truth, each.n, tuple(each.tickets), tuple(each.subjects)) for (shown, truth), each in worst
        )

    def savings(self, merged: Mapping[RuleName, int]) -> tuple[Saving, ...]:
        """What models, keywords and rules of de-duplication saved; `merged` says how many repeats each rule merged."""
        without = _median(self.unhelped)
        found = []
        for name, seconds in sorted(self.helped.items()):
            with_ = _median(seconds)
            minutes = None if with_ is None or without is None else len(seconds) * (without - with_) / 60
            found.append(Saving(name, len(seconds), with_, without, minutes))
        usual = _median(self.seconds)
        for rule, repeats in sorted(merged.items()):
            if repeats:
                minutes = None if usual is None else repeats * usual / 60
                found.append(Saving(f"rule {rule}", repeats, None if usual is None else 0.0, usual, minutes))
        return tuple(found)

    def _count(self, each: Outcome) -> None:
        self.all.add(each.decision)
        for counts, name in (
            (self.labels, each.label),
            (self.tiers, each.tier.value),
            (self.sources, each.source),
        ):
            counts.setdefault(name, Counts()).add(each.decision)
        if each.best:
            self.scores[min(int(each.best_confidence * SCORE_BINS), SCORE_BINS - 1)] += 1
        self.words[each.ticket % 2].update(prepare(each.subject).split())

    def _judge(self, each: Outcome) -> None:
        right = each.decision is not Decision.CORRECTED
        if each.best and each.best_confidence >= self.wanted and each.held is not Held.STRANGE:
            promised = self.promised.setdefault(each.best, [0, 0])
            promised[0] += each.truth == each.best
            promised[1] += 1
        for word in each.keywords:
            fired = self.keywords.setdefault((each.label, word), [0, 0])
            fired[0] += 1
            fired[1] += not right
        if not right:
            self._confuse(each)
        if each.seconds is not None:
            self.seconds.append(each.seconds)
            helper = _helper(each)
            times = self.helped.setdefault(helper, []) if right and helper else self.unhelped
            times.append(each.seconds)

    def _confuse(self, each: Outcome) -> None:
        confused = self.confused.setdefault((each.label, each.truth), Confused())
        confused.n += 1
        if len(confused.tickets) < EXAMPLES:
            confused.tickets.append(each.ticket)
            confused.subjects.append(each.subject)


def share(right: int, n: int) -> Share:
    """A share with its interval."""
    return Share(n, right, share_of(right, n), *wilson(right, n))


def _helper(each: Outcome) -> str:
    """Who gave the answer; empty for the default, which helps nobody."""
    if each.tier is Tier.MODEL:
        return f"model {each.model_id}"
    return KEYWORDS if each.tier is Tier.KEYWORD else ""


def _median(seconds: list[float]) -> float | None:
    return median(seconds) if len(seconds) >= LEAST_MEASURED else None
