"""Cutting a query into its parts: words, phrases, fields with values, AND, OR, NOT and parentheses."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from triage_app.domain.hosts import ipv6_of
from triage_app.domain.observable import mac_of

QUOTES = '"“”„'

# A field's name and its colon. What is no field though it looks like one: `http://`, `C:\`, `HKLM:\`, addresses.
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,39}):(?!//)")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|HK[A-Z_]{2,20}:\\")
_OPERATOR = re.compile(r"<=|>=|[<>=]")
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000\ue001]")
_WORDS = {"AND", "OR", "NOT"}
# In a list of URLs a comma belongs to the URL, unless another one begins behind it.
_NEXT_URL = re.compile(r",(?=[A-Za-z*_#-]{2,10}[\[(]?:)")


class TokenKind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    PART = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a phrase, or one value of a field, without its quotes and its star; `start` to `end` is all of it."""

    text: str
    start: int
    end: int
    quoted: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands (characters, end exclusive).

    A part has a `name` as it was written and an `operator` where it is a field, and its pieces: one for a word, for a
    field as many as there are commas between them and one more, the text of each maybe empty. `open` is the place of
    a quote that nothing closes, -1 where there is none.
    """

    kind: TokenKind
    start: int
    end: int
    name: str = ""
    operator: str = ""
    pieces: tuple[Piece, ...] = ()
    open: int = -1


def usable(text: str) -> str:
    """The text with what no database takes (controls, halves of characters) as spaces, every place kept."""
    return _UNUSABLE.sub(" ", text)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a usable text, in order; in linear time, whatever the text is."""
    found: list[Token] = []
    # What is open: True for a group, False for a parenthesis within a word ("printf(a b)"), whose end is no token.
    opened: list[bool] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        if char == ")" and opened and not opened.pop():
            at += 1
            continue
        if char == "(":
            opened.append(True)
            token = Token(TokenKind.OPEN, at, at + 1)
        elif char == ")":
            token = Token(TokenKind.CLOSE, at, at + 1)
        elif char == "-" and _excludes(text[at + 1 : at + 2]):
            token = Token(TokenKind.NOT, at, at + 1)
        else:
            token = _part(text, at)
            opened += [False] * _left_open(token)
        found.append(token)
        at = token.end
    return found


def _left_open(token: Token) -> int:
    """How many parentheses a part opens in its words and does not close there."""
    texts = [each.text for each in token.pieces if not each.quoted]
    return sum(max(0, each.count("(") - each.count(")")) for each in texts)


def _excludes(following: str) -> bool:
    """Whether a dash before this character excludes: not in "->", "--" and alone."""
    return following.isalnum() or (following != "" and following in QUOTES + "_([<")


def _part(text: str, at: int) -> Token:
    if text[at] in QUOTES:
        piece, opened = _quoted(text, at)
        return Token(TokenKind.PART, at, piece.end, pieces=(piece,), open=opened)
    end = _word_end(text, at)
    word = text[at:end]
    named = _NAME.match(word)
    if named is None or _is_no_field(word):
        kind = TokenKind[word] if word in _WORDS else TokenKind.PART
        return Token(kind, at, end, pieces=(_bare(text, at, end),))
    return _field(text, at, named[1])


def _is_no_field(word: str) -> bool:
    whole = word.strip("[]<>,;.")
    if _DRIVE.match(word) or ipv6_of(whole) or mac_of(whole):
        return True
    return word[:7].lower() == "mailto:"


def _field(text: str, start: int, name: str) -> Token:
    """A field, its operator, and its values."""
    at = start + len(name) + 1
    match = _OPERATOR.match(text, at)
    operator = match[0] if match else ""
    at += len(operator)
    pieces: list[Piece] = []
    while True:
        if at < len(text) and text[at] in QUOTES:
            piece, opened = _quoted(text, at)
            pieces.append(piece)
            if opened >= 0:
                return Token(TokenKind.PART, start, piece.end, name, operator, tuple(pieces), opened)
        else:
            pieces.append(_bare(text, at, _word_end(text, at, is_value=True, is_url=name.lower() == "url")))
        at = pieces[-1].end
        if at >= len(text) or text[at] != ",":
            return Token(TokenKind.PART, start, at, name, operator, tuple(pieces))
        at += 1


def _quoted(text: str, at: int) -> tuple[Piece, int]:
    """A phrase in quotes, with the star behind it; and the place of its quote where nothing closes it, else -1."""
    end = at + 1
    while end < len(text) and text[end] not in QUOTES:
        end += 1
    if end >= len(text):
        return Piece(text[at + 1 :], at, len(text), quoted=True), at
    starred = text.startswith("*", end + 1)
    return Piece(text[at + 1 : end], at, end + 1 + starred, quoted=True, prefix=starred), -1


def _bare(text: str, start: int, end: int) -> Piece:
    """A word or value without quotes."""
    starred = end - start > 1 and text[end - 1] == "*" and text[end - 2].isalnum()
    return Piece(text[start : end - starred], start, end, prefix=starred)


def _word_end(text: str, at: int, *, is_value: bool = False, is_url: bool = False) -> int:
    """Where a word ends: at a space, a quote, or a parenthesis that was not opened in it ("evil(.)example"); and a
    value at a comma.
    """
    depth = 0
    while at < len(text):
        char = text[at]
        if char.isspace() or char in QUOTES or (char == ")" and not depth):
            break
        if char == "," and is_value and (not is_url or _NEXT_URL.match(text, at)):
            break
        depth += (char == "(") - (char == ")")
        at += 1
    return at
