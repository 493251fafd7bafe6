"""Names of fields."""

import pytest

from triage_app.domain.ecs import ALIASES
from triage_app.domain.field_names import OWN_FIELDS, wrong_field


@pytest.mark.parametrize(
    "name", [*OWN_FIELDS, *ALIASES, "hostname", "anything.the.product.sends", "service", "sources"]
)
def test_fields_that_can_exist(name: str) -> None:
    assert wrong_field(name) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("observable.ip", "does not exist"),
        ("observable.ipv", "did you mean observable.ipv"),
        ("attachment.md5", "did you mean attachment.name?"),
        ("sender.adress", "does not exist"),
        ("Subject", "did you mean subject?"),
        ("messageid", "did you mean message_id?"),
        ("message-id", "did you mean message_id?"),
        ("body.hash", "did you mean body_hash?"),
        ("", "cannot be the name"),
        ("a\nb", "cannot be the name"),
        ("x" * 201, "cannot be the name"),
    ],
)
def test_fields_that_cannot(name: str, words: str) -> None:
    assert words in wrong_field(name)
