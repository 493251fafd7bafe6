"""The API's server: uvicorn on a thread of its own."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import uvicorn

from triage_app.domain.errors import Unexpected
from triage_app.domain.token import Caller
from triage_app.rest.application import Api, make_application
from triage_app.rest.limits import Limits
from triage_app.rest.protocol import PromptProtocol
from triage_app.services.app import App

START_SECONDS = 30.0
STOP_SECONDS = 15


class ApiServer:
    """Serves an App on a socket that listens already, until it is stopped. Start and stop it from one thread."""

    def __init__(
        self,
        app: App,
        listener: Any,
        *,
        clock: Callable[[], datetime],
        host: str = "127.0.0.1",
        tls: Any = None,
        names: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> None:
        """`listener` is a bound socket, `tls` a server's context (None: plain HTTP, for loopback only); `clock` tells
        the time in UTC.
        """
        limits = limits or Limits()
        self._listener = listener
        self._port = int(listener.getsockname()[1])
        self._host = f"[{host}]" if ":" in host else host
        self._scheme = "http" if tls is None else "https"
        self._api = Api(app, limits, clock)
        prompt = type("Prompt", (PromptProtocol,), {"header_seconds": limits.header_seconds})
        config = uvicorn.Config(
            make_application(self._api, names),
            http=prompt,
            ws="none",
            lifespan="on",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=round(limits.idle_seconds),
            timeout_graceful_shutdown=STOP_SECONDS,
            limit_concurrency=limits.connections,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        )
        self._server = _Server(config, self._api)
        self._thread = threading.Thread(target=self._run, name="api server", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    @property
    def address(self) -> str:
        """Its address, as `--server` takes it."""
        return f"{self._scheme}://{self._host}:{self._port}"

    @property
    def listeners(self) -> int:
        """How many clients listen for changes."""
        return self._api.events.listeners

    def callers(self) -> tuple[Caller, ...]:
        """Who has called since the start, the last one first. From any thread."""
        return self._api.callers.all()

    def start(self) -> None:
        """Serve, from now on. Raises Unexpected where it does not start; then the log says why."""
        self._thread.start()
        if not self._server.up.wait(START_SECONDS) or not self._server.started:
            self.stop()
            raise Unexpected("The server did not start. The log says why.")

    def stop(self) -> None:
        """Answer no more; what runs is cancelled, and what is being written is written."""
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join()
        self._api.stop()
        self._listener.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        finally:
            self._server.up.set()


class _Server(uvicorn.Server):
    """Tells when it is up, and lets go of what runs before it waits for it."""

    def __init__(self, config: uvicorn.Config, api: Api) -> None:
        super().__init__(config)
        self._api = api
        self.up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        self.up.set()

    async def shutdown(self, sockets: Any = None) -> None:
        self._api.cancel()
        await super().shutdown(sockets=sockets)
