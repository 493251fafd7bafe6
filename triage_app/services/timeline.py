"""A ticket's history in words, from what is stored anyway: raw items, predictions, notes and the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from triage_app.domain.dedup import Level
from triage_app.domain.history import AuditEntry, TimelineEntry
from triage_app.domain.labels import Prediction, Tier
from triage_app.domain.outgoing_mail import OutgoingKind, OutgoingState
from triage_app.domain.ticket import Note, TicketId, TicketRow
from triage_app.services.dedup_shapes import Link, Repeat
from triage_app.services.mail_queries import OutboxEntry
from triage_app.services.outgoing import Message
from triage_app.services.shapes import StoredRaw

PROGRAM = "Triage"

MAX_REPEATS = 100
"""Merged repeats, and links, that a timeline tells one by one."""

MAX_ANSWERS = 50
"""Answers of a conversation that are told one by one and shown whole."""

MAX_NAMED = 10
"""Tickets that one line names."""

TIERS: Mapping[Tier, str] = {
    Tier.MODEL: "by the model",
    Tier.KEYWORD: "by keywords, since the model was not sure enough",
    Tier.DEFAULT: "by default, since neither model nor keywords knew it",
    Tier.PERSON: "by a person",
}


LINKED: Mapping[Level, str] = {
    Level.CHILD: "child",
    Level.LINK: "duplicate",
    Level.NOTE: "potential duplicate",
    Level.SUGGEST: "similar ticket",
}
"""What a linked ticket is to its first one."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """What a ticket has to do with others: links, the newest merged repeats, and how many were merged in all."""

    links: Sequence[Link] = ()
    repeats: Sequence[Repeat] = ()
    merged: int = 0


@dataclass(frozen=True, slots=True)
class Correspondents:
    """The mails of a ticket's conversation: answers that came in, and what goes out."""

    answers: Sequence[Message] = ()
    outgoing: Sequence[OutboxEntry] = ()


SENT: Mapping[OutgoingKind, str] = {
    OutgoingKind.REPLY: "Reply to {to} sent",
    OutgoingKind.ACKNOWLEDGEMENT: "Acknowledgement to {to} sent by itself",
    OutgoingKind.MOVE: "Original mail moved to {to}",
    OutgoingKind.FLAG: "Original mail flagged",
}
"""What was done outside, where it was done."""

FAILED: Mapping[OutgoingKind, str] = {
    OutgoingKind.REPLY: "Reply to {to} was not sent: {error}",
    OutgoingKind.ACKNOWLEDGEMENT: "Acknowledgement to {to} was not sent: {error}",
    OutgoingKind.MOVE: "Original mail was not moved to {to}: {error}",
    OutgoingKind.FLAG: "Original mail was not flagged: {error}",
}


def timeline(
    row: TicketRow,
    raws: Sequence[StoredRaw],
    predictions: Sequence[Prediction],
    notes: Sequence[Note],
    entries: Sequence[AuditEntry],
    sameness: Sameness,
    correspondents: Correspondents = Correspondents(),
) -> tuple[TimelineEntry, ...]:
    """Everything that happened to a ticket, the oldest first."""
    found = [TimelineEntry(raw.received_at, PROGRAM, "received", f"Received from {raw.origin}") for raw in raws]
    found += [
        TimelineEntry(row.received_at, each.model_id or PROGRAM, "predicted", _predicted(each)) for each in predictions
    ]
    found += [TimelineEntry(note.at, note.who, "note", note.text) for note in notes]
    found += [
        TimelineEntry(entry.at, entry.actor, entry.command, text) for entry in entries if (text := _decided(entry))
    ]
    # A link by hand is told by the command that made it.
    ruled = [each for each in sameness.links if each.rule is not None]
    found += [TimelineEntry(each.at, PROGRAM, "linked", _linked(each, row.id)) for each in ruled[-MAX_REPEATS:]]
    repeats = sorted(sameness.repeats, key=lambda each: (each.received_at, each.raw))[-MAX_REPEATS:]
    if sameness.merged > len(repeats):
        earlier = f"{sameness.merged - len(repeats):,} earlier repeats merged"
        found.append(TimelineEntry(repeats[0].received_at if repeats else row.last_seen, PROGRAM, "merged", earlier))
    found += [TimelineEntry(each.received_at, PROGRAM, "merged", _merged(each)) for each in repeats]
    answers = correspondents.answers[-MAX_ANSWERS:]
    if len(correspondents.answers) > len(answers):
        earlier = f"{len(correspondents.answers) - len(answers):,} earlier answers"
        found.append(TimelineEntry(answers[0].at, PROGRAM, "answered", earlier))
    found += [
        TimelineEntry(each.at, each.address, "answered", "Answered" + (" by a program" if each.automatic else ""))
        for each in answers
    ]
    found += [entry for each in correspondents.outgoing if (entry := _done(each)) is not None]
    return tuple(sorted(found, key=lambda each: each.at))


