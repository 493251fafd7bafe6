"""Settings of an IMAP mailbox: what is asked for, what fits together, and how to sign in by them."""

from collections.abc import Mapping
from datetime import date

import pytest

from triage_app.adapters.feeds.imap_settings import MANIFEST, Wishes, options, post_options, stored_token
from triage_app.domain.errors import InvalidInput, SourceFailed, Trouble
from triage_app.domain.mailbox import Mailbox
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName, validated


def configured(**settings: str) -> Source:
    given = {"host": "imap.example.org", "user": "soc@example.org", **settings}
    return Source(SourceName("soc"), "imap", validated(MANIFEST, given)[0])


def test_the_manifest_asks_for_what_is_needed() -> None:
    with pytest.raises(InvalidInput, match="host"):
        validated(MANIFEST, {"user": "me"})
    assert MANIFEST.secrets == ("password", "smtp_password", "client_secret", "refresh_token", "token")


def test_the_manifest_asks_for_what_goes_out() -> None:
    source = configured(sender_name="Security Desk", category_folders="Phishing=Done/Lures")
    assert (source.settings["smtp_host"], source.settings["smtp_port"]) == ("", "587")
    assert source.settings["smtp_security"] == "starttls"
    mailbox = Mailbox.of(source.settings)
    assert (mailbox.sender.name, mailbox.sender.address) == ("Security Desk", "soc@example.org")
    assert mailbox.folders == {"Phishing": "Done/Lures"}


def test_wishes_have_defaults() -> None:
    assert Wishes.of(configured(move_to="Done")) == Wishes(("INBOX",), None, "leave", "", 50_000_000)
    wishes = Wishes.of(configured(folders="A\n\n B ", since="2026-01-31", after="move", move_to="Done"))
    assert wishes == Wishes(("A", "B"), date(2026, 1, 31), "move", "Done", 50_000_000)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"since": "yesterday"}, "2026-01-31"),
        ({"after": "move"}, "move_to"),
        ({"after": "move", "move_to": "INBOX"}, "move_to"),
    ],
)
def test_settings_that_do_not_fit_are_told(settings: dict[str, str], words: str) -> None:
    with pytest.raises(SourceFailed, match=words):
        Wishes.of(configured(**settings))


def token_of(source: Source, _secrets: Mapping[str, Secret]) -> Secret:
    return Secret(f"token of {source.name}")


def test_signing_in_is_by_password_or_by_token() -> None:
    secrets = {"password": Secret("sesame")}
    by_password = options(configured(), secrets, token_of, 5.0)
    assert (by_password.where, by_password.user) == ("imap.example.org:993", "soc@example.org")
    assert (by_password.password.reveal(), by_password.timeout) == ("sesame", 5.0)
    by_token = options(configured(auth="xoauth2"), secrets, token_of, 5.0)
    assert (by_token.auth, by_token.password.reveal()) == ("xoauth2", "token of soc")
    with pytest.raises(SourceFailed, match="access token"):
        options(configured(auth="xoauth2"), secrets, stored_token, 5.0)


def test_mail_goes_out_as_the_mailbox_is_signed_in_to_unless_told_otherwise() -> None:
    secrets = {"password": Secret("sesame")}
    same = post_options(configured(smtp_host="smtp.example.org", ca_file="ca.pem"), secrets, token_of, 5.0)
    assert (same.where, same.security, same.ca_file, same.timeout) == (
        "smtp.example.org:587",
        "starttls",
        "ca.pem",
        5.0,
    )
    assert (same.auth, same.user, same.password, same.token) == ("plain", "soc@example.org", secrets["password"], None)
    by_token = post_options(configured(smtp_host="smtp.example.org", auth="xoauth2"), secrets, token_of, 5.0)
    assert (by_token.auth, by_token.token) == ("xoauth2", Secret("token of soc"))
    other = configured(smtp_host="smtp.example.org", auth="xoauth2", smtp_auth="login", smtp_user="relay")
    made = post_options(other, {**secrets, "smtp_password": Secret("other")}, token_of, 5.0)
    assert (made.auth, made.user, made.password, made.token) == ("login", "relay", Secret("other"), None)
    nobody = post_options(configured(smtp_host="smtp.example.org", smtp_auth="none"), secrets, token_of, 5.0)
    assert nobody.user == ""


def test_a_source_that_an_earlier_version_stored_has_no_server_for_its_mail() -> None:
    old = {name: value for name, value in configured().settings.items() if not name.startswith("smtp_")}
    with pytest.raises(SourceFailed, match="Set smtp_host") as caught:
        post_options(Source(SourceName("soc"), "imap", old), {}, token_of, 5.0)
    assert caught.value.trouble is Trouble.SETTINGS
