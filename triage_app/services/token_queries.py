"""Queries about tokens of the local API."""

from dataclasses import dataclass

from triage_app.domain.token import Token
from triage_app.services.arguments import Query, argument


@dataclass(frozen=True, slots=True)
class TokenList:
    """Tokens by name, the revoked ones included."""

    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class ListTokens(Query[TokenList]):
    """The tokens of the local API and what each allows."""


@dataclass(frozen=True, slots=True)
class CheckToken(Query[Token]):
    """Which token has this hash; an error for one that is unknown or revoked."""

    sha256: str = argument("The SHA-256 of the token's text, in hex.")
