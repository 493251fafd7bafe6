"""Shares of counted things, and how sure one can be of them."""

from math import sqrt
from typing import Final

Z95: Final = 1.96
"""How many standard errors a 95 % interval reaches to each side."""


def wilson(right: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The interval (low, high), 0..1, in which the true share lies of which `right` of `n` were seen; 0..1 for `n` 0.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if n <= 0:
        return 0.0, 1.0
    share = right / n
    room = z * z / n
    middle = (share + room / 2) / (1 + room)
    reach = z * sqrt(share * (1 - share) / n + room / (4 * n)) / (1 + room)
    low = 0.0 if right <= 0 else max(0.0, middle - reach)
    high = 1.0 if right >= n else min(1.0, middle + reach)
    return low, high


def share_of(right: int, n: int) -> float:
    """`right` of `n`, 0..1; 0 where `n` is 0."""
    return right / n if n else 0.0
