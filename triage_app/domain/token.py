"""Tokens of the local API: who may do what over it. The token's own text is given once and kept nowhere."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from triage_app.domain.errors import InvalidInput

TokenName = NewType("TokenName", str)
MAX_NAME = 100
PREFIX = "triage_"
"""How each token begins, so that a scanner for secrets finds one that was published by mistake."""


class Scope(StrEnum):
    """What a token allows. None of them includes another."""

    READ = "read"
    TRIAGE = "triage"
    INTAKE = "intake"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its text. `source` is what alerts that are pushed with it belong to; empty without intake."""

    name: TokenName
    scopes: tuple[Scope, ...]
    source: str
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it was not revoked."""
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who uses the local API: a token, from an address. `token` is its name, empty where no valid one was brought;
    `refused` counts those of the `requests` that were answered 401 or 403, `listening` the streams of events open now.
    """

    token: str
    address: str
    since: datetime
    last: datetime
    requests: int
    refused: int
    listening: int


def checked_token(name: str, scopes: Iterable[Scope], source: str, at: datetime) -> Token:
    """A new token; raises InvalidInput for a name that cannot be used, no scope, or intake without a source."""
    plain = name.strip()
    if not plain or len(plain) > MAX_NAME or not plain.isprintable():
        raise InvalidInput(f"A token's name has 1 to {MAX_NAME} printable characters.")
    kept = tuple(each for each in Scope if each in set(scopes))
    if not kept:
        raise InvalidInput(f"A token needs a scope: {', '.join(Scope)}.")
    of = source.strip()
    if Scope.INTAKE in kept and not of:
        raise InvalidInput("A token with the scope intake belongs to one source. Name it with --source.")
    if of and Scope.INTAKE not in kept:
        raise InvalidInput("Only a token with the scope intake has a source. Add --scope intake, or leave it out.")
    if of and (len(of) > MAX_NAME or not of.isprintable() or "/" in of):
        raise InvalidInput(f"A source's name has 1 to {MAX_NAME} printable characters and no slash.")
    return Token(TokenName(plain), kept, of, at)


def token_digest(text: str) -> bytes:
    """What is stored of a token's text: SHA-256, since 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def matching(digest: bytes, tokens: Iterable[tuple[bytes, Token]]) -> Token | None:
    """The token with this digest. Each is compared in constant time, and all of them, whichever it is."""
    found = None
    for other, token in tokens:
        if hmac.compare_digest(digest, other):
            found = token
    return found
