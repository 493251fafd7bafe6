"""Intake: from files and live sources to tickets. Raw items are committed first; all that follows can be run again from
them.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import SourceFailed, TriageError
from triage_app.domain.item import RawId, RawItem
from triage_app.domain.learning import Model
from triage_app.domain.ledger import Balance, ParkedItem, total
from triage_app.domain.source import SourceName
from triage_app.services.commands import DismissParked, ImportFiles, ImportReport, LoadDemo, RetryParked
from triage_app.services.context import Context, Progress
from triage_app.services.conversations import NO_MAIL, correspondence
from triage_app.services.feeds import Page
from triage_app.services.inverse import Inverse
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import BalanceSheet, GetBalance, ListParked, ParkedList
from triage_app.services.result import Result
from triage_app.services.settling import settle
from triage_app.services.shapes import Analysis, PendingItem
from triage_app.services.training import models_in_force

BATCH_ITEMS = 1_000
"""Items a transaction; more does not make it faster."""

BATCH_BYTES = 2_000_000
"""Bytes after which a batch is closed early, so that memory stays flat whatever the size of the mails."""

UNDECIDED = "undecided"
"""The code of an item that was read and could not be decided."""

CHANGES = changed(ChangeKind.TICKETS_ADDED, ChangeKind.LEDGER)

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Count:
    """How many items the files held, and how many of them are in the ledger already."""

    found: int = 0
    known: int = 0


@dataclass(slots=True)
class Taken:
    """What was taken in from a live source: items that are new, those that were held already, and what ended it."""

    new: int = 0
    known: int = 0
    trouble: SourceFailed | None = None


def import_files(command: ImportFiles, ports: Ports, context: Context) -> Result[ImportReport]:
    """Read files into the queue. Raises NotFound for a path that is not there, before anything is read."""
    readers = [ports.files.read(path) for path in command.paths]
    return _run(_chain(readers), ports, context)


def load_demo(_command: LoadDemo, ports: Ports, context: Context) -> Result[ImportReport]:
    """Import the sample mail and alerts that come with the program."""
    return _run(_chain(ports.files.read(str(path)) for path in ports.demo), ports, context)


def retry_parked(command: RetryParked, ports: Ports, context: Context) -> Result[ImportReport]:
    """Make parked items pending again and process all that is pending. Raises NotFound for an id that is not parked."""
    with ports.storage.write() as uow:
        uow.ledger.unpark(command.id)
    return _run(iter(()), ports, context)


def dismiss_parked(command: DismissParked, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[ParkedItem]:
    """Settle a parked item as dropped."""
    item = uow.ledger.dismiss(command.id, context.now)
    return Result(item, changed(ChangeKind.LEDGER), Inverse(dismissed=item))


def get_balance(_query: GetBalance, uow: UnitOfWork, _ports: Ports, _context: Context) -> BalanceSheet:
    """The mailbox balance sheet."""
    states = {source.name: state for source, state in uow.sources.all()}
    counted = uow.ledger.balance()
    sources = tuple(
        replace(each, on_server=states[name].on_server, skipped=states[name].skipped)
        if (name := SourceName(each.source)) in states
        else each
        for each in counted
    )
    all_ = total(sources, "")
    return BalanceSheet(
        all_.seen,
        all_.ticketed,
        all_.merged,
        all_.dropped,
        all_.parked,
        all_.pending,
        all_.difference,
        sources,
        all_.on_server,
        all_.skipped,
    )


def list_parked(_query: ListParked, uow: UnitOfWork, _ports: Ports, _context: Context) -> ParkedList:
    """The parked items."""
    return ParkedList(tuple(uow.ledger.parked()))


def _chain(readers: Iterable[Iterator[RawItem]]) -> Iterator[RawItem]:
    for reader in readers:
        yield from reader


def take_pages(
    pages: Iterator[Page],
    note: Callable[[UnitOfWork, Page, int], None],
    settled: Callable[[Page], None],
    ports: Ports,
    context: Context,
) -> Taken:
    """Take pages of a live source in until they end, or until one cannot be had; then the trouble is in the answer.

    The items of a page are stored in one transaction with what `note(uow, page, new)` writes, such as the cursor; then
    `settled` is called. Whatever was stored is also analysed, also where a later page fails. A cancel is the pages'
    business: they end.
    """
    taken = Taken()
    _process(
        _stored(pages, note, settled, ports, context, taken), _models(ports, context), ports, context, _show_nothing
    )
    return taken


def keep_pages(
    pages: Iterator[Page],
    note: Callable[[UnitOfWork, Page, int], None],
    settled: Callable[[Page], None],
    ports: Ports,
    context: Context,
) -> Taken:
    """Store pages as `take_pages` does, and leave them pending: `finish_pending` analyses them later."""
    taken = Taken()
    for _ in _stored(pages, note, settled, ports, context, taken):
        context.publish(CHANGES)
    return taken


def finish_pending(source: SourceName, ports: Ports, context: Context) -> None:
    """Analyse what an interruption left pending of a source."""
    _process(_left_pending(ports, source), _models(ports, context), ports, context, _show_nothing)


def _models(ports: Ports, context: Context) -> Callable[[], Sequence[Model]]:
    return lambda: models_in_force(ports, context)[0]


def _show_nothing(_number: int) -> None:
    """A live source shows its progress by what was taken in."""


def _stored(
    pages: Iterator[Page],
    note: Callable[[UnitOfWork, Page, int], None],
    settled: Callable[[Page], None],
    ports: Ports,
    context: Context,
    taken: Taken,
) -> Iterator[Sequence[PendingItem]]:
    while taken.trouble is None:
        pending: list[PendingItem] = []
        try:
            page = next(pages, None)
            if page is None:
                return
            received_at = ports.clock()
            with ports.storage.write() as uow:
                ids = uow.ledger.add(page.items, received_at)
                new = len(ids) - ids.count(None)
                note(uow, page, new)
            taken.new += new
            taken.known += len(ids) - new
            context.progress(Progress(taken.new + taken.known, 0, "items taken in"))
            pending = _to_analyse(ids, page.items, received_at)
            settled(page)
        except SourceFailed as error:
            taken.trouble = error
        if pending:
            yield pending


def _run(items: Iterator[RawItem], ports: Ports, context: Context) -> Result[ImportReport]:
    """Process what an interrupted import left pending, then the items; the report is the ledger's own difference."""
    ports.analyser.prepare()
    models, warnings = models_in_force(ports, context)
    with ports.storage.read() as uow:
        before = total(uow.ledger.balance(), "")
    count = _Count()
    settled = 0

    def show(number: int) -> None:
        nonlocal settled
        settled += number
        context.progress(Progress(settled + count.known, 0, "items read"))
        context.cancel.check()

    batches = chain(_left_pending(ports), _batches(items, count, ports, context))
    _process(batches, lambda: models, ports, context, show)
    with ports.storage.read() as uow:
        after = total(uow.ledger.balance(), "")
    return Result(_report(before, after, count, warnings), CHANGES)


