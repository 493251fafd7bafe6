import hashlib
from datetime import UTC, datetime

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.token import MAX_NAME, Scope, Token, checked_token, matching, token_digest

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_token_keeps_each_scope_once_in_their_order() -> None:
    made = checked_token(" desk ", (Scope.ADMIN, Scope.READ, Scope.READ), "", NOW)
    assert (made.name, made.scopes, made.is_valid) == ("desk", (Scope.READ, Scope.ADMIN), True)


@pytest.mark.parametrize(
    ("name", "scopes", "source", "says"),
    [
        ("  ", (Scope.READ,), "", "name"),
        ("a" * (MAX_NAME + 1), (Scope.READ,), "", "name"),
        ("a\nb", (Scope.READ,), "", "name"),
        ("a", (), "", "scope"),
        ("a", (Scope.INTAKE,), "", "--source"),
        ("a", (Scope.READ,), "edr", "Only a token with the scope intake"),
        ("a", (Scope.INTAKE,), "a/b", "slash"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, scopes: tuple[Scope, ...], source: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        checked_token(name, scopes, source, NOW)


def test_a_token_is_found_by_the_hash_of_its_text_wherever_it_stands() -> None:
    tokens = [(token_digest(name), checked_token(name, (Scope.READ,), "", NOW)) for name in ("a", "b", "c")]
    assert [matching(token_digest(name), tokens) for name in ("a", "b", "c")] == [token for _, token in tokens]
    assert matching(token_digest("d"), tokens) is None
    assert token_digest("a") == hashlib.sha256(b"a").digest()


def test_a_revoked_token_is_not_valid() -> None:
    made = checked_token("a", (Scope.READ,), "", NOW)
    assert not Token(made.name, made.scopes, made.source, made.created_at, NOW).is_valid
