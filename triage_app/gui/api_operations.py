"""One function for each thing that a user does about the local API: it starts the job behind it."""

from triage_app.domain.token import Scope, Token, TokenName
from triage_app.gui.desk import Desk, LocalServer
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed
from triage_app.services.token_commands import AddToken, NewToken, RevokeToken
from triage_app.services.token_queries import ListTokens, TokenList


def start(desk: Desk, server: LocalServer, host: str, port: int, done: Done[None], failed: Failed) -> Job[None]:
    """Serve the workspace. Starts and stops follow one another in the order in which they were asked for."""
    return desk.jobs.start(
        "serve", Lane.SERVE, lambda _progress, _cancel: server.start(host, port), done, failed=failed, replaces=False
    )


def stop(desk: Desk, server: LocalServer, done: Done[None], failed: Failed) -> Job[None]:
    """Serve no more."""
    return desk.jobs.start(
        "serve", Lane.SERVE, lambda _progress, _cancel: server.stop(), done, failed=failed, replaces=False
    )


def load_tokens(desk: Desk, done: Done[TokenList], failed: Failed) -> Job[TokenList]:
    """Read the tokens; a newer request drops this one."""
    return desk.jobs.start(
        "tokens", Lane.ASK, lambda _progress, cancel: desk.app.ask(ListTokens(), cancel=cancel), done, failed=failed
    )


def add_token(
    desk: Desk, name: str, scopes: tuple[Scope, ...], source: str, done: Done[NewToken], failed: Failed
) -> Job[NewToken]:
    """Make a token; its text comes with the answer and never again."""
    command = AddToken(TokenName(name), scope=scopes, source=source)
    return desk.jobs.start(
        "add-token", Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )


def revoke_token(desk: Desk, name: TokenName, done: Done[Token], failed: Failed) -> Job[Token]:
    """Make a token worthless, for good."""
    return desk.jobs.start(
        "revoke-token",
        Lane.DO,
        lambda _progress, _cancel: desk.app.execute(RevokeToken(name)),
        done,
        failed=failed,
        replaces=False,
    )
