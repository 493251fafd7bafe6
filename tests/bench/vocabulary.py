"""Invented texts whose words are as common and as rare as those of real ones: by Zipf's law, over 50,000 words."""

import random
from zlib import crc32

import numpy as np

WORDS = (
    "account", "password", "transfer", "urgent", "payment", "delivery", "parcel", "gateway", "firewall", "blocked",
    "connection", "service", "user", "admin", "login", "failed", "denied", "process", "started", "file", "download",
    "attachment", "macro", "document", "report", "mailbox", "quarantine", "policy", "server", "workstation", "office",
    "remote", "session", "certificate", "expired", "update", "patch", "exploit", "beacon", "traffic", "query", "record",
)  # fmt: skip
VOCABULARY = 50_000
OWN_WORDS = 36
KIND_WORDS = 20
_SYLLABLES = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("", "n", "r", "s")]


class Vocabulary:
    """Words by rank; the texts of one kind of ticket share a part."""

    def __init__(self, seed: int, kinds: int) -> None:
        chance = random.Random(seed)
        found = dict.fromkeys(WORDS)
        while len(found) < VOCABULARY:
            found["".join(chance.choice(_SYLLABLES) for _ in range(chance.choice((2, 3, 3, 4))))] = None
        self.words = list(found)
        self.hashes = [crc32(each.encode()) for each in self.words]
        self._numbers = np.random.default_rng(seed)
        weights = 1.0 / (np.arange(VOCABULARY) + 5.0)
        self._shares = np.cumsum(weights / weights.sum())
        self.of_kind = [list(row) for row in self._draw(kinds, KIND_WORDS)]

    def bodies(self, kinds: list[int]) -> list[list[int]]:
        """The words of a text for each of these kinds, by rank."""
        return [
            self.of_kind[kind] + list(row) for kind, row in zip(kinds, self._draw(len(kinds), OWN_WORDS), strict=True)
        ]

    def _draw(self, rows: int, columns: int) -> list[list[int]]:
        drawn = np.searchsorted(self._shares, self._numbers.random((rows, columns)))
        found: list[list[int]] = np.minimum(drawn, VOCABULARY - 1).tolist()
        return found
