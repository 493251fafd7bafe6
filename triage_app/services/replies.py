"""Replies to those who wrote to us: templates, the preview, and queueing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.conversation import MailHead, head_of
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.item import Form
from triage_app.domain.mailbox import Mailbox
from triage_app.domain.observable import Observable, ObservableKind, OwnNames
from triage_app.domain.outgoing_mail import MAX_TEXT, OutgoingKind, OutgoingMail, demand_address, message_id
from triage_app.domain.parsing import parse
from triage_app.domain.reply_template import NAMES, answer_subject, sent_words
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketRow
from triage_app.services.context import Context
from triage_app.services.conversations import answers_in, mailboxes, send
from triage_app.services.inverse import Inverse
from triage_app.services.mail_commands import ReplyToTicket
from triage_app.services.mail_queries import (
    ListTemplates,
    OutboxEntry,
    PlanReply,
    ReplyPlan,
    TemplateList,
    TemplateName,
    TemplateRow,
)
from triage_app.services.outbox import entry_of
from triage_app.services.outgoing import NewOutgoing
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result


@dataclass(frozen=True, slots=True)
class _Drafted:
    source: SourceName
    mail: OutgoingMail
    warnings: tuple[str, ...]


def reply(command: ReplyToTicket, ports: Ports, context: Context) -> Callable[[UnitOfWork], Result[OutboxEntry]]:
    """Write the reply, then queue it. Raises InvalidInput where it is not clear what to write to whom, and NotFound."""
    asked = PlanReply(command.id, template=command.template, text=command.text, to=command.to, source=command.source)
    with ports.storage.read() as uow:
        drafted = _draft(asked, uow, ports)
    mail = replace(drafted.mail, message_id=message_id(ports.chance(), drafted.mail.sender.address))

    def finish(uow: UnitOfWork) -> Result[OutboxEntry]:
        what = NewOutgoing(
            OutgoingKind.REPLY, command.id, drafted.source, msgspec.json.encode(mail).decode(), mail.message_id
        )
        entry = send(uow, what, mail, context.now)
        assert entry is not None  # nobody else has its Message-ID
        changes = changed(ChangeKind.OUTBOX, ChangeKind.TICKETS_CHANGED, tickets=frozenset({command.id}))
        return Result(entry_of(uow.outbox.get(entry)), changes, Inverse(queued=(entry,)))

    return finish


def plan(query: PlanReply, uow: UnitOfWork, ports: Ports, _context: Context) -> ReplyPlan:
    """The reply as `reply` would queue it; raises what that would."""
    drafted = _draft(query, uow, ports)
    mail = drafted.mail
    return ReplyPlan(
        ticket=query.id,
        source=drafted.source,
        sender=str(mail.sender),
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text,
        answers=mail.references[-1] if mail.references else "",
        warnings=drafted.warnings,
    )


def list_templates(_query: ListTemplates, _uow: UnitOfWork, ports: Ports, _context: Context) -> TemplateList:
    """Every template, and what may stand in one."""
    found = ports.templates.load()
    return TemplateList(
        tuple(TemplateRow(each.name, each.subject, each.text) for each in found.templates.values()),
        tuple(TemplateName(name, meaning) for name, meaning in NAMES.items()),
        found.problems,
    )


def _draft(asked: PlanReply, uow: UnitOfWork, ports: Ports) -> _Drafted:
    """The reply without a Message-ID."""
    if bool(asked.template) == bool((asked.text or "").strip()):
        raise InvalidInput("A reply needs a template or a text: give one of the two. `templates` lists the templates.")
    row = uow.tickets.row(asked.id)
    answered = _answered(row, uow, ports)
    source, box = _mailbox(asked.source, answered, uow, ports)
    head = None if answered is None else answered[1]
    wanted = asked.to or ("" if head is None else head.answer_to)
    if not wanted:
        raise InvalidInput(f"Ticket {row.id} names nobody who could be answered. Give the address to write to.")
    recipient = demand_address(wanted)
    title = answer_subject(head.subject if head is not None else row.subject)
    values = {
        "ticket": f"#{row.id}",
        "subject": title,
        "reporter": recipient if head is None or asked.to else head.sender_name or recipient,
        "sent": sent_words(None if head is None else head.sent_at),
        "category": row.category,
        "desk": box.name or box.address,
    }
    subject, text = _words(asked, values, ports)
    references = () if head is None else (*head.references, *filter(None, (head.message_id,)))
    mail = OutgoingMail("", box.sender, recipient, subject, text, references, automatic=False)
    return _Drafted(source, mail, tuple(_warnings(asked, recipient, head, source, uow, ports)))


def _words(asked: PlanReply, values: Mapping[str, str], ports: Ports) -> tuple[str, str]:
    """Subject and text."""
    if asked.template:
        found = ports.templates.load()
        template = found.templates.get(asked.template)
        if template is None:
            raise NotFound(
                f"There is no template {asked.template!r}. There are: {', '.join(found.templates) or 'none'}."
            )
        return template.filled(values)
    text = (asked.text or "").strip()
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"A reply has at most {MAX_TEXT:,} characters; this one has {len(text):,}.")
    return f"Re: {values['subject']} [{values['ticket']}]", text + "\n"


def _answered(row: TicketRow, uow: UnitOfWork, ports: Ports) -> tuple[SourceName, MailHead] | None:
    """The mail to answer and the source that it came from: the newest answer of a person, else the ticket's own."""
    own = {each.address.lower() for each in mailboxes(uow, ports).values()}
    raws = uow.ledger.of_ticket(row.id)
    people = [each for each in answers_in(uow, row.id, raws) if not each.automatic and each.address not in own]
    newest = people[-1].raw if people else None
    raw = uow.ledger.get(newest) if newest is not None else next(iter(raws), None)
    if raw is None or raw.form not in (Form.MAIL, Form.MSG):
        return None
    head = head_of(parse(raw.content, raw.form, near=raw.received_at))
    return None if head is None else (SourceName(raw.source), head)


