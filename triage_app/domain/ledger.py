"""The ledger of everything ever seen, and the balance that proves that nothing was lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from triage_app.domain.item import RawId


@dataclass(frozen=True, slots=True)
class Balance:
    """For one source, or for all of them: seen = ticketed + merged + dropped + parked + pending.

    `difference` is what is seen and not accounted for; anything but 0 is an error. `on_server` is how many items lie on
    the source's own side now (None where it does not tell), `skipped` how many its filter left out; both are beside the
    balance, since people delete and move mail there.
    """

    source: str
    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int
    difference: int = field(init=False)
    on_server: int | None = None
    skipped: int = 0

    def __post_init__(self) -> None:
        accounted = self.ticketed + self.merged + self.dropped + self.parked + self.pending
        object.__setattr__(self, "difference", self.seen - accounted)


def total(balances: Iterable[Balance], source: str) -> Balance:
    """The sum of balances under one name; `on_server` over those that tell."""
    held = tuple(balances)
    counts = [(b.seen, b.ticketed, b.merged, b.dropped, b.parked, b.pending) for b in held]
    seen, ticketed, merged, dropped, parked, pending = (sum(each) for each in zip((0,) * 6, *counts, strict=True))
    on_server = [each.on_server for each in held if each.on_server is not None]
    skipped = sum(each.skipped for each in held)
    found = sum(on_server) if on_server else None
    return Balance(source, seen, ticketed, merged, dropped, parked, pending, found, skipped)


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
