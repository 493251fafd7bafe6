"""Cancel and progress."""

import pytest

from triage_app.domain.errors import Cancelled
from triage_app.services.context import CancelToken


def test_a_token_stops_the_next_check_and_not_before() -> None:
    token = CancelToken()
    token.check()
    token.cancel()
    assert token.cancelled
    with pytest.raises(Cancelled, match="kept"):
        token.check()
