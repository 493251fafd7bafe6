"""One function for each thing that a user does: it starts the job behind it and hands back the job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from triage_app.domain.errors import Cancelled, InvalidState, NothingToUndo, TriageError
from triage_app.domain.item import RawId
from triage_app.domain.ledger import ParkedItem
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.services.arguments import Command, Query
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CloseTicket,
    CorrectLabel,
    DismissParked,
    ImportFiles,
    ImportReport,
    LoadDemo,
    ReopenTicket,
    RetryParked,
    Undo,
)
from triage_app.services.context import CancelToken, Progress
from triage_app.services.queries import (
    BalanceSheet,
    CountViews,
    DatasetList,
    GetBalance,
    GetRaw,
    GetTicket,
    ListDatasets,
    ListModels,
    ListParked,
    ModelList,
    ParkedList,
    RawText,
    TicketView,
    ViewCounts,
)

T = TypeVar("T")
Done = Callable[[T], None]
Failed = Callable[[TriageError], None]
Progressed = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision over several tickets did: how many were asked for, how many were done, why others were not."""

    asked: int
    done: int
    refused: tuple[str, ...] = ()
    stopped: bool = False


# -- questions -----------------------------------------------------------------------------------------------------


def _ask(desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def load_ticket(desk: Desk, ticket: TicketId, done: Done[TicketView], failed: Failed) -> Job[TicketView]:
    """Read a ticket whole; a newer request drops this one."""
    return _ask(desk, "ticket", GetTicket(id=ticket), done, failed)


def load_ticket_ahead(desk: Desk, ticket: TicketId, done: Done[TicketView]) -> Job[TicketView]:
    """Read the ticket that is likely to be next."""
    return _ask(desk, "ticket-ahead", GetTicket(id=ticket), done, lambda _error: None)


def count_views(desk: Desk, done: Done[ViewCounts]) -> Job[ViewCounts]:
    """Count the tickets of each view."""
    return _ask(desk, "view-counts", CountViews(saved=False), done)


def load_balance(desk: Desk, done: Done[BalanceSheet]) -> Job[BalanceSheet]:
    """Read the balance."""
    return _ask(desk, "balance", GetBalance(), done)


def load_datasets(desk: Desk, done: Done[DatasetList]) -> Job[DatasetList]:
    """Read the datasets."""
    return _ask(desk, "datasets", ListDatasets(), done)


def load_model_in_force(desk: Desk, done: Done[ModelList]) -> Job[ModelList]:
    """Read the model versions for naming the one in force; apart from the list, which would replace it."""
    return _ask(desk, "model-in-force", ListModels(), done)


def load_parked(desk: Desk, done: Done[ParkedList], failed: Failed) -> Job[ParkedList]:
    """Read the parked items."""
    return _ask(desk, "parked", ListParked(), done, failed)


def load_raw(desk: Desk, raw: RawId, done: Done[RawText], failed: Failed) -> Job[RawText]:
    """Read an item as it was received."""
    return _ask(desk, "raw", GetRaw(id=raw), done, failed)


# -- decisions -----------------------------------------------------------------------------------------------------


def decide(
    desk: Desk,
    ids: Sequence[TicketId],
    command: Callable[[TicketId], Command[Any]],
    done: Done[Outcome],
    progressed: Progressed | None,
    failed: Failed | None = None,
) -> Job[Outcome]:
    """Carry out a command on each of these tickets, with progress; what its state does not allow is left and told."""

    def work(progress: Progressed, cancel: CancelToken) -> Outcome:
        finished = 0
        refused: list[str] = []
        for place, ticket in enumerate(ids):
            if cancel.cancelled:
                return Outcome(len(ids), finished, tuple(refused), stopped=True)
            try:
                desk.app.execute(command(ticket), cancel=cancel)
                finished += 1
            except InvalidState as error:
                if len(ids) == 1:
                    raise
                refused.append(error.message)
            progress(Progress(place + 1, len(ids), "tickets"))
        return Outcome(len(ids), finished, tuple(refused))

    return desk.jobs.start("decide", Lane.DO, work, done, failed=failed, progressed=progressed, replaces=False)


def accept(
    desk: Desk,
    ids: Sequence[TicketId],
    done: Done[Outcome],
    progressed: Progressed | None = None,
    *,
    seconds: float | None = None,
) -> Job[Outcome]:
    """Say that the suggested label of these tickets is right; `seconds` is how long it took to decide, if measured."""
    return decide(desk, ids, lambda ticket: AcceptLabel(id=ticket, seconds=seconds), done, progressed)


def correct(
    desk: Desk,
    ids: Sequence[TicketId],
    label: str,
    done: Done[Outcome],
    progressed: Progressed | None = None,
    *,
    seconds: float | None = None,
) -> Job[Outcome]:
    """Say which label these tickets should have; `seconds` as in `accept`."""
    return decide(desk, ids, lambda ticket: CorrectLabel(id=ticket, label=label, seconds=seconds), done, progressed)


def close(
    desk: Desk,
    ids: Sequence[TicketId],
    verdict: Verdict,
    done: Done[Outcome],
    progressed: Progressed | None = None,
    *,
    seconds: float | None = None,
) -> Job[Outcome]:
    """Close these tickets with a verdict; `seconds` as in `accept`."""
    return decide(desk, ids, lambda ticket: CloseTicket(id=ticket, verdict=verdict, seconds=seconds), done, progressed)


def reopen(
    desk: Desk, ids: Sequence[TicketId], done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Open these tickets again."""
    return decide(desk, ids, lambda ticket: ReopenTicket(id=ticket), done, progressed)


def assign(
    desk: Desk, ids: Sequence[TicketId], who: str, done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Give these tickets to somebody (`me`, `-` for nobody)."""
    return decide(desk, ids, lambda ticket: AssignTicket(id=ticket, who=who), done, progressed)


def add_note(
    desk: Desk, ids: Sequence[TicketId], text: str, done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Write a note on these tickets."""
    return decide(desk, ids, lambda ticket: AddNote(id=ticket, text=text), done, progressed)


def undo(
    desk: Desk, steps: int, done: Done[tuple[TicketId, ...]], failed: Failed, progressed: Progressed | None = None
) -> Job[tuple[TicketId, ...]]:
    """Take back the last `steps` decisions; hands over the tickets that are as before."""

    def work(progress: Progressed, cancel: CancelToken) -> tuple[TicketId, ...]:
        tickets: list[TicketId] = []
        for place in range(steps):
            if cancel.cancelled:
                break
            try:
                tickets.extend(desk.app.execute(Undo()).tickets)
            except NothingToUndo:
                if place == 0:
                    raise
                break
            progress(Progress(place + 1, steps, "tickets"))
        return tuple(tickets)

    return desk.jobs.start("undo", Lane.DO, work, done, failed=failed, progressed=progressed, replaces=False)


# -- files ---------------------------------------------------------------------------------------------------------


def _intake(
    desk: Desk, command: Command[ImportReport], done: Done[ImportReport], failed: Failed, progressed: Progressed
) -> Job[ImportReport]:
    return desk.jobs.start(
        "intake",
        Lane.LONG,
        lambda progress, cancel: desk.app.execute(command, progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
        replaces=False,
    )


def import_files(
    desk: Desk, paths: Sequence[str], done: Done[ImportReport], failed: Failed, progressed: Progressed
) -> Job[ImportReport]:
    """Read mail and alerts from files and folders into the queue."""
    return _intake(desk, ImportFiles(paths=tuple(paths)), done, failed, progressed)


def load_demo(desk: Desk, done: Done[ImportReport], failed: Failed, progressed: Progressed) -> Job[ImportReport]:
    """Read the sample mail and alerts."""
    return _intake(desk, LoadDemo(), done, failed, progressed)


def retry_parked(
    desk: Desk, raw: RawId | None, done: Done[ImportReport], failed: Failed, progressed: Progressed
) -> Job[ImportReport]:
    """Try one parked item again, or all."""
    return _intake(desk, RetryParked(id=raw), done, failed, progressed)


def dismiss_parked(desk: Desk, raw: RawId, done: Done[ParkedItem]) -> Job[ParkedItem]:
    """Drop one parked item on purpose."""
    return desk.jobs.start(
        "dismiss", Lane.DO, lambda _progress, _cancel: desk.app.execute(DismissParked(id=raw)), done, replaces=False
    )


def was_cancelled(error: TriageError) -> bool:
    """Whether this is not a failure but what the user asked for."""
    return isinstance(error, Cancelled)
