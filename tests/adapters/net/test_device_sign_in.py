"""A person enters a code in a browser, sooner, later or never."""

from collections.abc import Callable

import pytest

from tests.provider import Clock, Provider, providing, secrets, signing_in
from tests.web import Asked, Reply, Web, serving
from triage_app.adapters.net.device_sign_in import by_code
from triage_app.adapters.net.oauth import Authority, Registration
from triage_app.domain.errors import Cancelled, SourceFailed, Trouble
from triage_app.services.context import CancelToken, Progress


class Scene:
    """One sign-in at a provider."""

    def __init__(self, web: Web) -> None:
        self.clock = Clock()
        self.told: list[Progress] = []
        self.cancel = CancelToken()
        self.authority = Authority(Registration.of(signing_in(web), secrets(), {}), self.clock)
        self.wait: Callable[[float, CancelToken], None] = self.clock.wait

    def run(self) -> tuple[str, str]:
        granted = by_code(self.authority, self.clock, self.wait, self.told.append, self.cancel)
        return granted.access.kept.reveal(), granted.refresh.reveal() if granted.refresh else ""


def test_the_address_and_the_code_are_told_first_and_the_tokens_come_when_it_was_entered() -> None:
    with providing(Provider("authorization_pending", "authorization_pending")) as web:
        scene = Scene(web)
        assert scene.run() == ("2026-11-23T09:00:15+00:00 access-1", "refresh-1")
    assert [(each.done, each.total) for each in scene.told] == [(0, 900), (5, 900), (10, 900)]
    assert {each.invitation.code for each in scene.told if each.invitation} == {"WDJB-MJHT"}
    assert scene.clock.waited == [5, 5, 5]


def test_a_server_that_asks_for_patience_gets_it() -> None:
    with providing(Provider("slow_down", "authorization_pending", "slow_down")) as web:
        scene = Scene(web)
        scene.run()
    assert scene.clock.waited == [5, 10, 10, 15]


def test_a_server_that_is_away_for_a_moment_ends_nothing() -> None:
    provider = Provider()
    polls = 0

    def away(asked: Asked) -> Reply:
        nonlocal polls
        polls += asked.path == "/token"
        return Reply(b"", 503) if polls == 1 else provider(asked)

    with serving(away) as web:
        scene = Scene(web)
        assert scene.run()[1] == "refresh-1"
    assert scene.clock.waited == [5, 10]


@pytest.mark.parametrize("error", ["access_denied", "authorization_declined"])
def test_whoever_declines_is_not_asked_again(error: str) -> None:
    with providing(Provider("authorization_pending", error)) as web:
        scene = Scene(web)
        with pytest.raises(SourceFailed, match="declined") as caught:
            scene.run()
    assert caught.value.trouble is Trouble.AUTHENTICATION
    assert len(scene.clock.waited) == 2


@pytest.mark.parametrize("polls", [["authorization_pending"] * 500, ["authorization_pending", "expired_token"]])
def test_a_code_that_nobody_enters_ends(polls: list[str]) -> None:
    provider = Provider(*polls)
    provider.device["expires_in"] = 60
    with providing(provider) as web:
        scene = Scene(web)
        with pytest.raises(SourceFailed, match="nobody entered the code in time"):
            scene.run()
    assert sum(scene.clock.waited) <= 60


def test_a_cancel_ends_it_before_the_next_question() -> None:
    with providing(Provider(*["authorization_pending"] * 500)) as web:
        scene = Scene(web)

        def stop(seconds: float, cancel: CancelToken) -> None:
            scene.clock.wait(seconds, cancel)
            if len(scene.clock.waited) == 3:
                cancel.cancel()

        scene.wait = stop
        with pytest.raises(Cancelled):
            scene.run()
    assert [asked.path for asked in web.asked] == ["/device", "/token", "/token"]
