from datetime import UTC, datetime, timedelta

import pytest

from triage_app.domain.oauth import EARLY, OAUTH_FIELDS, AccessToken, in_browser
from triage_app.domain.secret import Secret
from triage_app.domain.source import FieldKind

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_token_is_kept_with_its_end_and_read_again() -> None:
    token = AccessToken(Secret("eyJ0.abc"), NOW)
    assert token.kept.reveal() == "2026-11-23T08:00:00+00:00 eyJ0.abc"
    assert AccessToken.read(token.kept) == token
    assert "eyJ0" not in repr(token)


@pytest.mark.parametrize("given", ["eyJ0.abc", "2026-11-23", "2026-11-23T08:00:00 abc", "2026-11-23T08:00:00+00:00 "])
def test_a_token_that_a_person_gave_has_no_end(given: str) -> None:
    token = AccessToken.read(Secret(given))
    assert (token.secret.reveal(), token.expires) == (given, None)
    assert token.kept.reveal() == given
    assert not token.good_at(NOW)


def test_a_token_is_of_no_use_shortly_before_its_end() -> None:
    assert AccessToken(Secret("t"), NOW + EARLY + timedelta(seconds=1)).good_at(NOW)
    assert not AccessToken(Secret("t"), NOW + EARLY).good_at(NOW)
    assert not AccessToken(Secret("t"), NOW - timedelta(days=1)).good_at(NOW)


def test_all_that_gives_access_is_secret() -> None:
    secret = {each.name for each in OAUTH_FIELDS if each.kind is FieldKind.SECRET}
    assert secret == {"client_secret", "refresh_token", "token"}


@pytest.mark.parametrize(
    ("provider", "way", "browser"),
    [
        ("google", "auto", True),
        ("google", "code", False),
        ("microsoft", "auto", False),
        ("microsoft", "browser", True),
        ("other", "auto", False),
        ("other", "browser", True),
    ],
)
def test_a_browser_is_the_way_to_google_and_where_it_is_wanted(provider: str, way: str, *, browser: bool) -> None:
    assert in_browser({"provider": provider, "sign_in": way}) is browser
    if way == "auto":
        assert in_browser({"provider": provider}) is browser
