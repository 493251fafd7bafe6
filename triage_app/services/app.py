"""The one public interface: `App.execute(command)`, `App.ask(query)`, `App.subscribe(listener)`."""

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from triage_app.domain.changes import ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.services.arguments import Command, Query
from triage_app.services.context import CancelToken, Context, Progress, ignore_progress
from triage_app.services.handlers import ANSWERS, LONG, OUTSIDE, PREPARED, SHORT
from triage_app.services.journal import Journal
from triage_app.services.ports import Ports

R = TypeVar("R")
Listener = Callable[[ChangeSet], None]


class App(Protocol):
    """A workspace that can be driven, here or on another machine: by the desk, the command line, or a script.

    All methods are synchronous and safe from any thread. Commands and queries raise `TriageError`, whose message is
    meant for a person and whose `code` is stable.
    """

    @property
    def user(self) -> str:
        """The name of the person who works here: who `me` is."""

    def execute(
        self,
        command: Command[R],
        *,
        actor: str = "",
        progress: Callable[[Progress], None] = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> R:
        """Carry out a command, log it, tell the listeners what changed, and return its value."""

    def ask(
        self,
        query: Query[R],
        *,
        actor: str = "",
        progress: Callable[[Progress], None] = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> R:
        """Answer a query; changes nothing and waits for no writer."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each change set, on whatever thread; returns the way to stop it."""

    def close(self) -> None:
        """Release what the app holds; it cannot be used afterwards."""


class LocalApp:
    """`App` on a workspace of this machine."""

    def __init__(self, ports: Ports, writer: str, close: Callable[[], None]) -> None:
        """`writer` names this process in the audit log; `close` releases what bootstrap opened."""
        self._ports = ports
        self._journal = Journal(writer)
        self._close = close
        self._listeners: tuple[Listener, ...] = ()
        self._guard = threading.Lock()

    @property
    def user(self) -> str:
        """The name of the person who works here: who `me` is."""
        return self._ports.settings.user

    def execute(
        self,
        command: Command[R],
        *,
        actor: str = "",
        progress: Callable[[Progress], None] = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> R:
        """Carry out a command, log it, tell the listeners what changed, and return its value.

        A short command is one transaction together with its log entry; a long one (import, training) commits as it goes
        and is logged at its end, also where it failed or was cancelled. Listeners are called on this thread.
        """
        context = self._context(actor, progress, cancel)
        short = SHORT.get(type(command))
        prepared = PREPARED.get(type(command))
        if prepared is not None:
            finish = prepared(command, self._ports, context)
            with self._ports.storage.write() as uow:
                result = finish(uow)
                self._journal.record(uow, command, context, result)
        elif short is not None:
            with self._ports.storage.write() as uow:
                result = short(command, uow, self._ports, context)
                self._journal.record(uow, command, context, result)
        else:
            try:
                result = LONG[type(command)](command, self._ports, context)
            except TriageError as error:
                with self._ports.storage.write() as uow:
                    self._journal.record_failure(uow, command, context, error.code)
                raise
            with self._ports.storage.write() as uow:
                self._journal.record(uow, command, context, result)
        self._publish(result.changes)
        value: R = result.value
        return value

    def ask(
        self,
        query: Query[R],
        *,
        actor: str = "",
        progress: Callable[[Progress], None] = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> R:
        """Answer a query from a reading snapshot; changes nothing and waits for no writer."""
        context = self._context(actor, progress, cancel)
        outside = OUTSIDE.get(type(query))
        if outside is not None:
            found: R = outside(query, self._ports, context)
            return found
        with self._ports.storage.read() as uow:
            answer: R = ANSWERS[type(query)](query, uow, self._ports, context)
        return answer

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each change set, on the thread that made the change; returns the way to stop it."""
        with self._guard:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._guard:
                self._listeners = tuple(each for each in self._listeners if each is not listener)

        return unsubscribe

    def close(self) -> None:
        """Stop workers and release the workspace; the app cannot be used afterwards."""
        self._close()

    def _context(self, actor: str, progress: Callable[[Progress], None], cancel: CancelToken | None) -> Context:
        return Context(
            actor=actor or self._ports.settings.user,
            now=self._ports.clock(),
            progress=progress,
            cancel=cancel or CancelToken(),
            publish=self._publish,
            carry_out=self._carry_out,
        )

    def _carry_out(self, command: Command[Any], actor: str, cancel: CancelToken) -> None:
        self.execute(command, actor=actor, cancel=cancel)

    def _publish(self, changes: ChangeSet) -> None:
        if changes:
            for listener in self._listeners:
                listener(changes)
