"""Tokens of the local API, through the App."""

from collections.abc import Iterator

import pytest

from tests.fakes.workbench import Workbench, workbench
from triage_app.domain.errors import AccessDenied, InvalidInput, NotFound
from triage_app.domain.token import Scope, TokenName, token_digest
from triage_app.services.queries import ListAudit
from triage_app.services.token_commands import AddToken, RevokeToken
from triage_app.services.token_queries import CheckToken, ListTokens

EDR = TokenName("edr")


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with workbench() as found:
        yield found


def test_a_token_is_known_by_its_text_until_it_is_revoked(bench: Workbench) -> None:
    # given
    made = bench.app.execute(AddToken(EDR, scope=(Scope.INTAKE,), source="edr"))
    digest = token_digest(made.secret).hex()
    assert made.secret.startswith("triage_")
    # when / then
    known = bench.app.ask(CheckToken(digest))
    assert (known.name, known.scopes, known.source) == ("edr", (Scope.INTAKE,), "edr")
    revoked = bench.app.execute(RevokeToken(EDR))
    assert bench.app.execute(RevokeToken(EDR)) == revoked
    with pytest.raises(AccessDenied, match="edr was revoked"):
        bench.app.ask(CheckToken(digest))
    assert bench.app.ask(ListTokens()).tokens == (revoked,)


def test_neither_the_log_nor_the_database_holds_the_text(bench: Workbench) -> None:
    made = bench.app.execute(AddToken(EDR, scope=(Scope.READ,)))
    (entry,) = bench.app.ask(ListAudit()).entries
    assert made.secret not in repr(entry)
    assert '"secret":"***"' in entry.result
    with bench.storage.read() as uow:
        assert made.secret.encode() not in [digest for digest, _ in uow.tokens.all()]


def test_a_name_is_given_once_and_what_is_unknown_is_said(bench: Workbench) -> None:
    bench.app.execute(AddToken(EDR, scope=(Scope.READ,)))
    with pytest.raises(InvalidInput, match="already"):
        bench.app.execute(AddToken(EDR, scope=(Scope.READ,)))
    with pytest.raises(NotFound, match="triage tokens"):
        bench.app.execute(RevokeToken(TokenName("nobody")))
    with pytest.raises(AccessDenied, match="not known"):
        bench.app.ask(CheckToken(token_digest("guess").hex()))
    with pytest.raises(InvalidInput, match="64"):
        bench.app.ask(CheckToken("guess"))
