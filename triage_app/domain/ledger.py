"""The ledger of everything ever seen, and the balance that proves that nothing was lost."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.item import RawId


@dataclass(frozen=True, slots=True)
class Balance:
    """For one source, or for all of them: seen = ticketed + merged + dropped + parked + pending; `difference` must be 0."""

    source: str
    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int

    @property
    def difference(self) -> int:
        """What is seen and not accounted for; anything but 0 is an error."""
        return self.seen - self.ticketed - self.merged - self.dropped - self.parked - self.pending


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
