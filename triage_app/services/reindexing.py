"""Tickets of earlier versions are read again from their items, so that similar ones are found among them: the newest
first, in workers, each batch committed. Whoever is interrupted goes on where it stopped; programs beside each other
read twice and store once.
"""

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import Cancelled, TriageError
from triage_app.domain.item import RawId
from triage_app.domain.pattern import NO_PATTERN
from triage_app.domain.ticket import TicketId
from triage_app.services.context import CancelToken, Context, Progress
from triage_app.services.ports import Ports
from triage_app.services.result import Result
from triage_app.services.search_commands import Reindexed, ReindexTickets
from triage_app.services.search_shapes import ReadTicket
from triage_app.services.shapes import Analysis, PendingItem

ACTOR = "schedule"
"""Who reads tickets again without being asked, in the log."""

BATCH = 200
"""Tickets that are read at once."""

AGAIN_SECONDS = 60.0
"""Until the next try after a failure."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Tickets, and whose each item is: with the raw item where it is an answer."""

    tickets: tuple[TicketId, ...]
    owners: tuple[tuple[TicketId, RawId | None], ...]


def reindex(_command: ReindexTickets, ports: Ports, context: Context) -> Result[Reindexed]:
    """Read tickets again until none is left that was not. One whose item is gone is found by its words alone."""
    with ports.storage.read() as uow:
        total = uow.similar.count_unread()
    ahead: deque[_Batch] = deque()
    read = gone = 0
    for _, analyses in ports.analyser.analyse(_batches(ports, ahead, context.cancel), ()):
        batch = ahead.popleft()
        found = _read(batch, analyses)
        with ports.storage.write() as uow:
            uow.similar.add(found)
            fresh = set(uow.messages.unindexed(batch.tickets))
            answers = zip(batch.owners, analyses, strict=True)
            uow.tickets.add_answers(
                [(ticket, raw, each.search_text) for (ticket, raw), each in answers if raw and (ticket, raw) in fresh]
            )
        read += len(batch.tickets)
        gone += len(batch.tickets) - sum(raw is None for _, raw in batch.owners)
        context.progress(Progress(read, max(total, read), "tickets read again"))
        context.cancel.check()
    return Result(Reindexed(read, gone), changed(ChangeKind.TICKETS_CHANGED))


def _batches(ports: Ports, ahead: deque[_Batch], cancel: CancelToken) -> Iterator[Sequence[PendingItem]]:
    """The items of tickets and of the answers in them; what they are is put into `ahead` in the same order."""
    before: TicketId | None = None
    while not cancel.cancelled:
        with ports.storage.read() as uow:
            ids = uow.similar.unread(limit=BATCH, before=before)
            if not ids:
                return
            before = ids[-1]
            items: list[PendingItem] = []
            owners: list[tuple[TicketId, RawId | None]] = []
            for each in uow.candidates.first_items(ids):
                # Nothing is settled here, so it does not matter which item it is.
                items.append(PendingItem(RawId(0), "", each.form, each.content, each.received_at))
                owners.append((each.ticket, None))
            for ticket, raw in uow.messages.unindexed(ids):
                answer = uow.ledger.get(raw)
                items.append(PendingItem(raw, answer.source, answer.form, answer.content, answer.received_at))
                owners.append((ticket, raw))
        ahead.append(_Batch(tuple(ids), tuple(owners)))
        yield items


def _read(batch: _Batch, analyses: Sequence[Analysis]) -> list[ReadTicket]:
    found = dict.fromkeys(batch.tickets, Analysis())
    found |= {ticket: each for (ticket, raw), each in zip(batch.owners, analyses, strict=True) if raw is None}
    return [
        ReadTicket(ticket, NO_PATTERN if each.reason else each.pattern, each.traits, each.record)
        for ticket, each in found.items()
    ]


class Reindexing:
    """Reads tickets of earlier versions again as the `ReindexTickets` of the actor `schedule`, by whichever program
    follows the sources.
    """

    def __init__(self, ports: Ports, context: Context) -> None:
        self._ports = ports
        self._context = context

    def follow(self, cancel: CancelToken) -> None:
        """Until nothing is left, or a cancel; a failure is told and tried again."""
        while not cancel.cancelled:
            try:
                self.once(cancel)
            except Cancelled:
                return
            except TriageError as error:
                _LOG.warning("Tickets of earlier versions could not be read again: %s", error.message)
                self._ports.runner.wait(AGAIN_SECONDS, cancel)
            else:
                return

    def once(self, cancel: CancelToken) -> None:
        """Read what is to be read, if anything is."""
        with self._ports.storage.read() as uow:
            if not uow.similar.unread(limit=1):
                return
        self._context.carry_out(ReindexTickets(), ACTOR, cancel)
        self._context.publish(changed(ChangeKind.TICKETS_CHANGED))
