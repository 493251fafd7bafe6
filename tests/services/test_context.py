"""Cancel and progress."""

import pytest

from triage_app.domain.errors import Cancelled
from triage_app.services.context import CancelToken, Invitation


def test_a_token_stops_the_next_check_and_not_before() -> None:
    token = CancelToken()
    token.check()
    token.cancel()
    assert token.cancelled
    with pytest.raises(Cancelled, match="kept"):
        token.check()


def test_an_invitation_says_what_to_do_with_a_code_and_without() -> None:
    assert Invitation("https://a.example", "WDJB").sentence == "Open https://a.example and enter the code WDJB"
    alone = Invitation("https://a.example", "").sentence
    assert alone == "In a browser on the machine that holds the workspace, open https://a.example"
