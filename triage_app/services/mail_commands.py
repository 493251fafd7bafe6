"""Every command about mail that goes out: replies, and originals that are moved or flagged in their mailbox."""

from dataclasses import dataclass

from triage_app.domain.outgoing_mail import OutgoingId
from triage_app.domain.ticket import TicketId
from triage_app.services.arguments import Command, argument, option, optional_argument, text_option
from triage_app.services.mail_queries import OutboxEntry, OutboxList


@dataclass(frozen=True, slots=True)
class ReplyToTicket(Command[OutboxEntry]):
    """Answer whoever wrote to us; the reply is queued, and sent once a server takes it, also after an outage."""

    id: TicketId = argument("The ticket.")
    template: str = option("The template, as `templates` lists them.", "")
    text: str | None = text_option("The text, in place of a template.")
    to: str = option("The address to write to; the reporter's if left out.", "")
    source: str = option("The mailbox to send it by; the one that the mail came from if left out.", "")


@dataclass(frozen=True, slots=True)
class MoveMail(Command[OutboxList]):
    """Move a ticket's original mail to another folder of its mailbox; queued, and tried again after an outage."""

    id: TicketId = argument("The ticket.")
    folder: str = optional_argument(
        "The folder; the one that the source's `category_folders` name for the ticket's category if left out.", ""
    )


@dataclass(frozen=True, slots=True)
class FlagMail(Command[OutboxList]):
    """Flag a ticket's original mail in its mailbox; queued, and tried again after an outage."""

    id: TicketId = argument("The ticket.")


@dataclass(frozen=True, slots=True)
class ResendOutgoing(Command[OutboxEntry]):
    """Let an entry of the outbox that failed or was withdrawn wait to be sent anew."""

    id: OutgoingId = argument("The entry, as `outbox` lists it.")


@dataclass(frozen=True, slots=True)
class WithdrawOutgoing(Command[OutboxEntry]):
    """Take an entry of the outbox back before it is sent."""

    id: OutgoingId = argument("The entry, as `outbox` lists it.")
