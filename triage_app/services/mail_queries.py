"""Every query about mail that goes out, and the shape of each answer."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.ticket import TicketId
from triage_app.services.arguments import Query, argument, option, text_option

# -- answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """A reply as it would go out. `source` is the mailbox that sends it, `answers` the Message-ID of the mail that it
    answers, empty where there is none; `warnings` are sentences for whoever is about to send it.
    """

    ticket: TicketId
    source: str
    sender: str
    recipient: str
    subject: str
    text: str
    answers: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """Something to be done outside, or done. Times are UTC.

    `to` is the address of a mail, or the folder of a move; `subject` and `text` are those of a mail. `state` is
    waiting, sending, done, failed or cancelled; while it waits, `error` is why the last try failed and `next_try` when
    the next one is made.
    """

    id: OutgoingId
    kind: OutgoingKind
    ticket: TicketId
    source: str
    state: OutgoingState
    to: str
    subject: str
    text: str
    attempts: int
    next_try: datetime | None
    error: str
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxList:
    """Entries of the outbox, the newest first."""

    entries: tuple[OutboxEntry, ...]


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template of replies as it was written."""

    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class TemplateName:
    """What may stand in a template as `$name`, and what is filled in for it."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class TemplateList:
    """The templates by name, what may stand in them, and what is wrong with files of others."""

    templates: tuple[TemplateRow, ...]
    names: tuple[TemplateName, ...]
    problems: tuple[str, ...]


# -- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanReply(Query[ReplyPlan]):
    """A reply as it would go out: from whom, to whom, and every word of it."""

    id: TicketId = argument("The ticket.")
    template: str = option("The template, as `templates` lists them.", "")
    text: str | None = text_option("The text, in place of a template.")
    to: str = option("The address to write to; the reporter's if left out.", "")
    source: str = option("The mailbox to send it by; the one that the mail came from if left out.", "")


@dataclass(frozen=True, slots=True)
class ListTemplates(Query[TemplateList]):
    """The templates of replies: those of the workspace (`templates/*.txt`) before those that come with the program."""


@dataclass(frozen=True, slots=True)
class ListOutbox(Query[OutboxList]):
    """What waits to be sent, moved or flagged, and what became of the rest."""

    ticket: TicketId | None = option("Only what belongs to this ticket.", None)
    limit: int = option("How many entries at most.", 100)
