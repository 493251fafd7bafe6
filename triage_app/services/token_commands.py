"""Commands about tokens of the local API."""

from dataclasses import dataclass

from triage_app.domain.token import Scope, Token, TokenName
from triage_app.services.arguments import Command, argument, needed_option, option


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made. `secret` is its text, which is shown this once and kept nowhere."""

    name: TokenName
    scopes: tuple[Scope, ...]
    source: str
    secret: str


@dataclass(frozen=True, slots=True)
class AddToken(Command[NewToken]):
    """Make a token for the local API. Its text is shown once: only its hash is kept."""

    name: TokenName = argument("What to call it.")
    scope: tuple[Scope, ...] = needed_option("What it allows; give it once for each.")
    source: str = option("With the scope intake: the source that pushed alerts belong to.", "")


@dataclass(frozen=True, slots=True)
class RevokeToken(Command[Token]):
    """Make a token worthless, for good."""

    name: TokenName = argument("The token's name.")
