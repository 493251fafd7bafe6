"""Settings of sources as people give them."""

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.source import Field, FieldKind, Manifest, checked_name, validated

MANIFEST = Manifest(
    "box",
    "Box",
    "A box.",
    (
        Field("host", "Server", "The name of the server.", required=True),
        Field("port", "Port", "The port.", FieldKind.NUMBER, "993", low=1, high=65_535),
        Field("password", "Password", "The password.", FieldKind.SECRET, required=True),
        Field("token", "Token", "A token.", FieldKind.SECRET),
        Field("seen", "Mark", "Mark as seen.", FieldKind.FLAG, "no"),
        Field("mode", "Mode", "The mode.", FieldKind.CHOICE, "tls", choices=("tls", "starttls")),
        Field("folders", "Folders", "One a line.", FieldKind.LIST, "INBOX"),
    ),
)
GIVEN = {"host": " mail.example ", "password": " with spaces "}


def test_defaults_are_filled_in_and_secrets_are_kept_apart_as_they_are() -> None:
    settings, secrets = validated(MANIFEST, GIVEN)
    assert settings == {"host": "mail.example", "port": "993", "seen": "no", "mode": "tls", "folders": "INBOX"}
    assert secrets == {"password": " with spaces "}
    assert MANIFEST.secrets == ("password", "token")


def test_what_was_emptied_has_its_default_again_where_it_cannot_be_empty() -> None:
    settings, _ = validated(MANIFEST, {**GIVEN, "port": "", "seen": " ", "mode": "", "folders": ""})
    assert settings == {"host": "mail.example", "port": "993", "seen": "no", "mode": "tls", "folders": ""}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "no setting 'colour'"),
        ({"host": " "}, "host.*is needed: The name of the server"),
        ({"password": ""}, "password.*is needed"),
        ({"port": "0"}, "port.*from 1 to 65535"),
        ({"port": "٣"}, "port"),
        ({"port": "-1"}, "port"),
        ({"seen": "true"}, "seen.*yes or no"),
        ({"mode": "none"}, "mode.*tls, starttls"),
        ({"host": "a\nb"}, "host.*one line"),
        ({"password": "a\nb"}, "password.*one line"),
    ],
)
def test_a_value_that_will_not_do_is_named(changes: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        validated(MANIFEST, {**GIVEN, **changes})
    assert "with spaces" not in refused.value.message


def test_a_list_may_have_lines() -> None:
    assert validated(MANIFEST, {**GIVEN, "folders": "INBOX\nReports"})[0]["folders"] == "INBOX\nReports"


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\nb", "a\u202eb", "x" * 101])
def test_a_name_is_printable_short_and_without_a_slash(name: str) -> None:
    with pytest.raises(InvalidInput):
        checked_name(name)


def test_a_name_loses_the_spaces_around_it() -> None:
    assert checked_name("  SOC Postfach ö ") == "SOC Postfach ö"
