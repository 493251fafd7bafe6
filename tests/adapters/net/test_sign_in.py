"""Which way somebody signs in, and what is kept of it."""

import pytest
import requests

from tests.provider import Clock, Provider, providing, secrets, signing_in
from tests.web import Web
from triage_app.adapters.net.sign_in import OAuthSignIn
from triage_app.domain.errors import SourceFailed
from triage_app.services.context import CancelToken, Progress


def signed_in(web: Web, **settings: str) -> dict[str, str]:
    """By a person who enters a code, or opens an address, at once."""
    clock = Clock()
    opened: list[str] = []

    def show(progress: Progress) -> None:
        invitation = progress.invitation
        if invitation and not invitation.code and not opened:
            opened.append(invitation.address)
            requests.get(invitation.address, timeout=5).raise_for_status()

    sign_in = OAuthSignIn({}, "xoauth2", clock, clock.wait)
    found = sign_in(signing_in(web, **settings), secrets(), show, CancelToken())
    return {name: secret.reveal() for name, secret in found.items()}


@pytest.mark.parametrize(("way", "road"), [("auto", "/device"), ("code", "/device"), ("browser", "/page")])
def test_both_ways_end_with_tokens_to_keep(way: str, road: str) -> None:
    with providing(Provider()) as web:
        found = signed_in(web, sign_in=way)
    assert found["refresh_token"] == "refresh-1"
    assert found["token"].endswith("+00:00 access-1")
    assert [asked.path for asked in web.asked] == [road, "/token"]


@pytest.mark.parametrize("way", ["code", "browser"])
def test_a_sign_in_that_would_not_last_is_refused(way: str) -> None:
    provider = Provider()
    provider.first_refresh = False
    with providing(provider) as web, pytest.raises(SourceFailed, match="offline_access"):
        signed_in(web, sign_in=way)


def test_a_source_with_a_password_is_not_signed_in_to_so() -> None:
    with providing(Provider()) as web, pytest.raises(SourceFailed, match="--set auth=xoauth2"):
        signed_in(web, auth="plain")
    assert web.asked == []