def _mailbox(
    wanted: str, answered: tuple[SourceName, MailHead] | None, uow: UnitOfWork, ports: Ports
) -> tuple[SourceName, Mailbox]:
    """The mailbox that sends: the one that is named, else the one that the mail came from, else the only one."""
    boxes = {name: box for name, box in mailboxes(uow, ports).items() if box.address}
    names = ", ".join(sorted(boxes))
    if wanted:
        if wanted not in boxes:
            raise InvalidInput(f"Mail cannot go out by {wanted!r}. It can by: {names or 'no source yet'}.")
        return SourceName(wanted), boxes[SourceName(wanted)]
    if answered is not None and answered[0] in boxes:
        return answered[0], boxes[answered[0]]
    if len(boxes) == 1:
        return next(iter(boxes.items()))
    if not boxes:
        raise InvalidInput(
            "There is no mailbox to send mail by. Add one (`source add imap NAME`) and set its `address`."
        )
    raise InvalidInput(f"Say which mailbox sends it: {names}.")


def _warnings(
    asked: PlanReply, recipient: str, head: MailHead | None, source: SourceName, uow: UnitOfWork, ports: Ports
) -> list[str]:
    """What whoever sends this should know first."""
    found = []
    ours = OwnNames.of(ports.settings.own_domains, ports.settings.own_addresses)
    if not ours.is_own(Observable(ObservableKind.EMAIL, recipient.lower())):
        found.append(f"{recipient} is not at one of your own domains: what you write leaves the house.")
    if head is not None and not asked.to and head.answer_to != head.sender:
        found.append(f"The mail came from {head.sender or 'nobody'} and asks for answers to {head.answer_to}.")
    if head is not None and head.automatic:
        found.append(f"Nobody may read the answer: {head.automatic}.")
    if uow.sources.get(source).paused:
        found.append(f"The source {source} is paused: the reply goes out when it is resumed.")
    return found
