"""Conversations: which ticket an answer belongs to, and the one automatic answer that a new conversation gets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from triage_app.domain.conversation import FRESH, MailHead, may_acknowledge, nearest_first
from triage_app.domain.mailbox import Mailbox
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingMail, message_id
from triage_app.domain.reply_template import ACKNOWLEDGEMENT, ReplyTemplate, answer_subject, sent_words
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import Message, NewOutgoing
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.shapes import PendingItem, StoredRaw

CAP_PERIOD = timedelta(hours=1)
"""The time within which automatic answers to one address are counted."""

USUAL = Mailbox.of({})
"""For mail of no mailbox of ours, such as from files."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What is needed to answer by ourselves: the mailboxes by source, the template, and what nobody can guess."""

    mailboxes: Mapping[SourceName, Mailbox] = field(default_factory=dict)
    template: ReplyTemplate | None = None
    chance: Callable[[], str] = str

    @property
    def own(self) -> frozenset[str]:
        """The addresses of all our mailboxes, in lower case."""
        return frozenset(each.address.lower() for each in self.mailboxes.values() if each.address)


@dataclass(frozen=True, slots=True)
class _Thread:
    """What is asked of a ticket's conversation: who takes part in it, and the Message-IDs of the mails that came in."""

    people: set[str] = field(default_factory=set)
    received: set[str] = field(default_factory=set)

    def add(self, message: Message) -> None:
        self.people.update(message.participants)
        if message.raw is not None:
            self.received.add(message.message_id)


NO_MAIL = Correspondence()


def correspondence(ports: Ports) -> Correspondence:
    """As the sources and templates are now; read before anything is written, so that no writer waits for files."""
    with ports.storage.read() as uow:
        boxes = mailboxes(uow, ports)
    wanted = any(each.acknowledges for each in boxes.values())
    template = ports.templates.load().templates.get(ACKNOWLEDGEMENT) if wanted else None
    return Correspondence(boxes, template, ports.chance)


def mailboxes(uow: UnitOfWork, ports: Ports) -> dict[SourceName, Mailbox]:
    """The sources by which mail can go out."""
    return {source.name: Mailbox.of(source.settings) for source, _ in uow.sources.all() if source.kind in ports.outlets}


