"""The API as an ASGI application: routes made from the registry, and a few of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage_app import __version__
from triage_app.domain.errors import InvalidInput, NotFound, TriageError, Unexpected
from triage_app.domain.pushed import pushed_alerts
from triage_app.domain.token import Scope as TokenScope
from triage_app.rest.callers import Callers
from triage_app.rest.events import Events
from triage_app.rest.failures import JSON, Refused, encoded, response_of
from triage_app.rest.gate import Gate, address_of, check_host
from triage_app.rest.gathering import Gatherer
from triage_app.rest.limits import Limits, read_body
from triage_app.rest.schema import EVENTS, LINES, ROOT, Health, Me, command_of, openapi, path_of
from triage_app.rest.scopes import scope_of
from triage_app.rest.work import SIGN_OF_LIFE_SECONDS, Call, Work
from triage_app.services.app import App
from triage_app.services.push_commands import PushAlerts
from triage_app.services.registry import VERBS, Verb

LOCAL_NAMES = frozenset({"localhost"})
MAX_KEY = 200
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
)
Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """What the routes share. Made on any thread, used on the server's loop."""

    def __init__(self, app: App, limits: Limits, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._limits = limits
        self._work = Work(app)
        self.callers = Callers(clock)
        self._gate = Gate(app, self._work.executor, limits, self.callers)
        self._gatherer = Gatherer(app, limits.waiting_bytes)
        self._document = encoded(openapi())
        self.events = Events(limits.listeners, SIGN_OF_LIFE_SECONDS)

    @asynccontextmanager
    async def lifespan(self, _application: Starlette) -> AsyncIterator[None]:
        """Between start and stop of the server."""
        self.events.start()
        unsubscribe = [self._app.subscribe(self.events.changed), self._app.subscribe(self._gate.changed)]
        try:
            async with self._gatherer.running():
                yield
        finally:
            for each in unsubscribe:
                each()

    def stop(self) -> None:
        """Cancel what runs and wait for it. From any thread, after the server ended."""
        self._work.stop()

    def cancel(self) -> None:
        """Cancel what runs and let listeners go, so that the server can end. On the loop."""
        self.events.end()
        self._work.cancel()

    def routes(self) -> list[Route]:
        """Every route, the verbs in the order of the registry."""
        found = [
            Route(f"{ROOT}/health", self.health, methods=["GET"]),
            Route(f"{ROOT}/openapi.json", self.openapi, methods=["GET"]),
            Route(f"{ROOT}/me", self.me, methods=["GET"]),
            Route(f"{ROOT}/events", self.listen, methods=["GET"]),
            Route(f"{ROOT}/alerts", self.alerts, methods=["POST"]),
        ]
        for verb in VERBS:
            endpoint = self._endpoint(verb)
            found.append(Route(path_of(verb), endpoint, methods=["POST"]))
            if " " in verb.name:
                # The name as the command line has it is understood as well.
                head = path_of(verb).rpartition("/")[0]
                found.append(Route(f"{head}/{verb.name}", endpoint, methods=["POST"]))
        return found

    async def health(self, _request: Request) -> Response:
        """The server is there."""
        return _json(Health(__version__))

    async def openapi(self, _request: Request) -> Response:
        """The OpenAPI document."""
        return Response(self._document, media_type=JSON)

    async def me(self, request: Request) -> Response:
        """Whose token it is."""
        token = await self._gate.admit(request, None)
        return _json(Me(token.name, tuple(token.scopes), token.source))

    async def listen(self, request: Request) -> Response:
        """Server-sent events."""
        token = await self._gate.admit(request, TokenScope.READ)
        listening = self.callers.listening(token.name, address_of(request))
        lines = self.events.listen(lambda: self._gate.still_valid(request), listening)
        return StreamingResponse(lines, media_type=EVENTS)

    async def alerts(self, request: Request) -> Response:
        """Pushed alerts."""
        token = await self._gate.admit(request, TokenScope.INTAKE)
        key = request.headers.get("idempotency-key", "")
        if len(key) > MAX_KEY:
            raise Refused(400, InvalidInput(f"An Idempotency-Key has {MAX_KEY} characters at most."))
        body = await read_body(request, self._limits)
        try:
            pushed_alerts(body)
        except InvalidInput as error:
            raise Refused(400, error) from error
        return _json(await self._gatherer.push(token, body.decode("utf-8-sig"), key))

    def _endpoint(self, verb: Verb) -> Endpoint:
        scope = scope_of(verb)

        async def call(request: Request) -> Response:
            token = await self._gate.admit(request, scope)
            what = command_of(verb, await read_body(request, self._limits))
            if isinstance(what, PushAlerts) and what.source != token.source:
                self._gate.deny(request, token, f"The token {token.name} belongs to another source.")
            made = Call(verb, what, token.name)
            if LINES in request.headers.get("accept", ""):
                return StreamingResponse(self._work.lines(made), media_type=LINES)
            return Response(await self._work.run(made, request), media_type=JSON)

        return call


class _Doorkeeper:
    """Refuses other hosts, and sees to it that nothing is cached, sniffed or run."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = LOCAL_NAMES | {each.lower() for each in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            check_host(Request(scope).headers.get("host", ""), self._names)
        except Refused as refused:
            await response_of(refused.error, refused.status)(scope, receive, send_on)
            return
        await self._app(scope, receive, send_on)


def make_application(api: Api, names: Iterable[str] = ()) -> ASGIApp:
    """The application; `names` are the names of this machine beside `localhost` under which it may be asked for."""
    application = Starlette(
        routes=api.routes(),
        lifespan=api.lifespan,
        exception_handlers={
            Refused: _refused,
            TriageError: _failed,
            HTTPException: _no_route,
            Exception: _unforeseen,
        },
    )
    return _Doorkeeper(application, names)


def _json(value: Any) -> Response:
    return Response(encoded(value), media_type=JSON)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return response_of(error.error, error.status, error.headers)


async def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TriageError)
    return response_of(error)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return response_of(InvalidInput(f"This takes {allowed}, not {request.method}."), 405, error.headers)
    return response_of(NotFound(f"There is nothing at {request.url.path}. {ROOT}/openapi.json lists what there is."))


async def _unforeseen(_request: Request, error: Exception) -> Response:
    return response_of(Unexpected(f"This should not happen ({type(error).__name__}). The server's log has more."))
