"""Silent double reviews: some decided tickets are shown to somebody else, who says a label without seeing the first."""

from triage_app.domain.agreement import kappa, wants_second_look
from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidState
from triage_app.domain.labels import Dataset
from triage_app.domain.learning import Correction
from triage_app.domain.relabelling import called_now
from triage_app.domain.ticket import TicketRow
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse, Look
from triage_app.services.labelling import own_label
from triage_app.services.learning_commands import SecondOpinion
from triage_app.services.learning_queries import ListSecondLooks
from triage_app.services.learning_shapes import Agreement, Review, SecondLook, SecondLooks
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result

MOST = 200
"""Tickets listed at once."""


def ask(uow: UnitOfWork, share: float, word: Correction) -> Look | None:
    """Ask for a second opinion on what somebody has just decided, where the ticket is among those that want one.

    Returns what takes that back; None where none is asked, or was asked before.
    """
    if not wants_second_look(word.dataset, word.ticket, share):
        return None
    asked = uow.reviews.ask(Review(word.ticket, word.dataset, word.at, word.new, word.who))
    return Look(word.ticket, word.dataset) if asked else None


def list_second_looks(query: ListSecondLooks, uow: UnitOfWork, ports: Ports, context: Context) -> SecondLooks:
    """What waits for a second opinion of the caller, the oldest first, at most 200."""
    dataset = ports.datasets.get(query.dataset)
    waiting = uow.reviews.waiting(dataset.name, not_by=context.actor, limit=MOST)
    rows = {row.id: row for row in uow.tickets.rows([each.ticket for each in waiting])}
    looks = (
        SecondLook(each.ticket, rows[each.ticket].subject, dataset.name) for each in waiting if each.ticket in rows
    )
    return SecondLooks(tuple(looks))


def second_opinion(command: SecondOpinion, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Say a label for a second time. The ticket, its label and what is learnt stay as they are.

    Raises NotFound where no opinion is waited for, InvalidState where the caller gave the first.
    """
    dataset = ports.datasets.get(command.dataset)
    label = own_label(dataset, command.label)
    row = uow.tickets.row(command.id)
    review = uow.reviews.get(row.id, dataset.name)
    if review is not None and review.first_who == context.actor:
        raise InvalidState(f"You decided ticket {row.id} yourself. The second opinion is somebody else's.")
    uow.reviews.answer(row.id, dataset.name, label, context.actor, context.now)
    changes = changed(ChangeKind.CORRECTIONS, tickets=frozenset({row.id}))
    return Result(row, changes, Inverse(looked=Look(row.id, dataset.name)))


def agreement(uow: UnitOfWork, dataset: Dataset) -> tuple[Agreement, ...]:
    """How far people agree on each label that one of two said, from the double reviews that are done; `n` counts those
    in which it was said.
    """
    pairs = [
        (
            called_now(each.first, each.asked_at, "", dataset.history),
            called_now(each.second, each.second_at, "", dataset.history),
        )
        for each in uow.reviews.done(dataset.name)
    ]
    said = {label: sum(label in pair for pair in pairs) for label in dataset.labels}
    return tuple(Agreement(label, n, kappa(pairs, label)) for label, n in said.items() if n)
