"""How much one caller may ask for: requests a second, bytes a request, seconds to send it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from triage_app.domain.errors import Cancelled, InvalidInput, TooMuch
from triage_app.rest.failures import Refused

MOST_CALLERS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may ask for. `refusals` are failed sign-ins a minute from one address."""

    body_bytes: int = 10_000_000
    body_seconds: float = 30.0
    header_seconds: float = 10.0
    idle_seconds: float = 15.0
    requests_a_second: float = 500.0
    burst: float = 1_000.0
    refusals: float = 30.0
    connections: int = 500
    waiting_bytes: int = 100_000_000
    listeners: int = 50


class Rates:
    """A bucket of permissions for each caller, filled steadily; the callers not seen for longest are forgotten."""

    def __init__(self, a_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._a_second = a_second
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Take one permission: 0.0, or the seconds until there is one."""
        left, now = self._now(caller)
        if left < 1:
            return (1 - left) / self._a_second
        self._keep(caller, left - 1, now)
        return 0.0

    def _now(self, caller: str) -> tuple[float, float]:
        now = self._clock()
        left, at = self._left.get(caller, (self._burst, now))
        return min(self._burst, left + (now - at) * self._a_second), now

    def _keep(self, caller: str, left: float, now: float) -> None:
        self._left[caller] = (left, now)
        self._left.move_to_end(caller)
        while len(self._left) > MOST_CALLERS:
            self._left.popitem(last=False)


async def read_body(request: Request, limits: Limits) -> bytes:
    """The whole body; raises Refused for one that is too large or comes too slowly."""
    most = limits.body_bytes
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError as error:
        raise Refused(
            408, InvalidInput(f"The request was not sent within {limits.body_seconds:g} s."), {"Connection": "close"}
        ) from error
    except ClientDisconnect as error:
        raise Refused(400, Cancelled("The connection was closed before the request was sent.")) from error
    return bytes(body)


def too_often(seconds: float) -> Refused:
    """The refusal of a caller who must wait."""
    return Refused(
        429,
        TooMuch(f"Too many requests. Try again in {max(1, round(seconds))} s."),
        {"Retry-After": str(max(1, round(seconds)))},
    )


def _too_large(most: int) -> Refused:
    return Refused(
        413,
        TooMuch(f"A request may have {most // 1_000_000} MB. Send less at once."),
        {"Connection": "close"},
    )
