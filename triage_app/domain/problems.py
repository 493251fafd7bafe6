"""What is wrong with something a person wrote: collected, so that all of it is told at once."""

from collections.abc import Sequence
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""Where in a file: keys and positions from the root on."""


class Problems:
    """(path, sentence) pairs in the order of finding."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[tuple[Path, str]] = []

    def add(self, path: Path, text: str) -> None:
        """Note a problem."""
        self.found.append((path, text))


def hint(word: str, known: Sequence[str]) -> str:
    """The end of a sentence about a word that does not exist: what was probably meant, or all there is."""
    near = get_close_matches(word[:60].lower(), known, 1, 0.7)
    return f"; did you mean {near[0]}?" if near else f". There are: {', '.join(known)}."


def shown(value: object) -> str:
    """A value for a sentence: quoted, and not too long."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str) and len(value) > 60:
        value = f"{value[:57]}..."
    return repr(value)[:80]
