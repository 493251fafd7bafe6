"""The outbox as people see it: what waits, what failed and why, sending anew and taking back."""

import msgspec

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import RawId
from triage_app.domain.outgoing_mail import OutgoingKind, OutgoingMail
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse
from triage_app.services.mail_commands import ResendOutgoing, WithdrawOutgoing
from triage_app.services.mail_queries import ListOutbox, OutboxEntry, OutboxList
from triage_app.services.outgoing import Outgoing
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result

MAILS = (OutgoingKind.REPLY, OutgoingKind.ACKNOWLEDGEMENT)
ERRANDS = (OutgoingKind.MOVE, OutgoingKind.FLAG)
MAX_ENTRIES = 1_000

mail_in = msgspec.json.Decoder(OutgoingMail).decode
"""The mail in the payload of a reply or an acknowledgement."""


class Errand(msgspec.Struct, frozen=True):
    """The payload of a move or a flag: the item, the Message-ID that it has, and the folder, empty for a flag.

    Where the item lies is asked when it is carried out: a mailbox may count anew meanwhile.
    """

    raw: RawId
    message_id: str
    folder: str = ""


errand_in = msgspec.json.Decoder(Errand).decode
"""The errand in the payload of a move or a flag."""


def entry_of(entry: Outgoing) -> OutboxEntry:
    """An entry with its payload in words."""
    to, subject, text = "", "", ""
    if entry.what.kind in MAILS:
        mail = mail_in(entry.what.payload)
        to, subject, text = mail.recipient, mail.subject, mail.text
    else:
        to = errand_in(entry.what.payload).folder
    return OutboxEntry(
        id=entry.id,
        kind=entry.what.kind,
        ticket=entry.what.ticket,
        source=entry.what.source,
        state=entry.state,
        to=to,
        subject=subject,
        text=text,
        attempts=entry.attempts,
        next_try=entry.next_try,
        error=entry.error,
        created_at=entry.created_at,
        done_at=entry.done_at,
    )


def list_outbox(query: ListOutbox, uow: UnitOfWork, _ports: Ports, _context: Context) -> OutboxList:
    """The newest entries, of one ticket or of all."""
    if not 0 <= query.limit <= MAX_ENTRIES:
        raise InvalidInput(f"limit must be 0 or more and at most {MAX_ENTRIES}; it is {query.limit}.")
    if query.ticket is None:
        found = uow.outbox.all(query.limit)
    else:
        found = tuple(reversed(uow.outbox.of_ticket(query.ticket)))[: query.limit]
    return OutboxList(tuple(entry_of(each) for each in found))


def resend(command: ResendOutgoing, uow: UnitOfWork, _ports: Ports, _context: Context) -> Result[OutboxEntry]:
    """Let it wait anew. Raises NotFound, and InvalidState for one that waits, is on its way, or was done."""
    uow.outbox.again(command.id)
    entry = uow.outbox.get(command.id)
    return Result(entry_of(entry), outbox_changes(entry), Inverse(queued=(command.id,)))


def withdraw(command: WithdrawOutgoing, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[OutboxEntry]:
    """Take it back. Raises NotFound, and InvalidState for one that does not wait any more."""
    uow.outbox.cancel(command.id, context.now)
    entry = uow.outbox.get(command.id)
    return Result(entry_of(entry), outbox_changes(entry), Inverse(withdrawn=command.id))


def outbox_changes(*entries: Outgoing) -> ChangeSet:
    """What changed when these entries did."""
    tickets = frozenset(each.what.ticket for each in entries)
    return changed(ChangeKind.OUTBOX, ChangeKind.TICKETS_CHANGED, tickets=tickets)
