"""Similar tickets as lines of a list: those that the queue counts, then those that are alike as well."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from triage_app.domain.ticket import TicketId
from triage_app.gui import wording
from triage_app.services.search_queries import SimilarTicket

ROOT = QModelIndex()
LONGEST_NOTE = 600


def state_of(hit: SimilarTicket) -> str:
    """What became of a similar ticket: its verdict, or how it stands."""
    return wording.VERDICTS[hit.verdict] if hit.verdict is not None else wording.STATES[hit.status]


def apart(hit: SimilarTicket) -> str:
    """How long before the ticket in hand it came, or after it."""
    return wording.apart(hit.age_days)


def said(hit: SimilarTicket) -> str:
    """A similar ticket in words, for a screen reader."""
    parts = [f"{wording.percent(hit.score)} alike", hit.subject or "(no subject)", f"ticket {hit.id}"]
    parts += [part for part in (hit.category, state_of(hit), hit.assignee) if part]
    return ", ".join([*parts, apart(hit), *hit.reasons, *([f"note: {hit.note}"] if hit.note else [])])


def tip(hit: SimilarTicket) -> str:
    """All that does not fit into a line."""
    parts = hit.parts
    shares = (("observables", parts.observables), ("text", parts.text), ("fields", parts.fields), ("time", parts.time))
    lines = [
        wording.first_line(hit.subject, 300) or "(no subject)",
        f"From {wording.first_line(hit.sender, 120)}" if hit.sender else "Sender unknown",
        f"Came in {wording.exact(hit.received_at)}, {apart(hit)}",
        "",
        f"{wording.percent(hit.score)} alike: "
        + ", ".join(f"{name} {wording.percent(share)}" for name, share in shares),
        *hit.reasons,
    ]
    if not hit.strong:
        lines.append("The number in the queue does not count it")
    if hit.note:
        lines += ["", f"Note: {hit.note[:LONGEST_NOTE]}"]
    return "\n".join(lines)


class SimilarLines(QAbstractListModel):
    """The delegate paints from the hits themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: tuple[SimilarTicket, ...] = ()

    def show(self, hits: Sequence[SimilarTicket]) -> None:
        """Show these: first those that the queue counts, then the others, each in their order."""
        self.beginResetModel()
        self.hits = (*(hit for hit in hits if hit.strong), *(hit for hit in hits if not hit.strong))
        self.endResetModel()

    def at(self, place: int) -> SimilarTicket:
        """The hit at a place."""
        return self.hits[place]

    def begins_weaker(self, place: int) -> bool:
        """Whether those that the queue does not count begin at a place, after some that it does."""
        return place > 0 and self.hits[place - 1].strong and not self.hits[place].strong

    def place_of(self, ticket: TicketId | None) -> int:
        """Where a ticket stands, or -1."""
        return next((place for place, hit in enumerate(self.hits) if hit.id == ticket), -1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many hits there are."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for screen readers and tooltips."""
        hit = self.hits[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return said(hit)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(hit)
        return None
