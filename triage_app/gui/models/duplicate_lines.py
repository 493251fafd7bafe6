"""A ticket's group as lines: the first ticket, then child, linked, potential and suggested tickets, then repeats."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.gui import wording
from triage_app.services.dedup_queries import DuplicateLink, DuplicateTree, MergedRepeat

ROOT = QModelIndex()
MOST_SHOWN = 200


class LineKind(Enum):
    """What a line shows."""

    HEADING = 0
    TICKET = 1
    REPEAT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line. A heading has a text; a ticket its row and, unless it is the first, its link; a repeat itself."""

    kind: LineKind
    text: str = ""
    row: TicketRow | None = None
    link: DuplicateLink | None = None
    repeat: MergedRepeat | None = None

    @property
    def level(self) -> Level | None:
        """How a linked ticket is linked."""
        return self.link.level if self.link is not None else None

    @property
    def novelty(self) -> tuple[str, ...]:
        """What is new in it."""
        if self.link is not None:
            return self.link.novelty
        return self.repeat.novelty if self.repeat is not None else ()

    @property
    def is_unchecked(self) -> bool:
        """Whether it is a potential link that nobody has ticked off."""
        return self.link is not None and self.link.level is Level.NOTE and not self.link.checked


SECTIONS = (
    (Level.CHILD, "child", "children"),
    (Level.LINK, "linked ticket", "linked tickets"),
    (Level.NOTE, "potential duplicate", "potential duplicates"),
    (Level.SUGGEST, "suggested ticket", "suggested tickets"),
)


def lines_of(tree: DuplicateTree) -> tuple[Line, ...]:
    """The lines of a group, in the order of the levels; empty for a ticket that has no group."""
    if not tree.links and not tree.merged:
        return ()
    lines = [Line(LineKind.HEADING, "First ticket"), Line(LineKind.TICKET, row=tree.first)]
    for level, one, many in SECTIONS:
        links = [link for link in tree.links if link.level is level]
        if links:
            text = wording.counted(len(links), one, many)
            unchecked = sum(not link.checked for link in links) if level is Level.NOTE else 0
            if unchecked:
                text += f", {wording.count(unchecked)} to check"
            if len(links) > MOST_SHOWN:
                text += f", {wording.count(MOST_SHOWN)} of them shown"
                # What asks for a look is never among those left out for their number.
                links = sorted(links, key=lambda link: not (link.novelty or (unchecked and not link.checked)))
            lines.append(Line(LineKind.HEADING, text))
            lines += [Line(LineKind.TICKET, row=link.ticket, link=link) for link in links[:MOST_SHOWN]]
    if tree.merged:
        text = wording.counted(tree.merged, "merged repeat", "merged repeats")
        if len(tree.repeats) < tree.merged:
            text += f", the newest {wording.count(len(tree.repeats))} of them"
        lines.append(Line(LineKind.HEADING, text))
        lines += [Line(LineKind.REPEAT, repeat=repeat) for repeat in tree.repeats]
    return tuple(lines)


def members_of(tree: DuplicateTree) -> tuple[TicketRow, ...]:
    """The tickets of a group in the order in which one walks through them: the first, then by level."""
    order = [level for level, _one, _many in SECTIONS]
    ranked = sorted(tree.links, key=lambda link: order.index(link.level) if link.level in order else len(order))
    return (tree.first, *(link.ticket for link in ranked))


def said(line: Line, now: datetime) -> str:
    """A line in words, for a screen reader."""
    if line.row is not None:
        state = wording.VERDICTS[line.row.verdict] if line.row.verdict is not None else wording.STATES[line.row.status]
        parts = [line.row.subject or "(no subject)", f"ticket {line.row.id}", state]
        if line.link is not None:
            parts += [str(line.link.level), f"by {line.link.by}"]
            parts += ["to check"] if line.is_unchecked else []
            parts += [f"new: {each}" for each in line.link.novelty] + list(line.link.reasons)
        return ", ".join(parts)
    if line.repeat is not None:
        repeat = line.repeat
        parts = [f"Repeat {wording.exact(repeat.at)}", repeat.source, f"by {repeat.rule}"]
        return ", ".join(parts + [f"new: {each}" for each in repeat.novelty])
    return line.text


class DuplicateLines(QAbstractListModel):
    """The lines of one group. `current` is the ticket in hand, which is marked among the others."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._lines: tuple[Line, ...] = ()
        self.current: TicketId | None = None

    def show(self, tree: DuplicateTree | None, current: TicketId | None) -> None:
        """Show a group."""
        self.beginResetModel()
        self._lines = lines_of(tree) if tree is not None else ()
        self.current = current
        self.endResetModel()

    def at(self, place: int) -> Line:
        """The line at a place."""
        return self._lines[place]

    def place_of(self, key: object) -> int:
        """Where a ticket, link or repeat stands, by its id as `key_of` names it, or -1."""
        return next((i for i, line in enumerate(self._lines) if key_of(line) == key), -1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if index.isValid() and self._lines[index.row()].kind is LineKind.HEADING:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for screen readers and tooltips; the delegate paints from the line itself."""
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return said(line, self._now())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line)
        return None


def key_of(line: Line) -> tuple[str, int] | None:
    """What stays the same about a line when the group is read again."""
    if line.row is not None:
        return ("ticket", line.row.id)
    return ("repeat", line.repeat.raw) if line.repeat is not None else None


def tip(line: Line) -> str | None:
    """All that does not fit into a line."""
    if line.link is not None:
        parts = [f"{line.link.level} by {line.link.by}, {wording.exact(line.link.at)}", *line.link.reasons]
        return "\n".join([*parts, *(f"New: {each}" for each in line.link.novelty)])
    if line.repeat is not None:
        repeat = line.repeat
        came = f"Happened {wording.exact(repeat.at)}\nCame in {wording.exact(repeat.received_at)}\n{repeat.origin}"
        return "\n".join([came, *(f"New: {each}" for each in repeat.novelty)])
    return None
