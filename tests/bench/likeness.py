"""What invented tickets have in common: subjects, words, observables and traits, some everywhere, most rare."""

import random
from collections import Counter
from typing import Any

import numpy as np

from tests.bench.vocabulary import WORDS, Vocabulary
from triage_app.adapters.storage.observables import observable_digest
from triage_app.adapters.storage.patterns import pattern_ids
from triage_app.adapters.storage.search_tables import ticket_traits, ticket_words, traits
from triage_app.adapters.storage.tables import observables, ticket_observables
from triage_app.adapters.storage.traits import trait_digest
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import address_key
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import Pattern, Trait, TraitKind
from triage_app.domain.terms import hash_of, terms_of

PEOPLE = ("ana", "ben", "chioma", "dai", "elif")
HOSTS = 900
SUBJECTS = (
    "Invoice {n} is overdue", "Your account {n} was locked", "Failed login of {who} on {host}",
    "Suspicious mail from {who}", "Port scan against {host}", "Malware found on {host}", "I lost my phone, {who}",
    "CVE-2026-{n} on {host}", "Access to share {n} for {who}",
    "Please check this link {n}", "Fwd: payment transfer {n}",
    "ET SCAN Behavioral Unusual Port 445 traffic", "Multiple authentication failures", "Delivery {n} could not be made",
)  # fmt: skip
KINDS = 4_000
CAMPAIGNS = 0.35
"""The share of tickets that are of some campaign and not of the usual kinds."""

COMMON, SPREAD = 5_000, 1.2
"""Observables that many tickets have; how many of the others there are for each ticket."""


class Likeness:
    """Decides by chance what each ticket shares with others, and stores it."""

    def __init__(self, seed: int, tickets: int) -> None:
        self._vocabulary = Vocabulary(seed, KINDS)
        chance = random.Random(seed)
        own = [" ".join(chance.sample(self._vocabulary.words[200:8_000], 4)) for _ in range(KINDS - len(SUBJECTS))]
        self.subjects = [*SUBJECTS, *(f"{words} {{n}}" for words in own)]
        self._numbers = np.random.default_rng(seed)
        self._carried = self._draw_observables(tickets)
        self._patterns: dict[Pattern, int] = {}
        self._kinds: dict[int, int] = {}
        self._traits: dict[Trait, int] = {}
        self._having: list[tuple[int, int]] = []
        self._bodies: dict[int, list[int]] = {}

    def kind(self, chance: random.Random) -> int:
        """A kind of ticket: some are frequent, most are seldom."""
        usual = len(SUBJECTS)
        if chance.random() >= CAMPAIGNS:
            return int(chance.random() ** 2 * usual)
        return usual + int(chance.random() ** 3 * (KINDS - usual))

    def add(self, ticket: int, kind: int, sender: str, host: str) -> int:
        """Keep what a ticket has; returns the id of its pattern."""
        self._kinds[ticket] = kind
        template = self.subjects[kind].format(n="<num>", who="<who>", host="<host>").casefold()
        having = [Trait(TraitKind.SENDER_DOMAIN, sender.rpartition("@")[2].rstrip(">"))]
        if host:
            having += [Trait(TraitKind.RULE, template), Trait(TraitKind.HOST, host)]
            having.append(Trait(TraitKind.USER, f"user{ticket * 7919 % 3_000}"))
        for each in having:
            self._having.append((self._traits.setdefault(each, len(self._traits) + 1), ticket))
        pattern = Pattern(template, host)
        return self._patterns.setdefault(pattern, len(self._patterns) + 1)

    def bodies(self, tickets: list[int]) -> dict[int, str]:
        """The texts of tickets."""
        words = self._vocabulary.words
        drawn = self._vocabulary.bodies([self._kinds.pop(each) for each in tickets])
        self._bodies = dict(zip(tickets, drawn, strict=True))
        return {
            ticket: f"{' '.join([words[each] for each in body])} case{ticket % 5_000} trace{ticket}"
            for ticket, body in self._bodies.items()
        }

    def fill_chunk(self, tx: Transaction, subjects: list[tuple[int, str]]) -> None:
        """Store the records and the observables of tickets, whose bodies were asked for before."""
        tx.insert(ticket_words, [(ticket, self._record(ticket, subject)) for ticket, subject in subjects])
        tx.insert(
            ticket_observables,
            [
                (ticket, place, int(each), "text")
                for ticket, _ in subjects
                for place, each in enumerate(dict.fromkeys(filter(None, self._carried[ticket - 1].tolist())))
            ],
        )

    def fill_observables(self, tx: Transaction) -> None:
        """Store the observables that any ticket will have."""
        numbers, counts = np.unique(_once(self._carried), return_counts=True)
        rows = []
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            if number == 0:
                continue
            each = _observable(number)
            rows.append(
                (number, observable_digest(each), each.kind.value, each.value, False, count, False, address_key(each))
            )
        tx.insert(observables, rows)

    def finish(self, tx: Transaction) -> None:
        """Store patterns, with empty counters, and traits."""
        stored = pattern_ids(tx, self._patterns)
        assert all(stored[each] == number for each, number in self._patterns.items())
        counts = Counter(number for number, _ in self._having)
        tx.insert(
            traits,
            [
                (number, trait_digest(each), each.kind.value, each.value, counts[number])
                for each, number in self._traits.items()
            ],
        )
        self._having.sort()
        tx.insert(ticket_traits, self._having)

    def _record(self, ticket: int, subject: str) -> bytes:
        """As `record_of` makes it, from the hashes of the vocabulary."""
        hashes = self._vocabulary.hashes
        head = {hash_of(each) for each in terms_of(subject)}
        rest = {hashes[each] for each in self._bodies[ticket]}
        rest.update((hash_of(f"case{ticket % 5_000}"), hash_of(f"trace{ticket}")))
        return bytes((len(head),)) + np.array([*sorted(head), *sorted(rest - head)], "<u4").tobytes()

    def _draw_observables(self, tickets: int) -> Any:
        """For each ticket up to five, 0 for none: one that many have, others that few have."""
        weights = 1.0 / (np.arange(COMMON) + 3.0)
        common = 1 + np.searchsorted(np.cumsum(weights / weights.sum()), self._numbers.random((tickets, 2)))
        rare = 1 + COMMON + self._numbers.integers(0, max(1, int(tickets * SPREAD)), (tickets, 3))
        found = np.concatenate([np.minimum(common, COMMON), rare], axis=1).astype(np.int64)
        found[self._numbers.random(found.shape) < 0.25] = 0
        return found


def _once(carried: Any) -> Any:
    """Each observable once for a ticket."""
    ordered = np.sort(carried, axis=1)
    ordered[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 0
    return ordered


def _observable(number: int) -> Observable:
    match number % 4:
        case 0:
            address = ".".join(map(str, (11 + number // 16_777_216, *(number & 0xFFFFFF).to_bytes(3, "big"))))
            return Observable(ObservableKind.IPV4, address)
        case 1:
            return Observable(
                ObservableKind.URL, f"https://site{number % 700}.example.org/{WORDS[number % 42]}/{number}"
            )
        case 2:
            return Observable(ObservableKind.DOMAIN, f"host{number}.example.org")
    return Observable(ObservableKind.SHA256, f"{number * 2_654_435_761:064x}")
