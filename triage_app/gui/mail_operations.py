"""What a user does about mail that goes out: one function each, as in `operations`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage_app.domain.outgoing_mail import OutgoingId
from triage_app.domain.ticket import TicketId
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Outcome, Progressed, decide
from triage_app.services.arguments import Command
from triage_app.services.context import CancelToken
from triage_app.services.mail_commands import FlagMail, MoveMail, ReplyToTicket, ResendOutgoing, WithdrawOutgoing
from triage_app.services.mail_queries import ListTemplates, OutboxEntry, PlanReply, ReplyPlan, TemplateList
from triage_app.services.source_queries import ListSources

T = TypeVar("T")

NO_WORDS = "-"
"""Stands for a text that is not written yet: to whom a reply goes is told before."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as far as it is written: a template, or else a text. Without `to` and `source` it goes where it should
    by itself.
    """

    template: str = ""
    text: str = ""
    to: str = ""
    source: str = ""

    @property
    def has_words(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.template or self.text.strip())


@dataclass(frozen=True, slots=True)
class Means:
    """What a reply can be made of: the templates, and the mailboxes that can send it."""

    templates: TemplateList
    mailboxes: tuple[str, ...]


def load_means(desk: Desk, done: Done[Means], failed: Failed) -> Job[Means]:
    """Read the templates, and which mailboxes have an address to send from."""

    def work(_progress: Progressed, cancel: CancelToken) -> Means:
        templates = desk.app.ask(ListTemplates(), cancel=cancel)
        rows = desk.app.ask(ListSources(), cancel=cancel).sources
        return Means(templates, tuple(row.name for row in rows if dict(row.settings).get("address")))

    return desk.jobs.start("reply-means", Lane.ASK, work, done, failed=failed)


def plan_reply(desk: Desk, ticket: TicketId, draft: Draft, done: Done[ReplyPlan], failed: Failed) -> Job[ReplyPlan]:
    """Ask how a reply would go out; a newer request drops this one."""
    text = None if draft.template else draft.text if draft.has_words else NO_WORDS
    query = PlanReply(id=ticket, template=draft.template, text=text, to=draft.to, source=draft.source)
    return desk.jobs.start(
        "reply-plan", Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def queue_reply(
    desk: Desk, ticket: TicketId, draft: Draft, done: Done[OutboxEntry], failed: Failed
) -> Job[OutboxEntry]:
    """Queue a reply."""
    text = None if draft.template else draft.text
    return _do(
        desk, ReplyToTicket(ticket, template=draft.template, text=text, to=draft.to, source=draft.source), done, failed
    )


def withdraw(desk: Desk, entry: OutgoingId, done: Done[OutboxEntry], failed: Failed | None = None) -> Job[OutboxEntry]:
    """Take back what waits."""
    return _do(desk, WithdrawOutgoing(id=entry), done, failed)


def resend(desk: Desk, entry: OutgoingId, done: Done[OutboxEntry], failed: Failed | None = None) -> Job[OutboxEntry]:
    """Let what failed or was withdrawn wait anew."""
    return _do(desk, ResendOutgoing(id=entry), done, failed)


def _do(desk: Desk, command: Command[T], done: Done[T], failed: Failed | None) -> Job[T]:
    return desk.jobs.start(
        "mail",
        Lane.DO,
        lambda _progress, cancel: desk.app.execute(command, cancel=cancel),
        done,
        failed=failed,
        replaces=False,
    )


def move_mail(
    desk: Desk, ids: Sequence[TicketId], folder: str, done: Done[Outcome], failed: Failed, progressed: Progressed
) -> Job[Outcome]:
    """Move the original mails of these tickets to a folder; without one, to that of the ticket's category."""
    return decide(desk, ids, lambda ticket: MoveMail(id=ticket, folder=folder), done, progressed, failed)


def flag_mail(desk: Desk, ids: Sequence[TicketId], done: Done[Outcome], progressed: Progressed) -> Job[Outcome]:
    """Flag the original mails of these tickets."""
    return decide(desk, ids, lambda ticket: FlagMail(id=ticket), done, progressed)
