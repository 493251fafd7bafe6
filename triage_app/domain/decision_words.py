"""The sentences of a duplicate decision: why, for a person."""

from collections.abc import Sequence
from datetime import timedelta

MAX_SHOWN = 80
"""Characters of a key's value in a sentence."""


def span(duration: timedelta) -> str:
    """A duration in its two largest units: "2 h 5 min", "45 s", "0.3 s"; its sign is left out."""
    seconds = abs(duration.total_seconds())
    if seconds < 60:
        return f"{seconds:g} s" if seconds == int(seconds) else f"{seconds:.3g} s"
    whole = int(seconds)
    for unit, small, size, part in (("min", "s", 60, 1), ("h", "min", 3600, 60), ("d", "h", 86_400, 3600)):
        if whole < size * (60 if unit != "h" else 24) or unit == "d":
            rest = whole % size // part
            return f"{whole // size} {unit} {rest} {small}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def key_words(parts: Sequence[str], values: Sequence[str]) -> str:
    """The fields of a key with their values: `user.name|lower = anna, service.name = (missing)`."""
    return ", ".join(
        [
            f"{part} = {value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + '…'}" if value else f"{part} missing"
            for part, value in zip(parts, values, strict=False)
        ]
    )


def people(values: Sequence[str]) -> str:
    """Some values of many, for a sentence."""
    few = ", ".join(value[:MAX_SHOWN] for value in values[:5])
    return few if len(values) <= 5 else f"{few} and {len(values) - 5} more"
