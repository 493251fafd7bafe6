import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from triage_app.domain.errors import Cancelled, StorageFailed, TriageError
from triage_app.domain.token import Scope, Token, TokenName
from triage_app.rest.failures import Refused
from triage_app.rest.gathering import BATCH_POSTS, Gatherer
from triage_app.services.push_commands import Post, PushAlerts, PushReport

TOKENS = [
    Token(TokenName(name), (Scope.INTAKE,), f"of {name}", datetime(2026, 11, 24, tzinfo=UTC)) for name in ("a", "b")
]


@dataclass
class Recorder:
    """An App that answers each post with its length, and fails for a text that says so."""

    batches: list[PushAlerts]

    def execute(self, command: PushAlerts, *, actor: str) -> PushReport:
        self.batches.append(command)
        assert command.source == f"of {actor}"
        if "fail" in command.posts:
            raise StorageFailed("The disk is full.")
        return PushReport(tuple(Post(len(each), 0, 0) for each in command.posts))


def test_posts_share_a_command_and_each_gets_its_own_answer() -> None:
    recorder = Recorder([])

    async def run() -> list[Post]:
        gatherer = Gatherer(cast("Any", recorder), 10_000_000)
        async with gatherer.running():
            return await asyncio.gather(
                *(gatherer.push(TOKENS[number % 2], "x" * number, str(number)) for number in range(3_000))
            )

    answers = asyncio.run(run())
    assert [each.accepted for each in answers] == list(range(3_000))
    assert len(recorder.batches) < 12
    assert max(len(each.posts) for each in recorder.batches) <= BATCH_POSTS
    keys = [key for batch in recorder.batches for key in batch.keys]
    assert sorted(map(int, keys)) == list(range(3_000))


def test_a_failure_reaches_whoever_it_concerns_and_nobody_else() -> None:
    async def run() -> list[Any]:
        gatherer = Gatherer(cast("Any", Recorder([])), 1_000)
        async with gatherer.running():
            both = (gatherer.push(TOKENS[0], "fail", ""), gatherer.push(TOKENS[1], "good", ""))
            return list(await asyncio.gather(*both, return_exceptions=True))

    failed, good = asyncio.run(run())
    assert isinstance(failed, TriageError)
    assert good == Post(4, 0, 0)


def test_more_than_can_be_held_is_refused_and_nothing_is_taken_after_the_end() -> None:
    async def run() -> None:
        gatherer = Gatherer(cast("Any", Recorder([])), 10)
        async with gatherer.running():
            with pytest.raises(Refused) as refused:
                await gatherer.push(TOKENS[0], "x" * 11, "")
            assert refused.value.status == 429
        with pytest.raises(Cancelled):
            await gatherer.push(TOKENS[0], "x", "")

    asyncio.run(run())
