"""A ticket's history in words, from what is stored anyway: raw items, predictions, notes and the audit log."""

from collections.abc import Mapping, Sequence

import msgspec

from triage_app.domain.history import AuditEntry, TimelineEntry
from triage_app.domain.labels import Prediction, Tier
from triage_app.domain.ticket import Note, TicketRow
from triage_app.services.ports import StoredRaw

PROGRAM = "Triage"

TIERS: Mapping[Tier, str] = {
    Tier.MODEL: "by the model",
    Tier.KEYWORD: "by keywords, since the model was not sure enough",
    Tier.DEFAULT: "by default, since neither model nor keywords knew it",
    Tier.PERSON: "by a person",
}


def timeline(
    row: TicketRow,
    raws: Sequence[StoredRaw],
    predictions: Sequence[Prediction],
    notes: Sequence[Note],
    entries: Sequence[AuditEntry],
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
    return tuple(sorted(found, key=lambda each: each.at))


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
        case "note":
            return ""
        case other:
            return f"Command {other}"
