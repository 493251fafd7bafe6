"""Tokens are renewed in time, kept at once, and never twice by the same refresh token."""

import threading
from datetime import timedelta

import pytest

from tests.fakes.box import MemorySecrets
from tests.provider import BEGIN, CLIENT_SECRET, Clock, Provider, providing, secrets, signing_in
from tests.web import Web
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.oauth import AccessToken
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName

SOC = SourceName("soc")


class Scene:
    """A source that was signed in to, with one good refresh token."""

    def __init__(self, web: Web, provider: Provider, store: MemorySecrets | None = None) -> None:
        provider.good.add("refresh-0")
        self.provider = provider
        self.clock = Clock()
        self.store = store or MemorySecrets()
        self.source = signing_in(web)
        self.tokens = Tokens(self.store, self.clock, {})
        self.keep(refresh_token="refresh-0")

    def keep(self, **given: str) -> None:
        for name, value in given.items():
            self.store.put(SOC, name, Secret(value))

    def kept(self, name: str) -> str:
        found = self.store.get(SOC, name)
        return found.reveal() if found else ""

    def token(self) -> str:
        held = {name: secret for (_, name), secret in self.store.held.items()}
        return self.tokens(self.source, held).reveal()


def test_a_token_is_renewed_only_when_its_end_is_near_and_the_new_ones_are_kept() -> None:
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider)
        assert scene.token() == "access-1"
        assert scene.kept("refresh_token") == "refresh-1"
        assert scene.kept("token") == "2026-11-23T09:00:00+00:00 access-1"
        # when there is time left, even after a new start, then nobody is asked
        scene.clock.now = BEGIN + timedelta(minutes=58)
        assert scene.token() == "access-1"
        assert (
            Tokens(scene.store, scene.clock, {})(scene.source, secrets(refresh_token="refresh-1")).reveal()
            == "access-1"
        )
        # when a minute is left, it is traded for a new one
        scene.clock.now = BEGIN + timedelta(minutes=59, seconds=1)
        assert scene.token() == "access-2"
        assert scene.kept("refresh_token") == "refresh-2"
    assert len(web.asked) == 2
    assert web.asked[0].form() == {
        "grant_type": "refresh_token",
        "client_id": "triage",
        "refresh_token": "refresh-0",
        "scope": "mail offline_access",
    }


def test_a_long_connection_gets_new_tokens_and_those_that_another_process_renewed() -> None:
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider)
        giver = scene.tokens.giver(scene.source, secrets(refresh_token="refresh-0"))
        assert giver().reveal() == "access-1"
        # when another process renews
        other = AccessToken(Secret("access-x"), BEGIN + timedelta(hours=2))
        scene.keep(token=other.kept.reveal(), refresh_token="refresh-x")
        provider.good = {"refresh-x"}
        assert giver().reveal() == "access-x"
        # and time passes
        scene.clock.now = BEGIN + timedelta(hours=2)
        assert giver().reveal() == "access-2"


def test_two_that_need_a_token_at_once_trade_the_refresh_token_once() -> None:
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider)
        found: list[str] = []
        threads = [threading.Thread(target=lambda: found.append(scene.token())) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(20)
    assert found == ["access-1"] * 4
    assert len(web.asked) == 1


class TradedMeanwhile(MemorySecrets):
    """The third look finds what another process has put there since the second."""

    looks = 0

    def get(self, source: SourceName, field: str) -> Secret | None:
        if field == "refresh_token":
            self.looks += 1
            if self.looks == 3:
                self.put(source, field, Secret("refresh-x"))
        return super().get(source, field)


def test_a_refresh_token_that_another_process_traded_meanwhile_is_replaced_by_its_successor() -> None:
    # given a provider that takes only the successor
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider, TradedMeanwhile())
        provider.good = {"refresh-x"}
        assert scene.token() == "access-1"
    assert [asked.form()["refresh_token"] for asked in web.asked] == ["refresh-0", "refresh-x"]


def test_a_sign_in_that_is_over_says_so() -> None:
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider)
        provider.good.clear()
        with pytest.raises(SourceFailed, match=r"Sign in anew: triage source sign-in soc$") as caught:
            scene.token()
    assert caught.value.trouble is Trouble.AUTHENTICATION
    assert "refresh-0" not in caught.value.message


def test_a_test_of_what_is_not_stored_leaves_what_is_stored_alone() -> None:
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider)
        provider.good.add("refresh-new")
        giver = scene.tokens.giver(scene.source, secrets(refresh_token="refresh-new"))
        assert (giver().reveal(), giver().reveal()) == ("access-1", "access-1")
        scene.clock.now = BEGIN + timedelta(hours=1)
        assert giver().reveal() == "access-2"
        assert (scene.kept("refresh_token"), scene.kept("token")) == ("refresh-0", "")


def test_a_token_that_a_person_gave_is_used_as_it_is() -> None:
    source = Source(SOC, "imap", {})
    tokens = Tokens(MemorySecrets(), Clock(), {})
    assert tokens(source, secrets(token="by-hand")).reveal() == "by-hand"
    with pytest.raises(SourceFailed, match=r"not signed in\. Sign in: triage source sign-in soc"):
        tokens(source, {})


def test_an_application_gets_its_tokens_by_its_own_secret() -> None:
    with providing(provider := Provider()) as web:
        scene = Scene(web, provider)
        giver = scene.tokens.application(scene.source, secrets(client_secret=CLIENT_SECRET), "all/.default")
        assert (giver().reveal(), giver().reveal()) == ("access-1", "access-1")
        scene.clock.now = BEGIN + timedelta(hours=1)
        assert giver().reveal() == "access-2"
        with pytest.raises(SourceFailed, match="client_secret") as caught:
            scene.tokens.application(scene.source, secrets(client_secret="wrong-one"), "")()
    assert caught.value.trouble is Trouble.SETTINGS
    assert "wrong-one" not in caught.value.message
