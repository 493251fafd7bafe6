"""How long a person looked at a ticket before deciding: from showing it to the key, without longer absences."""

from collections.abc import Callable
from time import monotonic

from triage_app.domain.ticket import TicketId

SHORT_ABSENCE_S = 120.0
"""Whoever is away for at most this long (seconds) may be looking something up: that is work on the ticket."""


class Stopwatch:
    """Runs for one ticket at a time. `clock` tells seconds from any beginning."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._ticket: TicketId | None = None
        self._begun = 0.0
        self._absent = 0.0
        self._left: float | None = None

    def begin(self, ticket: TicketId | None) -> None:
        """A ticket is shown from now on, or none; the same one again changes nothing."""
        if ticket != self._ticket:
            self._ticket = ticket
            self._begun = self._clock()
            self._absent = 0.0
            self._left = None if self._left is None else self._begun

    def leave(self) -> None:
        """The ticket is not looked at any more: another window, or another screen of the desk."""
        if self._left is None:
            self._left = self._clock()

    def come_back(self) -> None:
        """It is looked at again."""
        if self._left is not None:
            self._absent += self._absence()
            self._left = None

    def seconds(self, ticket: TicketId) -> float | None:
        """How long this ticket was looked at by now; None for one that is not shown."""
        if ticket != self._ticket:
            return None
        return max(0.0, self._clock() - self._begun - self._absent - self._absence())

    def _absence(self) -> float:
        away = 0.0 if self._left is None else self._clock() - self._left
        return away if away > SHORT_ABSENCE_S else 0.0
