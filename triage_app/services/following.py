"""Following one live source: connect, take in what is new, wait, again; and what is done when that fails."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import Cancelled, SourceFailed, TriageError, Trouble, Unexpected
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceState
from triage_app.services.context import CancelToken, Context
from triage_app.services.feeds import Connector, Feed, Page
from triage_app.services.intake import Taken, finish_pending, keep_pages, take_pages
from triage_app.services.ports import Ports, UnitOfWork

POLL_SECONDS = 60
"""How often a source is asked whose settings do not say."""

SAVE_SECONDS = 10
"""A success is written down that often at least, where nothing else changed."""

OTHER_SECONDS = 60.0
"""Until the next try where the trouble is ours: a full disk, a locked keyring."""

_FIXED = {
    Trouble.AUTHENTICATION: 300.0,  # accounts are locked by those who try too often
    Trouble.TLS: 300.0,
    Trouble.SETTINGS: 300.0,
    Trouble.FOLDER: 300.0,
    Trouble.QUOTA: 900.0,
}
_FIRST, _MOST = 5.0, 300.0

_Take = Callable[
    [Iterator[Page], Callable[[UnitOfWork, Page, int], None], Callable[[Page], None], Ports, Context], Taken
]

_LOG = logging.getLogger(__name__)


def pause_after(trouble: Trouble | None, failures: int) -> float:
    """Seconds until the next try after that many failures in a row: a network is back soon, a wrong password is not."""
    if trouble is None:
        return OTHER_SECONDS
    if trouble in _FIXED:
        return _FIXED[trouble]
    return float(min(_MOST, _FIRST * 2 ** min(failures - 1, 10)))


def connector_of(source: Source, ports: Ports) -> Connector:
    """The connector of a source's kind; raises SourceFailed where this program has none."""
    found = ports.connectors.get(source.kind)
    if found is None:
        raise SourceFailed(
            Trouble.SETTINGS,
            f"This program knows no source of kind {source.kind!r}. Remove {source.name}, or use another version.",
        )
    return found


def secrets_of(source: Source, connector: Connector, ports: Ports) -> dict[str, Secret]:
    """The stored secrets of a source, by field; raises SecretsUnavailable."""
    found = {}
    for name in connector.manifest.secrets:
        secret = ports.secrets.get(source.name, name)
        if secret:
            found[name] = secret
    return found


@dataclass(slots=True)
class Tally:
    """What a source brought since it is followed, and its last error."""

    new: int = 0
    known: int = 0
    error: str = ""


