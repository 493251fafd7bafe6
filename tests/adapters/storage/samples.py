"""What the storage's tests put in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.item import Form, Outcome, RawId, RawItem, digest
from triage_app.domain.labels import ModelId, Prediction, Reason, Score, Tier
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.ticket import Severity, Status, TicketId, Verdict, WorkState
from triage_app.services.ports import Analysis, NewTicket, TicketFilter

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
DOMAIN = Observable(ObservableKind.DOMAIN, "evil.example.org")
ADDRESS = Observable(ObservableKind.IPV4, "10.0.0.1")


def raw_item(content: bytes, *, source: str = "files", uid: str = "", reason: str = "") -> RawItem:
    """A raw item whose uid is its content's digest, unless given."""
    sha256 = digest(content)
    return RawItem(source, "", 0, uid or sha256, Form.MAIL, content, sha256, "box/1.eml", reason)


def prediction(label: str = "Phishing", tier: Tier = Tier.MODEL) -> Prediction:
    return Prediction(
        "category",
        label,
        0.91,
        tier,
        ModelId("m1"),
        (Score(label, 0.91), Score("Spam", 0.09)),
        (Reason("urgent", 1.5),),
    )


def new_ticket(raw: RawId, number: int = 0, *, tier: str = "model", text: str = "") -> NewTicket:
    analysis = Analysis(
        subject=f"Subject {number}",
        sender=f"Bob <bob{number % 3}@example.org>",
        event_at=NOW,
        severity=Severity(number % 5),
        form=Form.MAIL,
        attachments=number % 2,
        search_text=text or f"please read case{number} now",
        sightings=(Sighting(DOMAIN, "subject"), Sighting(ADDRESS, "text"), Sighting(DOMAIN, "text")),
        own=frozenset({ADDRESS}),
        predictions=(prediction(),),
    )
    return NewTicket(raw, "files", NOW, analysis, ("Phishing", "Spam", "Malware")[number % 3], number % 4 / 4, tier)


def add_tickets(storage: SqlStorage, count: int, *, text: str = "", tier: str = "model") -> Sequence[TicketId]:
    """Store that many tickets, each with its raw item, as intake does."""
    with storage.write() as uow:
        seen = sum(each.seen for each in uow.ledger.balance())
        raws = [raw for raw in uow.ledger.add([raw_item(b"item %d" % (seen + n)) for n in range(count)], NOW) if raw]
        ids = uow.tickets.add([new_ticket(raw, n, text=text, tier=tier) for n, raw in enumerate(raws)])
        uow.ledger.settle({raw: (Outcome.TICKETED, each) for raw, each in zip(raws, ids, strict=True)}, NOW)
    return ids


def state(**changes: object) -> WorkState:
    """An open, unreviewed, unassigned state, with changes."""
    plain = WorkState(Status.NEW, None, "", "Phishing", 0.5, "model", False)
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def closed(**changes: object) -> WorkState:
    return state(status=Status.RESOLVED, verdict=Verdict.BENIGN_POSITIVE, **changes)


def which(
    view: str = "all", words: str = "", sort: str = "age", *, descending: bool = False, actor: str = "ana"
) -> TicketFilter:
    return TicketFilter(view, words, sort, descending, actor)