class Conversations:
    """The conversations that the mails of one batch answer or begin; for one transaction."""

    def __init__(self, uow: UnitOfWork, mail: Correspondence, now: datetime) -> None:
        self._uow = uow
        self._mail = mail
        self._own = mail.own
        self._now = now
        self._named: dict[str, list[Message]] = {}
        self._threads: dict[TicketId, _Thread] = {}
        self._new: list[Message] = []
        self._opened: list[tuple[TicketId, PendingItem, MailHead]] = []

    def expect(self, heads: Iterable[MailHead]) -> None:
        """Look up at once what mails name, ahead of `home`."""
        names = dict.fromkeys(name for head in heads for name in (*head.references, head.message_id) if name)
        for each in self._uow.messages.named(tuple(names)):
            self._named.setdefault(each.message_id, []).append(each)

    def home(self, head: MailHead) -> TicketId | None:
        """The ticket that a mail answers in, or that our own mail went out of; None for one that begins something.

        To name a mail that we hold is not enough: its sender must take part in that conversation.
        """
        if head.sender in self._own:
            for each in self._named.get(head.message_id, ()):
                if each.outgoing is not None:
                    return each.ticket
        for name in nearest_first(head):
            for each in reversed(self._named.get(name, [])):
                if head.sender in self._thread(each.ticket).people:
                    return each.ticket
        return None

    def may_open_again(self, item: PendingItem, head: MailHead) -> bool:
        """Whether an answer opens its ticket again if that is resolved: a person's, where the mailbox says so."""
        return not head.automatic and self._mail.mailboxes.get(SourceName(item.source), USUAL).reopens

    def join(self, ticket: TicketId, item: PendingItem, head: MailHead) -> bool:
        """Add an answer to its ticket; False, and nothing is added, for another copy of a mail that is there."""
        if head.message_id and head.message_id in self._thread(ticket).received:
            return False
        self._add(_came_in(ticket, item, head))
        return True

    def begin(self, ticket: TicketId, item: PendingItem, head: MailHead) -> None:
        """A mail began a conversation in a ticket; it is acknowledged, unless another copy of it was."""
        is_copy = any(each.raw is not None for each in self._named.get(head.message_id, ()))
        self._add(_came_in(ticket, item, head))
        if not is_copy:
            self._opened.append((ticket, item, head))

    def finish(self) -> None:
        """Store what came in, and queue what is answered."""
        self._uow.messages.add(self._new)
        if self._mail.template is not None:
            for ticket, item, head in self._opened:
                self._acknowledge(self._mail.template, ticket, item, head)

    def _acknowledge(self, template: ReplyTemplate, ticket: TicketId, item: PendingItem, head: MailHead) -> None:
        box = self._mail.mailboxes.get(SourceName(item.source))
        if box is None or not box.acknowledges or not box.address or not may_acknowledge(head, self._own, self._now):
            return
        if self._now - item.received_at > FRESH:
            return
        if self._uow.messages.sent_to(head.sender, self._now - CAP_PERIOD) >= box.acknowledge_most:
            return
        subject, text = template.filled(
            {
                "ticket": f"#{ticket}",
                "subject": answer_subject(head.subject),
                "reporter": head.sender_name or head.sender,
                "sent": sent_words(head.sent_at),
                "desk": box.name or box.address,
            }
        )
        mail = OutgoingMail(
            message_id=message_id(self._mail.chance(), box.address),
            sender=box.sender,
            recipient=head.sender,
            subject=subject,
            text=text,
            references=(*head.references, head.message_id) if head.message_id else head.references,
            automatic=True,
        )
        what = NewOutgoing(
            OutgoingKind.ACKNOWLEDGEMENT,
            ticket,
            SourceName(item.source),
            msgspec.json.encode(mail).decode(),
            f"acknowledgement:{item.id}",
        )
        send(self._uow, what, mail, self._now)

    def _add(self, message: Message) -> None:
        self._new.append(message)
        if message.ticket in self._threads:
            self._threads[message.ticket].add(message)
        if message.message_id:
            self._named.setdefault(message.message_id, []).append(message)

    def _thread(self, ticket: TicketId) -> _Thread:
        """Made once: a conversation may have thousands of mails, and each of a batch asks for it."""
        thread = self._threads.get(ticket)
        if thread is None:
            thread = self._threads[ticket] = _Thread()
            for each in self._uow.messages.of_ticket(ticket):
                thread.add(each)
            for each in self._new:
                if each.ticket == ticket:
                    thread.add(each)
        return thread


def answers_in(uow: UnitOfWork, ticket: TicketId, raws: Sequence[StoredRaw]) -> list[Message]:
    """The mails that came in as answers, the oldest first: none of `raws`, which the ticket was made of, no repeats."""
    own = frozenset(each.id for each in raws)
    others = [each for each in uow.messages.of_ticket(ticket) if each.raw is not None and each.raw not in own]
    repeats = uow.duplicates.repeats_among([each.raw for each in others if each.raw is not None])
    return [each for each in others if each.raw not in repeats]


def send(uow: UnitOfWork, what: NewOutgoing, mail: OutgoingMail, now: datetime) -> OutgoingId | None:
    """Queue a mail as a message of its ticket; None, changing nothing, where its marker is known."""
    entry = uow.outbox.add(what, now)
    if entry is not None:
        message = Message(what.ticket, None, entry, mail.message_id, mail.recipient.lower(), mail.automatic, now)
        uow.messages.add([message])
    return entry


def _came_in(ticket: TicketId, item: PendingItem, head: MailHead) -> Message:
    return Message(
        ticket, item.id, None, head.message_id, head.sender, bool(head.automatic), item.received_at, head.others
    )