def _report(before: Balance, after: Balance, count: _Count, warnings: tuple[str, ...]) -> ImportReport:
    """What the ledger says has happened; what was pending before counts as seen now, since it was settled now."""
    balance = Balance(
        "",
        after.seen - before.seen + before.pending,
        after.ticketed - before.ticketed,
        after.merged - before.merged,
        after.dropped - before.dropped,
        after.parked - before.parked,
        after.pending,
    )
    return ImportReport(
        count.found,
        count.known,
        balance.seen,
        balance.ticketed,
        balance.merged,
        balance.dropped,
        balance.parked,
        balance.pending,
        balance.difference,
        warnings,
    )


def _process(
    batches: Iterator[Sequence[PendingItem]],
    models: Callable[[], Sequence[Model]],
    ports: Ports,
    context: Context,
    show: Callable[[int], None],
) -> None:
    """Analyse and settle batches; the models are asked for only where there is one."""
    first = next(batches, None)
    if first is None:
        return
    for batch, analyses in ports.analyser.analyse(chain([first], batches), models()):
        context.publish(_settle(batch, analyses, ports))
        show(len(batch))


def _left_pending(ports: Ports, source: str = "") -> Iterator[Sequence[PendingItem]]:
    """What is pending from before, by page."""
    after: RawId | None = None
    while True:
        with ports.storage.read() as uow:
            left = uow.ledger.pending(BATCH_ITEMS, after=after, source=source)
        if not left:
            return
        after = left[-1].id
        yield left


def _batches(
    items: Iterator[RawItem], count: _Count, ports: Ports, context: Context
) -> Iterator[Sequence[PendingItem]]:
    """New items, each batch committed before it is handed on."""
    for batch in _bounded(items):
        context.cancel.check()
        received_at = ports.clock()
        with ports.storage.write() as uow:
            ids = uow.ledger.add(batch, received_at)
        count.found += len(batch)
        count.known += ids.count(None)
        if pending := _to_analyse(ids, batch, received_at):
            yield pending


def _to_analyse(ids: Sequence[RawId | None], items: Sequence[RawItem], received_at: datetime) -> list[PendingItem]:
    """Those that are new and can be read."""
    return [
        PendingItem(raw, item.source, item.form, item.content, received_at)
        for raw, item in zip(ids, items, strict=True)
        if raw is not None and not item.reason
    ]


def _bounded(items: Iterator[RawItem]) -> Iterator[list[RawItem]]:
    batch: list[RawItem] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.content)
        if len(batch) >= BATCH_ITEMS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _settle(batch: Sequence[PendingItem], analyses: Sequence[Analysis], ports: Ports) -> ChangeSet:
    """Decide a batch; returns what was changed. Where one of its items cannot be decided, for a reason that nobody
    foresaw, each is decided by itself, and that one is parked: it does not stop the others."""
    try:
        return _settle_at_once(batch, analyses, ports)
    except TriageError:
        raise
    except Exception as error:  # noqa: BLE001  the others go on, and this one can be seen
        if len(batch) > 1:
            each = [_settle([item], [found], ports) for item, found in zip(batch, analyses, strict=True)]
            return ChangeSet(
                frozenset().union(*(one.kinds for one in each)), frozenset().union(*(one.tickets for one in each))
            )
        _LOG.exception("Item %s could not be decided.", batch[0].id)
        reason = f"It could not be decided ({type(error).__name__}: {error}). Report it, and retry it later."
        with ports.storage.write() as uow:
            uow.ledger.park({batch[0].id: (UNDECIDED, reason)}, ports.clock())
        return CHANGES


def _settle_at_once(batch: Sequence[PendingItem], analyses: Sequence[Analysis], ports: Ports) -> ChangeSet:
    """One transaction decides a batch and stores it whole; returns what was changed."""
    rules = ports.rules.load()
    now = ports.clock()
    mail = correspondence(ports) if any(each.head is not None for each in analyses) else NO_MAIL
    with ports.storage.write() as uow:
        answered = settle(batch, analyses, uow, rules, now, mail)
    if not answered:
        return CHANGES
    return ChangeSet(CHANGES.kinds | {ChangeKind.TICKETS_CHANGED, ChangeKind.OUTBOX}, answered)
