"""How much time a search may take, and the end of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from triage_app.adapters.storage.dialects import Dialect
from triage_app.domain.errors import TooWide


class Budget:
    """Seconds from its making on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, 0 or more."""
        return max(0.0, self._end - time.monotonic())

    def shorten(self, seconds: float) -> None:
        """Leave so many seconds from now on, if not fewer are left."""
        self._end = min(self._end, time.monotonic() + seconds)

    def check(self) -> None:
        """Raises TooWide when nothing is left."""
        if not self.left():
            raise self.over()

    def over(self) -> TooWide:
        """What to say then."""
        return TooWide(
            f"This search was stopped after {self.seconds:g} s: what it asks for is spread too thinly over too many"
            " tickets. Add a word, a field or a time to it, such as `is:open` or `age:<30d`."
        )


@contextmanager
def within(budget: Budget, connection: Connection, dialect: Dialect) -> Iterator[None]:
    """Statements on the connection end when the budget is spent, with TooWide."""
    errors: tuple[type[Exception], ...] = (SQLAlchemyError, *dialect.driver_errors)
    try:
        with dialect.limited(connection, budget.left):
            yield
    except errors as error:
        if dialect.is_interrupted(error):
            raise budget.over() from error
        raise
