"""Months in UTC: the stretch of time that a report is about."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from triage_app.domain.errors import InvalidInput

_FORM: Final = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Month:
    """A month: from `since` on, and before `until`."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """YYYY-MM."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def since(self) -> datetime:
        """Its first moment, aware UTC."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self.after.since

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    @property
    def after(self) -> "Month":
        """The month after."""
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)


def month_named(text: str) -> Month:
    """The month of a text YYYY-MM, from 1001 to 9998; raises InvalidInput."""
    found = _FORM.fullmatch(text.strip())
    if found is None or not 1001 <= int(found[1]) <= 9998:
        raise InvalidInput(f"{text!r} is no month. Write it as YYYY-MM, such as 2026-03.")
    return Month(int(found[1]), int(found[2]))


def month_of(at: datetime) -> Month:
    """The month in UTC of an aware time."""
    moment = at.astimezone(UTC)
    return Month(moment.year, moment.month)
