"""The original mail of a ticket in its mailbox: moved or flagged there, as a command that is queued."""

from collections.abc import Iterator

import msgspec

from triage_app.domain.conversation import head_of
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.item import Form, RawId
from triage_app.domain.mailbox import Mailbox
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.parsing import parse
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.conversations import mailboxes
from triage_app.services.inverse import Inverse
from triage_app.services.mail_commands import FlagMail, MoveMail
from triage_app.services.mail_queries import OutboxList
from triage_app.services.outbox import Errand, entry_of, errand_in, outbox_changes
from triage_app.services.outgoing import NewOutgoing, Outgoing
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result

MAX_FOLDER = 500
_STANDING = (OutgoingState.WAITING, OutgoingState.SENDING)


def move(command: MoveMail, uow: UnitOfWork, ports: Ports, context: Context) -> Result[OutboxList]:
    """Queue the move of each original.

    Raises InvalidInput where no folder is named and none is set for the category, InvalidState where the ticket did
    not come from a mailbox, and where it is queued already.
    """
    folder = command.folder.strip()
    if len(folder) > MAX_FOLDER or not folder.isprintable():
        raise InvalidInput(f"A folder's name has at most {MAX_FOLDER} printable characters.")
    category = uow.tickets.row(command.id).category
    wanted = []
    for source, box, original in _originals(command.id, uow, ports):
        target = folder or box.folders.get(category, "")
        if not target:
            raise InvalidInput(
                f"{source} has no folder for the category {category}. Name one, or set its `category_folders`: "
                f"triage source set {source} --set 'category_folders={category}=FOLDER'"
            )
        wanted.append((OutgoingKind.MOVE, source, Errand(original.raw, original.message_id, target)))
    return _queue(command.id, wanted, uow, context)


def flag(command: FlagMail, uow: UnitOfWork, ports: Ports, context: Context) -> Result[OutboxList]:
    """Queue the flag of each original; raises InvalidState as `move` does."""
    wanted = [(OutgoingKind.FLAG, source, original) for source, _, original in _originals(command.id, uow, ports)]
    return _queue(command.id, wanted, uow, context)


def _originals(ticket: TicketId, uow: UnitOfWork, ports: Ports) -> Iterator[tuple[SourceName, Mailbox, Errand]]:
    boxes = mailboxes(uow, ports)
    uow.tickets.row(ticket)
    found = [raw for raw in uow.ledger.of_ticket(ticket) if raw.source in boxes]
    if not found:
        raise InvalidState(
            f"Ticket {ticket} did not come from a mailbox that is connected, so there is no mail to move or flag."
        )
    for raw in found:
        known = uow.messages.of_item(raw.id)
        if known is not None:
            name = known.message_id
        else:
            head = head_of(parse(raw.content, raw.form)) if raw.form in (Form.MAIL, Form.MSG) else None
            name = "" if head is None else head.message_id
        source = SourceName(raw.source)
        yield source, boxes[source], Errand(raw.id, name)


def _queue(
    ticket: TicketId, wanted: list[tuple[OutgoingKind, SourceName, Errand]], uow: UnitOfWork, context: Context
) -> Result[OutboxList]:
    before = [each for each in uow.outbox.of_ticket(ticket) if each.what.kind in (OutgoingKind.MOVE, OutgoingKind.FLAG)]
    queued: list[OutgoingId] = []
    for kind, source, errand in wanted:
        standing = _standing(before, kind, errand.raw)
        if standing is not None and errand_in(standing.what.payload).folder == errand.folder:
            continue
        marker = f"{kind.value}:{errand.raw}:{len(before) + len(queued)}"
        what = NewOutgoing(kind, ticket, source, msgspec.json.encode(errand).decode(), marker)
        entry = uow.outbox.add(what, context.now)
        assert entry is not None  # the number makes it new
        queued.append(entry)
    if not queued:
        raise InvalidState(f"That is queued for ticket {ticket} already. `outbox` says how it stands.")
    found = [uow.outbox.get(each) for each in queued]
    return Result(
        OutboxList(tuple(entry_of(each) for each in found)), outbox_changes(*found), Inverse(queued=tuple(queued))
    )


def _standing(before: list[Outgoing], kind: OutgoingKind, raw: RawId) -> Outgoing | None:
    """What was asked for last of this kind and is still to be done."""
    same = [each for each in before if each.what.marker.startswith(f"{kind.value}:{raw}:") and each.state in _STANDING]
    return same[-1] if same else None
