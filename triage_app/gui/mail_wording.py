"""How what goes out is said to a person: what it is, how it stands, what can be done about it."""

from datetime import datetime

from triage_app.domain.outgoing_mail import OutgoingKind, OutgoingState
from triage_app.gui import wording
from triage_app.services.mail_queries import OutboxEntry

MAILS = frozenset({OutgoingKind.REPLY, OutgoingKind.ACKNOWLEDGEMENT})
ICONS = {
    OutgoingState.WAITING: "clock",
    OutgoingState.SENDING: "clock",
    OutgoingState.DONE: "check",
    OutgoingState.FAILED: "triangle-alert",
    OutgoingState.CANCELLED: "x",
}
_DONE = {
    OutgoingKind.REPLY: "Sent",
    OutgoingKind.ACKNOWLEDGEMENT: "Sent",
    OutgoingKind.MOVE: "Moved",
    OutgoingKind.FLAG: "Flagged",
}


def title(entry: OutboxEntry) -> str:
    """What it is: `Reply to bob@example.org`, `Move to Archive`."""
    match entry.kind:
        case OutgoingKind.REPLY:
            return f"Reply to {entry.to}"
        case OutgoingKind.ACKNOWLEDGEMENT:
            return f"Acknowledgement to {entry.to}"
        case OutgoingKind.MOVE:
            return f"Move to {wording.first_line(entry.to, 60)}"
        case _:
            return "Flag in the mailbox"


def state(entry: OutboxEntry) -> str:
    """How it stands, in one sentence with what went wrong."""
    match entry.state:
        case OutgoingState.DONE:
            return _DONE[entry.kind]
        case OutgoingState.SENDING:
            return "Is on its way"
        case OutgoingState.CANCELLED:
            return "Withdrawn"
        case OutgoingState.FAILED:
            return f"Failed: {entry.error}"
        case _:
            if not entry.error:
                return "Waits for its mailbox"
            when = f", again at {wording.exact(entry.next_try)}" if entry.next_try is not None else ""
            return f"Waits{when}: {entry.error}"


def ended(entry: OutboxEntry) -> datetime:
    """When it was done or failed, else when it was queued."""
    return entry.done_at or entry.created_at


def is_wrong(entry: OutboxEntry) -> bool:
    """Whether somebody should look at it."""
    return entry.state is OutgoingState.FAILED


def may_withdraw(entry: OutboxEntry) -> bool:
    """Whether it can be taken back."""
    return entry.state is OutgoingState.WAITING


def may_resend(entry: OutboxEntry) -> bool:
    """Whether it can wait anew."""
    return entry.state in (OutgoingState.FAILED, OutgoingState.CANCELLED)
