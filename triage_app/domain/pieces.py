"""A text in pieces: words, marks, and what changes from one message to the next, each as one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from triage_app.domain.templates import changing


class PieceKind(StrEnum):
    """What a piece is."""

    WORD = "word"
    MARK = "mark"
    URL = "url"
    MAIL = "mail"
    AMOUNT = "amount"
    NUMBER = "number"
    TIME = "time"
    ID = "id"
    IP = "ip"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text, as columns: what each is, and the white space in front of it ("", " ", or one or two line
    breaks).
    """

    texts: tuple[str, ...]
    spaces: tuple[str, ...]
    kinds: tuple[PieceKind, ...]


_Columns = tuple[list[str], list[str], list[PieceKind]]
_BEFORE = re.compile(r"(?:[$€£¥₹₽]|(?<!\w)(?:usd|eur|gbp|chf|jpy|btc)) ?\Z", re.IGNORECASE)
_AFTER = re.compile(r" ?(?:[$€£¥₹₽]|(?:usd|eur|gbp|chf|jpy|btc|euros?|dollars?)(?!\w))", re.IGNORECASE)
_LONGEST_CURRENCY = 9
_PIECE = re.compile(r"(\s*)(\w+(?:[-.'’]\w+)*|([^\w\s])\3*)")
_BREAKS = re.compile(r"\n{3,}")
_TRAILING = ".,;:!?)]}>*_"


def pieces_of(text: str, *, most: int) -> Pieces:
    """The first `most` pieces of a text. White space is a blank, a line break or an empty line, whatever it was.

    Linear: white space comes down to two characters first, and every other repetition is bounded or runs over what
    nothing after it can take.
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    text = _BREAKS.sub("\n\n", "\n".join(lines)).strip()
    columns: _Columns = ([], [], [])
    at = 0
    for start, end, kind in _entities(text):
        between = text[at:start]
        _add_words(columns, between)
        columns[0].append(text[start:end])
        columns[1].append(between[len(between.rstrip()) :])
        columns[2].append(kind)
        at = end
        if len(columns[0]) >= most:
            break
    else:
        _add_words(columns, text[at:])
    texts, spaces, kinds = columns
    return Pieces(tuple(texts[:most]), tuple(spaces[:most]), tuple(kinds[:most]))


def _add_words(columns: _Columns, text: str) -> None:
    found = _PIECE.findall(text)
    columns[0].extend([each for _, each, _ in found])
    columns[1].extend([space for space, _, _ in found])
    columns[2].extend([PieceKind.MARK if mark else PieceKind.WORD for _, _, mark in found])


def _entities(text: str) -> Iterator[tuple[int, int, PieceKind]]:
    """What changes, in order and apart from each other."""
    at = 0
    for start, end, kind in changing(text):
        if kind == "number":
            begin, stop = _with_currency(text, max(start - _LONGEST_CURRENCY, at), start, end)
            yield begin, stop, PieceKind.NUMBER if (begin, stop) == (start, end) else PieceKind.AMOUNT
        elif kind == "url":
            # A sentence's own marks after a link are none of it.
            stop = start + len(text[start:end].rstrip(_TRAILING))
            yield start, stop, PieceKind.URL
        else:
            stop = end
            yield start, end, PieceKind(kind)
        at = stop


def _with_currency(text: str, since: int, start: int, end: int) -> tuple[int, int]:
    """An amount of money is one with its currency; nothing before `since` is."""
    if before := _BEFORE.search(text[since:start]):
        return since + before.start(), end
    after = _AFTER.match(text, end, end + _LONGEST_CURRENCY)
    return start, after.end() if after else end
