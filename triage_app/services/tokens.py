"""Tokens of the local API: made, revoked, listed and recognised."""

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import AccessDenied, InvalidInput
from triage_app.domain.token import PREFIX, Token, checked_token, matching, token_digest
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.token_commands import AddToken, NewToken, RevokeToken
from triage_app.services.token_queries import CheckToken, ListTokens, TokenList

HIDDEN = "***"


def add_token(command: AddToken, uow: UnitOfWork, ports: Ports, context: Context) -> Result[NewToken]:
    """Make a token. The log keeps everything of it but its text. Raises InvalidInput where the name is taken."""
    token = checked_token(command.name, command.scope, command.source, context.now)
    secret = PREFIX + ports.chance()
    uow.tokens.add(token, token_digest(secret))
    made = NewToken(token.name, token.scopes, token.source, secret)
    logged = NewToken(token.name, token.scopes, token.source, HIDDEN)
    return Result(made, changed(ChangeKind.TOKENS), logged_value=logged)


def revoke_token(command: RevokeToken, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[Token]:
    """Revoke a token; one that is revoked stays as it is. Raises NotFound."""
    return Result(uow.tokens.revoke(command.name, context.now), changed(ChangeKind.TOKENS))


def list_tokens(_query: ListTokens, uow: UnitOfWork, _ports: Ports, _context: Context) -> TokenList:
    """All tokens, by name."""
    return TokenList(tuple(token for _, token in uow.tokens.all()))


def check_token(query: CheckToken, uow: UnitOfWork, _ports: Ports, _context: Context) -> Token:
    """The valid token with this hash. Raises AccessDenied, InvalidInput."""
    try:
        digest = bytes.fromhex(query.sha256)
    except ValueError as error:
        raise InvalidInput("A SHA-256 is given as 64 hexadecimal digits.") from error
    token = matching(digest, uow.tokens.all())
    if token is None:
        raise AccessDenied("This token is not known. Make one with `triage token add`.")
    if not token.is_valid:
        raise AccessDenied(f"The token {token.name} was revoked. Make another with `triage token add`.")
    return token
