from dataclasses import replace

import pytest

from tests.adapters.storage.samples import NOW
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.token import Scope, Token, TokenName, token_digest


def token(name: str) -> Token:
    return Token(TokenName(name), (Scope.READ, Scope.ADMIN), "", NOW)


def test_a_token_comes_back_as_it_was_stored(storage: SqlStorage) -> None:
    edr = Token(TokenName("edr"), (Scope.INTAKE,), "edr", NOW)
    with storage.write() as uow:
        uow.tokens.add(edr, token_digest("1"))
        uow.tokens.add(token("desk"), token_digest("2"))
    with storage.read() as uow:
        assert uow.tokens.all() == [(token_digest("2"), token("desk")), (token_digest("1"), edr)]


def test_a_token_is_revoked_once_and_its_name_stays_taken(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.tokens.add(token("desk"), token_digest("1"))
        revoked = replace(token("desk"), revoked_at=NOW)
        assert uow.tokens.revoke(TokenName("desk"), NOW) == revoked
        assert uow.tokens.revoke(TokenName("desk"), NOW.replace(year=2030)) == revoked
        with pytest.raises(InvalidInput, match="another name"):
            uow.tokens.add(token("desk"), token_digest("2"))
        with pytest.raises(NotFound):
            uow.tokens.revoke(TokenName("none"), NOW)
