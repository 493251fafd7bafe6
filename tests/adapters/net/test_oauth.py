"""What is asked of a provider, and how its answers are read."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.provider import BEGIN, CLIENT_SECRET, Clock, Provider, providing, secrets, signing_in
from tests.web import Asked, Reply, Web, serving
from triage_app.adapters.net.oauth import Authority, Granted, Refused, Registration
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName


def authority(web: Web, **settings: str) -> Authority:
    return Authority(Registration.of(signing_in(web, **settings), secrets(client_secret=CLIENT_SECRET), {}), Clock())


def registered(**settings: str) -> Registration:
    scopes = {"microsoft": "mail.microsoft", "google": "mail.google"}
    return Registration.of(Source(SourceName("soc"), "imap", {"client_id": "triage", **settings}), {}, scopes)


def test_the_endpoints_of_microsoft_and_google_are_known() -> None:
    microsoft = registered(provider="microsoft", ca_file="/own.pem", tls_floor="1.2")
    assert microsoft.device_endpoint == "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode"
    assert microsoft.token_endpoint == "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    assert (microsoft.scope, microsoft.ca_file, microsoft.floor) == ("mail.microsoft", "", "1.2")
    assert "/contoso.example/oauth2/" in registered(tenant="contoso.example").token_endpoint
    google = registered(provider="google", scope="of my own")
    assert google.device_endpoint == "https://oauth2.googleapis.com/device/code"
    assert (google.token_endpoint, google.scope) == ("https://oauth2.googleapis.com/token", "of my own")
    other = registered(provider="other", token_endpoint="https://id.example.org/token", ca_file="/own.pem")
    assert (other.token_endpoint, other.ca_file) == ("https://id.example.org/token", "/own.pem")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"client_id": ""}, "client_id"),
        ({"tenant": "a/../b"}, "tenant"),
        ({"provider": "other"}, "token_endpoint"),
    ],
)
def test_what_is_missing_is_named(settings: dict[str, str], named: str) -> None:
    with pytest.raises(SourceFailed, match=f"^soc: {named} is needed") as caught:
        registered(**settings)
    assert caught.value.trouble is Trouble.SETTINGS


def addressed(who: Registration) -> tuple[str, dict[str, str]]:
    """Where a person is sent to sign in, and with what."""
    made = Authority(who, Clock())
    parts = urlsplit(made.address(made.way_back(4711), "st4te", "ch4llenge"))
    asked = parse_qs(parts.query, keep_blank_values=True)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {name: one for name, (one,) in asked.items()}


def test_the_page_of_google_is_asked_for_a_token_that_lasts() -> None:
    assert addressed(registered(provider="google")) == (
        "https://accounts.google.com/o/oauth2/v2/auth",
        {
            "response_type": "code",
            "client_id": "triage",
            "redirect_uri": "http://127.0.0.1:4711",
            "scope": "mail.google",
            "state": "st4te",
            "code_challenge": "ch4llenge",
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
        },
    )


def test_the_pages_of_microsoft_and_others_are_asked_for_no_more_than_the_standard_has() -> None:
    page, asked = addressed(registered(provider="microsoft", tenant="contoso.example"))
    assert page == "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize"
    assert asked["redirect_uri"] == "http://localhost:4711"
    own = {"provider": "other", "token_endpoint": "https://id.example.org/token"}
    page, other = addressed(registered(**own, authorization_endpoint="https://id.example.org/page?realm=a"))
    assert (page, other.pop("realm")) == ("https://id.example.org/page", "a")
    assert other.keys() == asked.keys() - {"scope"}
    assert not {"access_type", "prompt"} & asked.keys()


@pytest.mark.parametrize(
    "page",
    ["", "http://id.example.org", "javascript:alert(1)", "https://", "https://[", "https://a\x1b[2J", "https://a#b"],
)
def test_a_page_that_no_browser_should_open_is_refused(page: str) -> None:
    own = registered(provider="other", token_endpoint="https://id.example.org/token", authorization_endpoint=page)
    with pytest.raises(SourceFailed, match=r"authorization_endpoint is needed.*sign_in=code") as caught:
        addressed(own)
    assert caught.value.trouble is Trouble.SETTINGS


def test_what_a_browser_brings_is_told_without_what_is_secret() -> None:
    brought = {"error": "server_error", "error_description": "code=c0de-of-page was not stored\nTrace"}
    with pytest.raises(SourceFailed, match=r"^soc: code=\*\*\* was not stored: ") as caught:
        Authority(registered(provider="google"), Clock()).redeem(brought, "http://127.0.0.1:4711", Secret("v"))
    assert "c0de" not in caught.value.message


def test_a_code_is_asked_for_and_read() -> None:
    with providing(Provider()) as web:
        code = authority(web).device_code()
    assert code.invitation.sentence == "Open https://login.example.org/device and enter the code WDJB-MJHT"
    assert (code.code.reveal(), code.seconds, code.interval) == ("d3vice-c0de", 900, 5)
    (asked,) = web.asked
    assert asked.form() == {"client_id": "triage", "scope": "mail offline_access", "client_secret": CLIENT_SECRET}


def test_a_code_as_google_writes_it_and_without_an_interval() -> None:
    provider = Provider()
    del provider.device["verification_uri"], provider.device["interval"]
    provider.device |= {"verification_url": "https://www.google.com/device", "expires_in": "1800"}
    with providing(provider) as web:
        code = authority(web).device_code()
    assert (code.invitation.address, code.seconds, code.interval) == ("https://www.google.com/device", 1_800, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"verification_uri": "http://login.example.org"},
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": 7},
        {"user_code": ""},
        {"device_code": None},
        {"device_code": "x" * 10_000},
    ],
)
def test_an_answer_that_is_none_is_told(wrong: dict[str, object]) -> None:
    provider = Provider()
    provider.device |= wrong
    with providing(provider) as web, pytest.raises(SourceFailed, match="did not answer with") as caught:
        authority(web).device_code()
    assert caught.value.trouble is Trouble.PROTOCOL


def test_a_token_comes_with_its_end() -> None:
    provider = Provider()
    with providing(provider) as web:
        granted = authority(web).grant("client_credentials", scope="mail")
        provider.lasts = None
        untold = authority(web).grant("client_credentials", scope="mail")
    assert isinstance(granted, Granted)
    assert granted.access.secret.reveal() == "access-1"
    assert granted.access.expires == BEGIN + timedelta(hours=1)
    assert granted.refresh is None
    assert isinstance(untold, Granted)
    assert untold.access.expires == BEGIN + timedelta(minutes=5)


def test_a_refusal_is_one_line_and_holds_no_secret() -> None:
    def refuse(asked: Asked) -> Reply:
        return Reply(
            {"error": "invalid_grant", "error_description": f"{asked.form()['refresh_token']} is old\nTrace"}, 400
        )

    with serving(refuse) as web:
        said = authority(web).grant("refresh_token", refresh_token=Secret("r3fresh-me"))
    assert said == Refused("invalid_grant", "*** is old")


@pytest.mark.parametrize(
    ("error", "trouble", "says"),
    [
        ("invalid_grant", Trouble.AUTHENTICATION, "triage source sign-in soc"),
        ("interaction_required", Trouble.AUTHENTICATION, "triage source sign-in soc"),
        ("access_denied", Trouble.AUTHENTICATION, "declined"),
        ("authorization_declined", Trouble.AUTHENTICATION, "declined"),
        ("expired_token", Trouble.AUTHENTICATION, "in time"),
        ("invalid_scope", Trouble.SETTINGS, "--set sign_in=browser"),
        ("unauthorized_client", Trouble.SETTINGS, "client_id"),
        ("temporarily_odd", Trouble.SETTINGS, "Check the settings"),
    ],
)
def test_each_refusal_says_what_to_do_next(error: str, trouble: Trouble, says: str) -> None:
    with providing(Provider()) as web:
        failure = authority(web).failure(Refused(error, "Because."))
    assert failure.trouble is trouble
    assert failure.message.startswith("soc: Because.")
    assert says in failure.message


def test_a_refused_code_is_told() -> None:
    with providing(Provider()) as web:
        with pytest.raises(SourceFailed, match=r"Because of invalid_scope\.: the provider does not give this scope"):
            authority(web, scope="forbidden").device_code()
        with pytest.raises(SourceFailed, match="device_endpoint is needed"):
            authority(web, device_endpoint="").device_code()