class Follower:
    """Follows one source, on one thread."""

    def __init__(self, source: Source, ports: Ports, context: Context, tally: Tally) -> None:
        """`tally` is counted up; it may go on from an earlier follower of the source."""
        self._source = source
        self._ports = ports
        self._context = context
        self._tally = tally
        with ports.storage.read() as uow:
            self._state = uow.sources.state(source.name)

    def once(self, cancel: CancelToken) -> None:
        """Connect, take everything in, disconnect. What fails is noted in the source's state and in the tally."""
        self._guarded(cancel, self._take_once)

    def follow(self, cancel: CancelToken) -> None:
        """Go on until a cancel. A next try that an earlier run has set is kept."""
        if self._state.failures and self._state.next_try is not None:
            left = (self._state.next_try - self._ports.clock()).total_seconds()
            self._ports.runner.wait(min(left, _FIXED[Trouble.QUOTA]), cancel)
        connector = self._ports.connectors.get(self._source.kind)
        listens = connector is not None and connector.manifest.pushes
        while not cancel.cancelled:
            seconds = self._guarded(cancel, self._listen if listens else self._take_and_wait, opens_first=listens)
            self._ports.runner.wait(seconds, cancel)

    def _guarded(
        self, cancel: CancelToken, work: Callable[[Feed, CancelToken], None], *, opens_first: bool = False
    ) -> float:
        """Run to its end; returns seconds until the next try. Nothing that goes wrong with a source ends its loop.

        What was left pending is finished before, or with `opens_first` by `work`.
        """
        try:
            if not opens_first:
                self._finish_pending()
            feed = self._open()
            try:
                work(feed, cancel)
            finally:
                feed.close()
        except Cancelled:
            return 0
        except SourceFailed as error:
            return 0 if cancel.cancelled else self._failed(error.message, error.trouble)
        except TriageError as error:
            return self._failed(error.message, None)
        except Exception as error:  # noqa: BLE001  the others go on, and this one is tried again
            _LOG.exception("Following %s failed.", self._source.name)
            what = Unexpected(f"This should not happen ({type(error).__name__}: {error}). Please report it.")
            return self._failed(what.message, None)
        return 0

    def _finish_pending(self) -> None:
        finish_pending(self._source.name, self._ports, self._context)

    def _open(self) -> Feed:
        connector = connector_of(self._source, self._ports)
        return connector.open(self._source, secrets_of(self._source, connector, self._ports))

    def _take_once(self, feed: Feed, cancel: CancelToken) -> None:
        self._take(feed, cancel, timedelta(0))

    def _take_and_wait(self, feed: Feed, cancel: CancelToken) -> None:
        seconds = float(self._source.settings.get("poll") or POLL_SECONDS)
        while not cancel.cancelled:
            self._take(feed, cancel, timedelta(seconds=seconds))
            feed.wait(seconds, cancel)

    def _listen(self, feed: Feed, cancel: CancelToken) -> None:
        """The same for what is sent by others, who do not wait until we are ready, and send nothing again: what has
        arrived at the end is stored at once, and analysed at the next start."""
        with suppress(Cancelled):
            self._finish_pending()
            self._take_and_wait(feed, cancel)
        ended = CancelToken()
        ended.cancel()
        self._take(feed, ended, timedelta(0), keep_pages)

    def _take(self, feed: Feed, cancel: CancelToken, poll: timedelta, take: _Take = take_pages) -> None:
        """Pull until nothing is new; raises SourceFailed after what was had before is safe."""
        with self._ports.storage.read() as uow:
            cursors = uow.sources.cursors(self._source.name)
        latest = self._state
        fresh = 0

        def note(uow: UnitOfWork, page: Page, new: int) -> None:
            nonlocal latest, fresh
            latest, fresh = self._noted(page, new, feed.tls), new
            if page.cursor is not None:
                uow.sources.save_cursor(self._source.name, page.cursor)
            uow.sources.save_state(self._source.name, latest)

        def settled(page: Page) -> None:
            self._state = latest
            self._tally.new += fresh
            self._tally.known += len(page.items) - fresh
            feed.settled(page)

        context = replace(self._context, cancel=cancel)
        taken = take(feed.pull(cursors, cancel), note, settled, self._ports, context)
        if taken.trouble is not None:
            raise taken.trouble
        self._succeeded(feed.tls, poll)

    def _noted(self, page: Page, new: int, tls: str) -> SourceState:
        state = self._state
        return replace(
            state,
            last_item=self._ports.clock() if new else state.last_item,
            tls=tls,
            on_server=state.on_server if page.on_server is None else page.on_server,
            skipped=state.skipped + page.skipped,
        )

    def _succeeded(self, tls: str, poll: timedelta) -> None:
        now = self._ports.clock()
        before = self._state
        self._tally.error = ""
        state = replace(before, last_success=now, next_try=now + poll, error="", trouble=None, failures=0, tls=tls)
        recent = before.last_success is not None and (now - before.last_success).total_seconds() < SAVE_SECONDS
        if recent and (before.error, before.failures, before.tls) == ("", 0, tls):
            return
        self._save(state)

    def _failed(self, message: str, trouble: Trouble | None) -> float:
        failures = self._state.failures + 1
        seconds = pause_after(trouble, failures)
        self._tally.error = message
        if message != self._state.error:
            _LOG.warning("%s: %s", self._source.name, message)
        try:
            self._save(
                replace(
                    self._state,
                    error=message,
                    trouble=trouble,
                    failures=failures,
                    next_try=self._ports.clock() + timedelta(seconds=seconds),
                )
            )
        except TriageError as error:
            _LOG.warning("The state of %s could not be stored: %s", self._source.name, error.message)
        return seconds

    def _save(self, state: SourceState) -> None:
        with self._ports.storage.write() as uow:
            uow.sources.save_state(self._source.name, state)
        self._state = state
        self._context.publish(changed(ChangeKind.SOURCES))
