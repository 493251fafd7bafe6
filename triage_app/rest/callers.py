"""A record of who calls: bounded, and read from any thread."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Lock

from triage_app.domain.token import Caller

MOST_CALLERS = 500
"""So many callers with a token are remembered, and as many without one: who guesses pushes out nobody who may come."""


class Callers:
    """Counts the requests of each token from each address; those that were not heard of for longest are forgotten, but
    nobody who listens.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` tells the time in UTC."""
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], Caller] = OrderedDict()
        self._unknown: OrderedDict[tuple[str, str], Caller] = OrderedDict()

    def all(self) -> tuple[Caller, ...]:
        """Every caller that is remembered, the last one heard of first."""
        with self._lock:
            found = [*self._known.values(), *self._unknown.values()]
        return tuple(sorted(found, key=lambda each: each.last, reverse=True))

    def came(self, token: str, address: str) -> None:
        """Count a request; `token` is empty where it brought no valid one."""
        with self._lock:
            found = self._found(token, address)
            self._keep(replace(found, last=self._clock(), requests=found.requests + 1))

    def refused(self, token: str, address: str) -> None:
        """Count the request that came last from there as refused."""
        with self._lock:
            found = self._found(token, address)
            self._keep(replace(found, refused=found.refused + 1))

    @contextmanager
    def listening(self, token: str, address: str) -> Iterator[None]:
        """Count a stream of events as open until the block ends."""
        self._listens(token, address, 1)
        try:
            yield
        finally:
            self._listens(token, address, -1)

    def _listens(self, token: str, address: str, more: int) -> None:
        with self._lock:
            found = self._found(token, address)
            self._keep(replace(found, listening=found.listening + more))

    def _shelf(self, token: str) -> OrderedDict[tuple[str, str], Caller]:
        return self._known if token else self._unknown

    def _found(self, token: str, address: str) -> Caller:
        found = self._shelf(token).get((token, address))
        if found is None:
            now = self._clock()
            found = Caller(token, address, now, now, 0, 0, 0)
        return found

    def _keep(self, caller: Caller) -> None:
        shelf = self._shelf(caller.token)
        key = (caller.token, caller.address)
        shelf[key] = caller
        shelf.move_to_end(key)
        if len(shelf) > MOST_CALLERS:
            oldest = next((each for each, kept in shelf.items() if not kept.listening), None)
            if oldest is not None:
                del shelf[oldest]
