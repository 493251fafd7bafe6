"""The words of a ticket, as the full-text index cuts them, and a small record of them by which texts are compared.

A record keeps hashes instead of texts: those of the subject, and the smallest ones of the rest, which are an even
sample of it (bottom-k sketch, Cohen and Kaplan 2007), so that two records of long texts still share what those share.
"""

import re
import unicodedata
from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from struct import pack, unpack
from typing import Final
from zlib import crc32

MAX_SUBJECT_TERMS: Final = 64
MAX_TEXT_TERMS: Final = 256
MAX_READ: Final = 64_000
"""Characters of a text that are read."""

_LONGEST_NAME = 60
_SHORTEST_PART = 3
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FORM = "I"


@dataclass(frozen=True, slots=True)
class Record:
    """Hashes of the words of a subject, and of words of the text that are not in it: 32 bits each, in order."""

    subject: "array[int]"
    text: "array[int]"


EMPTY = Record(array(_FORM), array(_FORM))


def unmarked(word: str) -> str:
    """A word in lower case and without accents."""
    if word.isascii():
        return word.lower()
    return "".join(each for each in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(each))


def words_of(text: str) -> dict[str, None]:
    """The different words of a text as the full-text index has them, in order of appearance."""
    return dict.fromkeys(map(unmarked, _WORD.findall(text[:MAX_READ])))


def terms_of(text: str) -> dict[str, None]:
    """The words of a text and, of words with capitals inside such as `NameNodeProxy`, their parts; in order."""
    return dict.fromkeys(term for _, term in _terms(text))


def _terms(text: str) -> Iterator[tuple[str, str]]:
    """Each term as it is spelled, and as it is compared."""
    for word in _WORD.findall(text[:MAX_READ]):
        yield word, unmarked(word)
        if len(word) <= _LONGEST_NAME and not (word.islower() or word.isupper() or word.isdecimal()):
            parts = _PART.findall(word)
            if len(parts) > 1:
                yield from ((each, each.lower()) for each in parts if len(each) >= _SHORTEST_PART)


def hash_of(term: str) -> int:
    """The 32 bits by which a record knows a term (CRC-32)."""
    return crc32(term.encode("utf-8", "replace"))


def record_of(subject: str, text: str) -> bytes:
    """The record of a ticket's subject and text: a byte that says how many hashes are the subject's, then these and the
    others, four bytes each, the lowest byte first. At most 1,281 bytes.
    """
    head = {hash_of(each) for each in terms_of(subject)}
    rest = {hash_of(each) for each in terms_of(text)} - head
    first, then = sorted(head)[:MAX_SUBJECT_TERMS], sorted(rest)[:MAX_TEXT_TERMS]
    return pack(f"<B{len(first) + len(then)}I", len(first), *first, *then)


def read_record(stored: bytes) -> Record:
    """The record that `record_of` wrote; an empty one for anything else."""
    if not stored or len(stored) % 4 != 1 or stored[0] * 4 > len(stored) - 1:
        return EMPTY
    hashes = array(_FORM, unpack(f"<{len(stored) // 4}I", stored[1:]))
    return Record(hashes[: stored[0]], hashes[stored[0] :])


def spelled(text: str, wanted: Collection[int]) -> dict[int, str]:
    """Those of the wanted terms, by their hashes, that are in a text, as they are spelled where they first appear."""
    found: dict[int, str] = {}
    for word, term in _terms(text):
        number = hash_of(term)
        if number in wanted:
            found.setdefault(number, word)
    return found
