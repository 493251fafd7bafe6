"""The ledger of everything ever seen, and the balance that proves that nothing was lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from triage_app.domain.item import RawId


@dataclass(frozen=True, slots=True)
class Balance:
    """For one source, or for all of them: seen = ticketed + merged + dropped + parked + pending.

    `difference` is what is seen and not accounted for; anything but 0 is an error.
    """

    source: str
    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int
    difference: int = field(init=False)

    def __post_init__(self) -> None:
        accounted = self.ticketed + self.merged + self.dropped + self.parked + self.pending
        object.__setattr__(self, "difference", self.seen - accounted)


def total(balances: Iterable[Balance], source: str) -> Balance:
    """The sum of balances under one name."""
    counts = [(b.seen, b.ticketed, b.merged, b.dropped, b.parked, b.pending) for b in balances]
    return (
        Balance(source, *(sum(column) for column in zip(*counts, strict=True)))
        if counts
        else Balance(source, 0, 0, 0, 0, 0, 0)
    )


@dataclass(frozen=True, slots=True)
class ParkedItem:
    """An item that could not be used, with its reason; it can be looked at, tried again or dismissed."""

    id: RawId
    source: str
    origin: str
    size: int
    seen_at: datetime
    code: str
    reason: str
    attempts: int
