"""How much a text is like what a model was taught: the share of its words and adjacent word pairs that are known.

A classifier's score says which label fits best, not whether any does: a text of another field is made of other pairs of
words, whatever its words score. What is known is a table of bits, one for each hashed word and pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SPARSE: Final = 16
"""Bits of the table for each known word or pair, at least: one in so many unknown ones passes for known."""

_SMALLEST: Final = 1 << 12
_USUAL: Final = 1 << 24
_LARGEST: Final = 1 << 27
_MANY: Final = 4_000_000
_KEPT: Final = 200_000
_PAIR: Final = np.uint64(0x9E3779B97F4A7C15)

Keys = NDArray[np.uint64]
Bits = NDArray[np.uint8]


class _Numbers(dict[str, int]):
    """The number of each word that was met."""

    def __missing__(self, word: str) -> int:
        self[word] = number = crc32(word.encode("utf-8", "replace"))
        return number


class _Met:
    """Forgets all words when there are too many, so that a stream of random ones does not fill the memory."""

    __slots__ = ("numbers",)

    def __init__(self) -> None:
        self.numbers = _Numbers()

    def fresh(self) -> _Numbers:
        if len(self.numbers) > _KEPT:
            self.numbers = _Numbers()
        return self.numbers


_MET = _Met()


@dataclass(frozen=True, slots=True)
class Units:
    """The words of texts, one text after another, and the pair that begins at each of them, as hashed numbers.

    `paired` is False at the last word of each text; `counts` is the number of words of each text.
    """

    words: Keys
    pairs: Keys
    paired: NDArray[np.bool_]
    counts: NDArray[np.int64]

    def only(self, texts: NDArray[np.bool_]) -> "Units":
        """Those of the texts that are marked."""
        kept = np.repeat(texts, self.counts)
        return Units(self.words[kept], self.pairs[kept], self.paired[kept], self.counts[texts])


def units_of(texts: Sequence[str]) -> Units:
    """The words and pairs of texts whose words stand between single spaces. Linear."""
    numbers = _MET.fresh()
    found: list[int] = []
    counts = []
    for text in texts:
        before = len(found)
        found += map(numbers.__getitem__, text.split())
        counts.append(len(found) - before)
    lengths = np.array(counts, np.int64)
    words = _mixed(np.array(found, np.uint64))
    paired = np.ones(len(words), np.bool_)
    paired[(np.cumsum(lengths) - 1)[lengths > 0]] = False
    pairs = _mixed(words * _PAIR + np.roll(words, -1)) if len(words) else words
    return Units(words, pairs, paired, lengths)


def known_of(units: Units) -> Bits:
    """The table of what these texts hold: packed bits, a power of two in number, at least `SPARSE` for each."""
    size = _USUAL if len(units.words) < _MANY else _LARGEST
    table = np.zeros(size, np.bool_)
    mask = np.uint64(size - 1)
    table[units.words & mask] = True
    table[units.pairs[units.paired] & mask] = True
    wanted = int(np.count_nonzero(table)) * SPARSE
    # Half a table of hashes is the same table for hashes of one bit less.
    while size > _SMALLEST and size // 2 >= wanted:
        size //= 2
        table = table[:size] | table[size:]
    return np.packbits(table, bitorder="little")


def with_more(known: Bits, units: Units) -> Bits:
    """The table of what was known and what these texts hold: a copy of the same size."""
    more = known.copy()
    for keys in (units.words, units.pairs[units.paired]):
        places = keys & np.uint64(len(known) * 8 - 1)
        np.bitwise_or.at(more, places >> np.uint64(3), np.uint8(1) << (places & np.uint64(7)).astype(np.uint8))
    return more


def familiarity(known: Bits, units: Units) -> NDArray[np.float64]:
    """For each text the share (0..1) of its words and adjacent pairs that are known; 0 for a text without words."""
    hits = _is_known(known, units.words)
    hits += _is_known(known, units.pairs) & units.paired
    ends = np.cumsum(units.counts)
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(hits, dtype=np.int64)))
    total = sums[ends] - sums[ends - units.counts]
    share: NDArray[np.float64] = total / np.maximum(2 * units.counts - 1, 1)
    return share


def _is_known(known: Bits, keys: Keys) -> NDArray[np.uint8]:
    places = keys & np.uint64(len(known) * 8 - 1)
    found: NDArray[np.uint8] = (known[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8)) & np.uint8(1)
    return found


def _mixed(keys: Keys) -> Keys:
    """Well spread 64-bit numbers (the finaliser of SplitMix64, Steele et al. 2014)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
