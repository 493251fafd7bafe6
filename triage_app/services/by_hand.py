"""Tickets that people make by hand: what was said becomes an item like any other, and that a ticket of its own."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import Form, RawId, RawItem, digest
from triage_app.domain.outgoing_mail import message_id
from triage_app.domain.spoken import spoken
from triage_app.domain.ticket import TicketRow
from triage_app.services.commands import CorrectLabel
from triage_app.services.context import Context
from triage_app.services.conversations import NO_MAIL, Conversations
from triage_app.services.inverse import Inverse, Made, state_of
from triage_app.services.labelling import own_label
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.search_commands import AddTicket
from triage_app.services.settling import Settling
from triage_app.services.shapes import PendingItem
from triage_app.services.training import models_in_force
from triage_app.services.triage import CATEGORY, correct_label

SOURCE = "by hand"
"""The source of what people write down."""

_PLACE = "@by-hand.invalid"


def add_ticket(command: AddTicket, ports: Ports, context: Context) -> Callable[[UnitOfWork], Result[TicketRow]]:
    """Write down what was said and read it; then, in the transaction, store it as an item and make it a ticket.

    It goes the way of all items, but for this: it is always a ticket of its own, linked where a rule holds it for a
    repeat, and opens no group. A category is the caller's decision, as by `correct`; a severity stands in place of the
    unknown one. Undo takes the ticket back and counts its item as dropped. Raises InvalidInput.
    """
    category = own_label(ports.datasets.get(CATEGORY), command.category) if command.category.strip() else ""
    chance = ports.chance()
    sender = command.sender if command.sender.strip() else context.actor
    content = spoken(command.subject, command.text or "", sender, message_id(chance, _PLACE), context.now)
    item = RawItem(
        SOURCE, "", 0, chance, Form.MAIL, content, digest(content), f"a call written down by {context.actor}"
    )
    models, _ = models_in_force(ports, context)
    pending = PendingItem(RawId(0), item.source, item.form, item.content, context.now)
    (analysis,) = chain.from_iterable(found for _, found in ports.analyser.analyse([[pending]], models))
    if analysis.reason:
        raise InvalidInput(f"The ticket cannot be made: {analysis.reason}")
    if command.severity is not None:
        analysis = replace(analysis, severity=command.severity)
    rules = ports.rules.load()

    def finish(uow: UnitOfWork) -> Result[TicketRow]:
        (raw,) = uow.ledger.add([item], context.now)
        if raw is None:
            raise InvalidInput("The ticket was made already.")
        settling = Settling(uow, rules, context.now, Conversations(uow, NO_MAIL, context.now))
        ticket, link = settling.take_alone(replace(pending, id=raw), analysis)
        settling.finish()
        made = Made(raw, ticket, state_of(uow.tickets.row(ticket)), link)
        told = correct_label(CorrectLabel(ticket, category), uow, ports, context) if category else None
        back = settling.back
        inverse = told.inverse if told is not None and told.inverse is not None else Inverse()
        touched = frozenset({ticket}).union(back.tickets)
        kinds = changed(ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.LEDGER).kinds
        return Result(
            uow.tickets.row(ticket),
            ChangeSet(kinds.union(told.changes.kinds if told is not None else ()), touched),
            replace(
                inverse,
                made=made,
                steps=inverse.steps + back.steps,
                wakes=inverse.wakes + back.wakes,
                notes=inverse.notes + back.notes,
            ),
        )

    return finish
