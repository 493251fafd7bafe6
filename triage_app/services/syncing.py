"""Taking in what live sources hold, and carrying out what waits to go out by them: once, or until somebody stops it."""

from collections.abc import Callable, Mapping
from functools import partial

from triage_app.domain.errors import InvalidInput, InvalidState, NotFound, StorageFailed, Trouble
from triage_app.domain.source import Source, SourceName
from triage_app.services.context import CancelToken, Context
from triage_app.services.following import OTHER_SECONDS, Follower, Tally
from triage_app.services.ports import Ports
from triage_app.services.reindexing import Reindexing
from triage_app.services.result import Result
from triage_app.services.retraining import Retraining, is_scheduled
from triage_app.services.sending import Sender
from triage_app.services.source_commands import SourceReport, SyncReport, SyncSources
from triage_app.services.sources import CHANGES
from triage_app.services.waking import Waking

RETRAINING = "training by schedule"
"""The name of its loop; no source has one with a space."""

WAKING = "bringing back what was put off"
REINDEXING = "reading earlier tickets again"

_Work = Callable[[Source, CancelToken], None]


def sync(command: SyncSources, ports: Ports, context: Context) -> Result[SyncReport]:
    """Once, or until a cancel, which then is the proper end. Raises NotFound and InvalidState for a named source."""
    if command.once and command.follow:
        raise InvalidInput("A sync either ends (--once) or goes on (--follow). Give one of the two.")
    if command.name:
        with ports.storage.read() as uow:
            if uow.sources.get(SourceName(command.name)).paused:
                raise InvalidState(f"The source {command.name} is paused. Resume it first.")
    tallies: dict[str, Tally] = {}
    if command.follow:
        ports.runner.run(_Loops(command.name, tallies, ports, context), context.cancel)
    else:
        _once(command.name, tallies, ports, context)
    reports = tuple(SourceReport(name, each.new, each.known, each.error) for name, each in sorted(tallies.items()))
    new, known = sum(each.new for each in reports), sum(each.known for each in reports)
    failed = sum(bool(each.error) for each in reports)
    return Result(SyncReport(new, known, failed, reports), CHANGES)


def _once(name: str, tallies: dict[str, Tally], ports: Ports, context: Context) -> None:
    """One source after the other. Unless it is named, one that listens is left out, and so is one whose sign-in was
    refused, until its time has come: accounts are locked by those who try too often."""
    with ports.storage.read() as uow:
        found = uow.sources.all()
    for source, state in found:
        if source.paused or (name and source.name != name):
            continue
        connector = ports.connectors.get(source.kind)
        if not name and connector is not None and connector.manifest.pushes:
            continue
        tally = tallies[source.name] = Tally()
        waits = state.next_try is not None and state.next_try > ports.clock()
        if not name and waits and state.trouble is Trouble.AUTHENTICATION:
            tally.error = state.error
            continue
        Follower(source, ports, context, tally).once(context.cancel)
        context.cancel.check()
        if source.kind in ports.outlets:
            failure = Sender(source, ports, context).once(context.cancel)
            if failure is not None and not tally.error:
                tally.error = failure.message


class _Loops:
    """The loops that should run now for each source that is not paused, as its settings are now: one that takes in,
    and one that carries out what waits for it in the outbox. Where all sources are followed, there is one that brings
    back tickets that were put off, one that reads tickets of earlier versions again, and where the settings train by
    schedule, one for that."""

    def __init__(self, name: str, tallies: dict[str, Tally], ports: Ports, context: Context) -> None:
        self._name = name
        self._tallies = tallies
        self._ports = ports
        self._context = context
        self._active: dict[tuple[SourceName, str], str] = {}

    def __call__(self) -> Mapping[str, Callable[[CancelToken], None]]:
        """Where settings changed, the loop with the old ones ends before one with the new ones begins."""
        with self._ports.storage.read() as uow:
            found = [source for source, _ in uow.sources.all() if not source.paused]
        loops: dict[str, Callable[[CancelToken], None]] = {}
        if not self._name:
            loops[WAKING] = Waking(self._ports, self._context).follow
            loops[REINDEXING] = Reindexing(self._ports, self._context).follow
        if not self._name and is_scheduled(self._ports.settings.learning):
            loops[RETRAINING] = Retraining(self._ports, self._context).follow
        for source in found:
            if self._name and source.name != self._name:
                continue
            for work in (self._follow, self._send) if source.kind in self._ports.outlets else (self._follow,):
                key = f"{source.name}/{source.revision}/{work.__name__}"
                if self._active.setdefault((source.name, work.__name__), key) == key:
                    loops[key] = partial(self._until_cancelled, work, source)
        return loops

    def _until_cancelled(self, work: _Work, source: Source, cancel: CancelToken) -> None:
        """Go on whatever fails."""
        try:
            while not cancel.cancelled:
                try:
                    work(source, cancel)
                except StorageFailed as error:
                    self._tallies.setdefault(source.name, Tally()).error = error.message
                    self._ports.runner.wait(OTHER_SECONDS, cancel)
        except NotFound:
            return  # removed before it began
        finally:
            self._active.pop((source.name, work.__name__), None)

    def _follow(self, source: Source, cancel: CancelToken) -> None:
        tally = self._tallies.setdefault(source.name, Tally())
        Follower(source, self._ports, self._context, tally).follow(cancel)

    def _send(self, source: Source, cancel: CancelToken) -> None:
        Sender(source, self._ports, self._context).follow(cancel)