def _done(entry: OutboxEntry) -> TimelineEntry | None:
    """What became of something outside; None while it waits, or where it was withdrawn, which the log tells."""
    words = {OutgoingState.DONE: SENT, OutgoingState.FAILED: FAILED}.get(entry.state)
    if words is None or entry.done_at is None:
        return None
    text = words[entry.kind].format(to=entry.to, error=entry.error)
    return TimelineEntry(entry.done_at, PROGRAM, "outgoing", text)


def _linked(link: Link, ticket: TicketId) -> str:
    """A rule's link, from the end of this ticket."""
    what = LINKED[link.level]
    said = f"Ticket {link.other} is a {what}" if link.primary == ticket else f"Is a {what} of ticket {link.primary}"
    return f"{said} (rule {link.rule}){_new(link.novelty)}"


def _merged(repeat: Repeat) -> str:
    return (
        f"Repeat of {repeat.at:%Y-%m-%d %H:%M:%S}Z from {repeat.origin} merged "
        f"(rule {repeat.rule}){_new(repeat.novelty)}"
    )


def _new(novelty: Sequence[str]) -> str:
    return f"; new: {'; '.join(novelty)}" if novelty else ""


def _tickets(ids: Sequence[int]) -> str:
    """Tickets by their numbers, the first few of many."""
    named = ", ".join(str(each) for each in ids[:MAX_NAMED])
    return f"{named} and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else named


def _predicted(prediction: Prediction) -> str:
    return f"{prediction.label} suggested at {prediction.confidence:.0%} {TIERS[prediction.tier]}"


def _decided(entry: AuditEntry) -> str:
    """A sentence for a decision; empty for what the timeline shows in another way."""
    given = msgspec.json.decode(entry.arguments)
    match entry.command:
        case "correct":
            return f"Category set to {given['label']}" + (f": {given['why']}" if given["why"] else "")
        case "accept":
            return "Suggested category confirmed"
        case "close":
            return f"Closed as {given['verdict'].replace('_', ' ')}"
        case "reopen":
            return "Reopened"
        case "assign":
            who = {"me": entry.actor, "-": "nobody"}.get(given["who"], given["who"])
            return f"Assigned to {who}"
        case "undo":
            return "Last decision taken back"
        case "link":
            return f"Tickets {_tickets(given['ids'])} linked as the same ({given['level']})"
        case "unlink":
            other = given.get("other")
            return f"Ticket {given['id']} unlinked{f' from {other}' if other else ''}: not the same"
        case "split":
            return f"Item {given['id']} split off as a ticket of its own: not the same"
        case "check-link":
            return f"Potential link {given['id']} ticked off"
        case "close-linked":
            return f"Closed as {given['verdict'].replace('_', ' ')} with all linked duplicates"
        case "note":
            return ""
        case _:
            return _decided_outside(entry.command, given)


def _decided_outside(command: str, given: Mapping[str, Any]) -> str:
    """A sentence for a decision about mail that goes out, or for any other."""
    match command:
        case "reply":
            return "Reply queued" + (f" ({given['template']})" if given["template"] else "")
        case "move-mail":
            return "Move of the original mail queued" + (f": {given['folder']}" if given["folder"] else "")
        case "flag-mail":
            return "Flag of the original mail queued"
        case "resend":
            return f"Entry {given['id']} of the outbox queued anew"
        case "withdraw":
            return f"Entry {given['id']} of the outbox withdrawn"
        case "snooze":
            ways = [f"until {_time(given['until'])}"] if given["until"] else []
            ways += ["until something changes"] if given["until_change"] else []
            return f"Put off {' or '.join(ways)}{_because(given)}"
        case "follow-up":
            at = given["at"]
            return "Follow-up taken away" if at == "never" else f"To be looked at again at {_time(at)}{_because(given)}"
        case "wake":
            # By time, which a note tells, where no ticket is named.
            return "" if given["id"] is None else "Brought back"
        case "new":
            return "Made by hand"
        case other:
            return f"Command {other}"


def _time(moment: str) -> str:
    """A time of the log for a person."""
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}Z"


def _because(given: Mapping[str, Any]) -> str:
    return f": {given['why']}" if given["why"] else ""
