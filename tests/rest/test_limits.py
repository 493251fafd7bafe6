import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.types import Message

from triage_app.rest.failures import Refused
from triage_app.rest.limits import MOST_CALLERS, Limits, Rates, read_body, too_often


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_permissions_run_out_and_come_back() -> None:
    clock = Clock()
    rates = Rates(2, 3, clock)
    assert [rates.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert rates.take("b") == 0
    clock.now = 0.5
    assert [rates.take("a"), rates.take("a")] == [0, 0.5]
    clock.now = 1_000
    assert [rates.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_callers_are_forgotten_before_they_fill_the_memory() -> None:
    rates = Rates(0.001, 1, Clock())
    for number in range(MOST_CALLERS + 1):
        rates.take(str(number))
    assert rates.take("0") == 0
    assert rates.take(str(MOST_CALLERS)) > 0


def test_a_body_comes_whole_or_not_at_all() -> None:
    async def body(parts: list[bytes], limits: Limits, length: str = "") -> bytes:
        async def messages() -> AsyncIterator[Message]:
            for each in parts:
                yield {"type": "http.request", "body": each, "more_body": True}
            await asyncio.Event().wait()

        source = messages()
        headers = [(b"content-length", length.encode())] if length else []

        async def receive() -> Message:
            return await anext(source)

        return await read_body(Request({"type": "http", "headers": headers}, receive), limits)

    async def status(parts: list[bytes], limits: Limits, length: str = "") -> int:
        with pytest.raises(Refused) as refused:
            await body(parts, limits, length)
        return refused.value.status

    assert asyncio.run(status([b"a"], Limits(body_seconds=0.01))) == 408
    assert asyncio.run(status([b"a" * 6, b"a" * 6], Limits(body_bytes=10))) == 413
    assert asyncio.run(status([], Limits(body_bytes=10), "11")) == 413


def test_whoever_must_wait_is_told_how_long() -> None:
    assert too_often(0.01).headers == {"Retry-After": "1"}
