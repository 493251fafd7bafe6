"""A query as text in which parts are taken out and put in: what its chips and completions do to it."""

from triage_app.domain.query_completion import Completion
from triage_app.domain.query_tokens import Token, TokenKind, tokens_of, usable

_BETWEEN = (TokenKind.AND, TokenKind.OR)
_AFTER_WHICH_NOTHING_JOINS = (TokenKind.OPEN, TokenKind.NOT, *_BETWEEN)


def without(text: str, start: int, end: int) -> str:
    """The query without what stands from `start` to `end`, and without the operators that would hang in the air."""
    tokens = tokens_of(usable(text))
    gone = {place for place, each in enumerate(tokens) if each.start >= start and each.end <= end}
    for place in range(len(tokens) - 2, -1, -1):
        if place + 1 in gone and tokens[place].kind is TokenKind.NOT:
            gone.add(place)
    kept = [each for place, each in enumerate(tokens) if place not in gone]
    if not gone:
        return " ".join((text[:start] + text[end:]).split())
    while (tidier := _tidied(kept)) != kept:
        kept = tidier
    return _joined(text, kept)


def _tidied(tokens: list[Token]) -> list[Token]:
    """The tokens without the first one that makes no sense where it stands."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1].kind if place else TokenKind.OPEN
        after = tokens[place + 1].kind if place + 1 < len(tokens) else TokenKind.CLOSE
        if token.kind is TokenKind.OPEN and place + 1 < len(tokens) and after is TokenKind.CLOSE:
            return tokens[:place] + tokens[place + 2 :]
        lonely = token.kind is TokenKind.NOT and after in (TokenKind.CLOSE, *_BETWEEN)
        hangs = token.kind in _BETWEEN and (
            before in _AFTER_WHICH_NOTHING_JOINS or after in (TokenKind.CLOSE, *_BETWEEN)
        )
        if lonely or hangs:
            return tokens[:place] + tokens[place + 1 :]
    return tokens


def _joined(text: str, tokens: list[Token]) -> str:
    found = ""
    for token in tokens:
        word = text[token.start : token.end]
        close = not found or found.endswith(("(", "-")) or token.kind is TokenKind.CLOSE
        found += word if close else f" {word}"
    return found


def completed(text: str, completion: Completion) -> tuple[str, int]:
    """The query with a completion put in, and where the cursor stands then.

    What is whole is followed by a space, so that one can go on at once.
    """
    put, rest = completion.text, text[completion.end :]
    if not put.endswith((":", " ")):
        put, rest = f"{put} ", rest.lstrip()
    return text[: completion.start] + put + rest, completion.start + len(put)


def place_of(text: str, units: int) -> int:
    """The place in a text, in characters, that Qt counts as so many UTF-16 units: an emoji is two of them."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def units_of(text: str, place: int) -> int:
    """The UTF-16 units before a place that is counted in characters."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
