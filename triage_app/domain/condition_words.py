"""How named selections are joined: `a and not (b or c)`, `1 of them`, `all of login_*`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

MAX_WORDS = 200
"""Words and parentheses of a condition; bounds how deep its closures can nest."""

_WORD = re.compile(r"\s*(?:([()])|([\w*]+)|(\S))")
_STRENGTH = {"or": 1, "and": 2, "not": 3}
_RESERVED = frozenset({"and", "or", "not", "of", "them", "1", "all", "any"})


class WordsError(ValueError):
    """A condition that cannot be read; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Some:
    """Several selections at once: any of them, or every one."""

    names: tuple[str, ...]
    every: bool


Expression = tuple[str | Some, ...]
"""Reverse Polish: names of selections, `Some`, and the operators `and`, `or`, `not`."""


def parse_words(text: str, names: Sequence[str]) -> Expression:
    """The expression of a condition over these selections. Raises WordsError.

    `not` binds most, then `and`, then `or`; all group to the left. Read by operator precedence, without recursion.
    """
    words = _split(text)
    out: list[str | Some] = []
    waiting: list[str] = []
    value_next = True
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        lowered = word.lower()
        if value_next and lowered in ("not", "("):
            waiting.append(lowered)
        elif value_next and lowered in ("1", "any", "all") and words[at : at + 1] and words[at].lower() == "of":
            out.append(_some(lowered, words[at + 1 : at + 2], names))
            at += 2
            value_next = False
        elif value_next:
            if word not in names or lowered in _RESERVED:
                raise WordsError(_unknown(word, names))
            out.append(word)
            value_next = False
        elif lowered in ("and", "or"):
            _release(waiting, out, _STRENGTH[lowered])
            waiting.append(lowered)
            value_next = True
        elif word == ")":
            _release(waiting, out, 0)
            if not waiting:
                raise WordsError("The condition closes a parenthesis that it did not open.")
            waiting.pop()
        else:
            raise WordsError(f"The condition needs `and` or `or` before {word[:40]!r}.")
    if value_next:
        raise WordsError("The condition ends where the name of a selection is needed.")
    _release(waiting, out, 0)
    if waiting:
        raise WordsError("The condition opens a parenthesis that it does not close.")
    return tuple(out)


def _split(text: str) -> list[str]:
    words = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None or match[3]:
            raise WordsError(f"The condition cannot hold {match[3] if match else text[at]!r}.")
        words.append(match[1] or match[2])
        at = match.end()
        if len(words) > MAX_WORDS:
            raise WordsError(f"The condition has more than {MAX_WORDS} words: split the rule.")
    return words


def _release(waiting: list[str], out: list[str | Some], strength: int) -> None:
    """Write out the operators that bind at least as much; a `(` stops."""
    while waiting and waiting[-1] != "(" and _STRENGTH[waiting[-1]] >= max(strength, 1):
        out.append(waiting.pop())


def _some(quantity: str, pattern: Sequence[str], names: Sequence[str]) -> Some:
    if not pattern:
        raise WordsError("The condition says `of` without telling of what: write `of them` or `of name_*`.")
    wanted = "*" if pattern[0].lower() == "them" else pattern[0]
    chosen = tuple(name for name in names if fnmatchcase(name, wanted))
    if not chosen:
        raise WordsError(f"No selection is called like {wanted[:40]!r}.")
    return Some(chosen, quantity == "all")


def _unknown(word: str, names: Sequence[str]) -> str:
    there = f"There are: {', '.join(names)}." if names else "There is none."
    return f"The condition names the selection {word[:40]!r}, which is not there. {there}"
