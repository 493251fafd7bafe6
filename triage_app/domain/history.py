"""What happened: the audit log's entries and a ticket's timeline."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.ticket import TicketId

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One executed command: `writer` names the writing process, `hash` chains to the writer's entry before
    (`previous`).

    `arguments` and `result` are JSON without secrets; `inverse` is the command, as JSON, that takes this one back,
    or "".
    """

    writer: str
    number: int
    at: datetime
    actor: str
    command: str
    arguments: str
    result: str
    inverse: str
    tickets: tuple[TicketId, ...]
    previous: str
    hash: str


def entry_hash(previous: str, *parts: str) -> str:
    """SHA-256 over the previous hash and the parts, each with its length, so that no two splits collide."""
    state = hashlib.sha256(previous.encode())
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a ticket's history: when, who (a person, "triage" or a model) and what, in words."""

    at: datetime
    who: str
    kind: str
    text: str
