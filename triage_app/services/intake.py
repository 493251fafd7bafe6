"""Intake: from files to tickets. Raw items are committed first; all that follows can be run again from them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.item import RawId, RawItem
from triage_app.domain.ledger import Balance, ParkedItem, total
from triage_app.services.commands import DismissParked, ImportFiles, ImportReport, LoadDemo, RetryParked
from triage_app.services.context import Context, Progress
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

CHANGES = changed(ChangeKind.TICKETS_ADDED, ChangeKind.LEDGER)


@dataclass(slots=True)
class _Count:
    """How many items the files held, and how many of them are in the ledger already."""

    found: int = 0
    known: int = 0


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
    sources = tuple(uow.ledger.balance())
    all_ = total(sources, "")
    return BalanceSheet(
        all_.seen, all_.ticketed, all_.merged, all_.dropped, all_.parked, all_.pending, all_.difference, sources
    )


def list_parked(_query: ListParked, uow: UnitOfWork, _ports: Ports, _context: Context) -> ParkedList:
    """The parked items."""
    return ParkedList(tuple(uow.ledger.parked()))


def _chain(readers: Iterable[Iterator[RawItem]]) -> Iterator[RawItem]:
    for reader in readers:
        yield from reader


def _run(items: Iterator[RawItem], ports: Ports, context: Context) -> Result[ImportReport]:
    """Process what an interrupted import left pending, then the items; the report is the ledger's own difference."""
    ports.analyser.prepare()
    models, warnings = models_in_force(ports, context)
    with ports.storage.read() as uow:
        before = total(uow.ledger.balance(), "")
    count = _Count()
    settled = 0
    for batch, analyses in ports.analyser.analyse(_batches(items, count, ports, context), models):
        _settle(batch, analyses, ports)
        settled += len(batch)
        context.publish(CHANGES)
        context.progress(Progress(settled + count.known, 0, "items read"))
        context.cancel.check()
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


def _batches(
    items: Iterator[RawItem], count: _Count, ports: Ports, context: Context
) -> Iterator[Sequence[PendingItem]]:
    """First what is pending from before, by page; then new items, each batch committed before it is handed on."""
    after: RawId | None = None
    while True:
        with ports.storage.read() as uow:
            left = uow.ledger.pending(BATCH_ITEMS, after=after)
        if not left:
            break
        after = left[-1].id
        yield left
    for batch in _bounded(items):
        context.cancel.check()
        received_at = ports.clock()
        with ports.storage.write() as uow:
            ids = uow.ledger.add(batch, received_at)
        count.found += len(batch)
        count.known += ids.count(None)
        pending = [
            PendingItem(raw, item.source, item.form, item.content, received_at)
            for raw, item in zip(ids, batch, strict=True)
            if raw is not None and not item.reason
        ]
        if pending:
            yield pending


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


def _settle(batch: Sequence[PendingItem], analyses: Sequence[Analysis], ports: Ports) -> None:
    """One transaction decides a batch and stores it whole."""
    rules = ports.rules.load()
    now = ports.clock()
    with ports.storage.write() as uow:
        settle(batch, analyses, uow, rules, now)
