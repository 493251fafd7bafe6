"""Tokens of the local API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from triage_app.adapters.storage.live_tables import tokens
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.token import Scope, Token, TokenName


class SqlTokens:
    """`TokenRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, token: Token, digest: bytes) -> None:
        """Store a new token; raises InvalidInput where the name is taken, also by a revoked one."""
        if self._tx.first(select(tokens.c.id).where(tokens.c.name == plain(token.name))) is not None:
            raise InvalidInput(f"There is a token named {token.name} already. Choose another name.")
        self._tx.run(
            insert(tokens).values(
                id=self._tx.take_ids(tokens, 1)[0],
                name=plain(token.name),
                digest=digest,
                scopes=" ".join(sorted(token.scopes)),
                source=plain(token.source),
                created_at=token.created_at,
                revoked_at=token.revoked_at,
            )
        )

    def revoke(self, name: TokenName, at: datetime) -> Token:
        """Revoke a token, once; raises NotFound."""
        named = tokens.c.name == plain(name)
        self._tx.run(update(tokens).where(named, tokens.c.revoked_at.is_(None)).values(revoked_at=at))
        found = self._tx.first(select(tokens).where(named))
        if found is None:
            raise NotFound(f"There is no token named {name}. `triage tokens` lists them.")
        return _token(found)

    def all(self) -> Sequence[tuple[bytes, Token]]:
        """Every token with its digest, by name."""
        return [(bytes(each.digest), _token(each)) for each in self._tx.all(select(tokens).order_by(tokens.c.name))]


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    held = row.scopes.split(" ")
    return Token(
        TokenName(row.name), tuple(each for each in Scope if each in held), row.source, row.created_at, row.revoked_at
    )
