"""A person opens an address in a browser, and the browser is led back here."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.provider import CLIENT_SECRET, Clock, Provider, providing, secrets, signing_in
from tests.web import Web
from triage_app.adapters.net.browser_sign_in import SECONDS, by_browser, challenge
from triage_app.adapters.net.oauth import Authority, Registration
from triage_app.domain.errors import Cancelled, SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.services.context import CancelToken, Progress


def browse(address: str) -> requests.Response:
    """What a browser does."""
    return requests.get(address, timeout=5)


def nothing(_address: str) -> None:
    """What a person does who does not look."""


class Scene:
    """One sign-in at a provider; `person` is given the address once."""

    def __init__(self, web: Web, person: Callable[[str], object] = browse, secret: str = "") -> None:
        self.clock = Clock()
        self.told: list[Progress] = []
        self.cancel = CancelToken()
        self.person = person
        who = Registration.of(signing_in(web), secrets(client_secret=secret), {})
        self.authority = Authority(who, self.clock)

    @property
    def address(self) -> str:
        invitation = self.told[0].invitation
        assert invitation
        return invitation.address

    @property
    def port(self) -> int:
        back = urlsplit(parse_qs(urlsplit(self.address).query)["redirect_uri"][0])
        assert back.hostname == "127.0.0.1"
        assert back.port
        return back.port

    def run(self) -> tuple[str, str]:
        granted = by_browser(self.authority, self.clock, self.clock.wait, self._show, self.cancel)
        return granted.access.secret.reveal(), granted.refresh.reveal() if granted.refresh else ""

    def _show(self, progress: Progress) -> None:
        self.told.append(progress)
        if len(self.told) == 1:
            self.person(self.address)


def test_whoever_opens_the_address_is_signed_in_and_nothing_listens_any_more() -> None:
    pages: list[requests.Response] = []
    with providing(Provider()) as web:
        scene = Scene(web, lambda address: pages.append(browse(address)), CLIENT_SECRET)
        assert scene.run() == ("access-1", "refresh-1")
        (page,) = pages
        assert (page.status_code, page.text) == (200, "You may close this window.\n")
        assert web.asked[-1].form()["client_secret"] == CLIENT_SECRET
    # What is shown proves nothing: neither the verifier nor the secret is in it.
    assert web.asked[-1].form()["code_verifier"] not in scene.address
    assert CLIENT_SECRET not in scene.address
    with pytest.raises(requests.ConnectionError):
        browse(f"http://127.0.0.1:{scene.port}/")


def test_the_example_of_the_standard_gives_its_challenge() -> None:
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_no_two_sign_ins_have_a_state_or_a_proof_in_common() -> None:
    with providing(Provider()) as web:
        scenes = [Scene(web), Scene(web)]
        for scene in scenes:
            scene.run()
    first, second = (parse_qs(urlsplit(scene.address).query) for scene in scenes)
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_whoever_declines_is_told_so_and_no_token_is_asked_for() -> None:
    provider = Provider()
    provider.led = {"code": "", "error": "access_denied", "error_description": "They said \x1b[2Jno.\nTrace"}
    with (
        providing(provider) as web,
        pytest.raises(SourceFailed, match=r"^soc: They said \[2Jno\.: .*declined") as caught,
    ):
        Scene(web).run()
    assert caught.value.trouble is Trouble.AUTHENTICATION
    assert [asked.path for asked in web.asked] == ["/page"]


def test_a_browser_that_comes_back_without_a_code_ends_it() -> None:
    provider = Provider()
    provider.led = {"code": ""}
    with providing(provider) as web, pytest.raises(SourceFailed, match="did not answer with a code") as caught:
        Scene(web).run()
    assert caught.value.trouble is Trouble.PROTOCOL


def test_a_wrong_state_changes_nothing_and_the_right_one_still_counts() -> None:
    provider = Provider()
    seen: list[int] = []

    def person(address: str) -> None:
        provider.led = {"state": "of somebody else", "code": "injected"}
        seen.append(browse(address).status_code)
        provider.led = {}
        seen.append(browse(address).status_code)

    with providing(provider) as web:
        assert Scene(web, person).run() == ("access-1", "refresh-1")
    assert seen == [400, 200]


def test_a_code_of_another_sign_in_is_refused_for_want_of_its_proof() -> None:
    provider = Provider()

    def person(address: str) -> None:
        browse(address)
        provider.opened = {**provider.opened, "code_challenge": challenge(Secret("of somebody else"))}

    with providing(provider) as web, pytest.raises(SourceFailed, match="triage source sign-in soc") as caught:
        Scene(web, person).run()
    assert caught.value.trouble is Trouble.AUTHENTICATION
    assert provider.issued == 0


def test_nobody_is_waited_for_longer_than_ten_minutes() -> None:
    with providing(Provider()) as web:
        scene = Scene(web, nothing)
        with pytest.raises(SourceFailed, match="within 10 minutes") as caught:
            scene.run()
    assert caught.value.trouble is Trouble.AUTHENTICATION
    assert sum(scene.clock.waited) == SECONDS
    assert (scene.told[-1].done, scene.told[-1].total) == (599, 600)
    assert {each.invitation for each in scene.told} == {scene.told[0].invitation}


def test_a_cancel_ends_it_even_when_the_browser_is_back() -> None:
    with providing(Provider()) as web:
        scene = Scene(web)

        def person(address: str) -> None:
            browse(address)
            scene.cancel.cancel()

        scene.person = person
        with pytest.raises(Cancelled):
            scene.run()
    assert [asked.path for asked in web.asked] == ["/page"]
    with pytest.raises(requests.ConnectionError):
        browse(f"http://127.0.0.1:{scene.port}/")
