"""Who may come in: the Host header, bearer tokens and their scopes, and how often."""

import asyncio
import ipaddress
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor

from starlette.requests import Request

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import AccessDenied, InvalidInput
from triage_app.domain.token import Scope, Token, token_digest
from triage_app.rest.callers import Callers
from triage_app.rest.failures import Refused
from triage_app.rest.limits import Limits, Rates, too_often
from triage_app.services.app import App
from triage_app.services.token_queries import CheckToken

REMEMBERED_SECONDS = 1.0
"""How long a token counts as valid without asking again; a revocation by this program ends it at once."""

MOST_REMEMBERED = 1_000
_LOG = logging.getLogger(__name__)


class Gate:
    """Lets requests in or raises Refused. Belongs to the server's loop; only `changed` comes from other threads."""

    def __init__(
        self,
        app: App,
        executor: Executor,
        limits: Limits,
        callers: Callers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._executor = executor
        self._callers = callers
        self._clock = clock
        self._known: dict[str, tuple[Token, float]] = {}
        self._rates = Rates(limits.requests_a_second, limits.burst, clock)
        self._refusals = Rates(limits.refusals / 60, limits.refusals, clock)

    def changed(self, changes: ChangeSet) -> None:
        """Forget what is known of tokens where one was made or revoked. From any thread."""
        if ChangeKind.TOKENS in changes.kinds:
            self._known = {}

    async def admit(self, request: Request, scope: Scope | None) -> Token:
        """The token of a request, which has the scope (None: any token will do)."""
        address = address_of(request)
        try:
            token = await self._token(request)
        except AccessDenied as error:
            self._callers.came("", address)
            self._callers.refused("", address)
            # Whoever guesses is slowed down and fills no log; a good token is let in from the same address.
            if wait := self._refusals.take(address):
                raise too_often(wait) from error
            _LOG.warning("401 %s %s from %s: %s", request.method, request.url.path, address, error.message)
            raise Refused(401, error, {"WWW-Authenticate": "Bearer"}) from error
        self._callers.came(token.name, address)
        if wait := self._rates.take(token.name):
            raise too_often(wait)
        if scope is not None and scope not in token.scopes:
            self.deny(request, token, f"The token {token.name} does not have the scope {scope}.")
        return token

    def deny(self, request: Request, token: Token, why: str) -> None:
        """Refuse a request whose token is known; always raises, and the log has it."""
        address = address_of(request)
        self._callers.refused(token.name, address)
        _LOG.warning("403 %s %s from %s: %s", request.method, request.url.path, address, why)
        raise Refused(403, AccessDenied(f"{why} Make one that does with `triage token add`."))

    async def still_valid(self, request: Request) -> bool:
        """Whether the token of a request that goes on for long is valid yet."""
        try:
            await self._token(request)
        except AccessDenied:
            return False
        return True

    async def _token(self, request: Request) -> Token:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not text.strip():
            raise AccessDenied("A token is needed: send it as `Authorization: Bearer TOKEN`.")
        digest = token_digest(text.strip()).hex()
        known = self._known
        token, until = known.get(digest, (None, 0.0))
        if token is not None and self._clock() < until:
            return token
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._executor, self._app.ask, CheckToken(digest))
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[digest] = (found, self._clock() + REMEMBERED_SECONDS)
        return found


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""


def check_host(header: str, names: Iterable[str]) -> None:
    """Raise Refused for a request to a name that is not ours: so that a web page whose name was pointed at this machine
    gets nowhere. An address is always ours."""
    name = header.strip().lower()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    else:
        name = name.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        if name not in names:
            raise Refused(
                421, InvalidInput(f"This server does not go by the name {name!r}. Give the name with --name.")
            ) from None
