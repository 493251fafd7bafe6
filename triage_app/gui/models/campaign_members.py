"""The tickets of a campaign as a table: a line for each, a column for each slot of the template."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from triage_app.domain.observable import ObservableKind, defang
from triage_app.domain.ticket import TicketId
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.safe_html import defanged_text
from triage_app.services.search_queries import Campaign, CampaignMember

ROOT = QModelIndex()
FIXED = ("Id", "Time", "State", "From")
ID, TIME, STATE, FROM = range(4)
GAP = "  \u00b7  "
MOST_SHOWN = 300
FOLLOWS_NOT = "Shares the subject only: it is not written like the others."
_KINDS = {"url": ObservableKind.URL, "mail": ObservableKind.EMAIL}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Line:
    member: CampaignMember
    texts: tuple[str, ...]


class CampaignMembers(QAbstractTableModel):
    """Values are shown defanged. A member that does not follow the template is told apart by colour and tooltip."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._kinds: tuple[str, ...] = ()
        self._titles: tuple[str, ...] = FIXED
        self._lines: list[_Line] = []

    def show(self, campaign: Campaign) -> None:
        """Show the members of a campaign, the newest first."""
        self.beginResetModel()
        self._kinds = tuple(slot.kind for slot in campaign.slots)
        self._titles = (*FIXED, *(f"{slot.name}{GAP}{wording.count(slot.values)}" for slot in campaign.slots))
        members = sorted(campaign.members, key=_newer, reverse=True)
        self._lines = [_Line(member, self._texts(member)) for member in members]
        self.endResetModel()

    def _texts(self, member: CampaignMember) -> tuple[str, ...]:
        values = [harmless(value, kind) for value, kind in zip(member.values, self._kinds, strict=False)]
        values += [""] * (len(self._kinds) - len(values))
        return (
            str(member.ticket),
            wording.exact(came_at(member)),
            state_of(member),
            defang(member.sender) if "@" in member.sender else member.sender,
            *values,
        )

    def ticket_at(self, place: int) -> TicketId:
        """The ticket of a line."""
        return self._lines[place].member.ticket

    def place_of(self, ticket: TicketId) -> int:
        """The line of a ticket; -1 where it has none."""
        return next((place for place, line in enumerate(self._lines) if line.member.ticket == ticket), -1)

    def text_at(self, place: int, column: int) -> str:
        """A cell, whole and defanged."""
        return self._lines[place].texts[column]

    def column_texts(self, column: int) -> list[str]:
        """A whole column from top to bottom, defanged."""
        return [line.texts[column] for line in self._lines]

    def all_texts(self) -> list[tuple[str, ...]]:
        """The titles, then every line, defanged."""
        slots = (title.rsplit(GAP, 1)[0] for title in self._titles[len(FIXED) :])
        return [(*FIXED, *slots), *(line.texts for line in self._lines)]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many members there are."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """The fixed columns and one for each slot."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles; a slot's has the number of its different values."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
            if role == Qt.ItemDataRole.ToolTipRole and section >= len(FIXED):
                name, values = self._titles[section].rsplit(GAP, 1)
                return f"{{{name}}}: {values} different"
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, font and colour of a cell."""
        line, column = self._lines[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.texts[column][:MOST_SHOWN].replace("\n", " ")
            case Qt.ItemDataRole.ToolTipRole:
                if column == TIME:
                    return f"{line.texts[column]}\nreceived {wording.exact(line.member.received_at)}"
                return line.texts[column][:1000] if line.member.follows else FOLLOWS_NOT
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case Qt.ItemDataRole.FontRole:
                return self._look.mono if column >= len(FIXED) else self._look.figures
            case Qt.ItemDataRole.ForegroundRole if not line.member.follows or column in (TIME, STATE):
                return self._look.colour("text-second")
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column: times by time, numbers in texts by their size; empty values stay below."""
        self.layoutAboutToBeChanged.emit()
        before = [self.ticket_at(index.row()) for index in self.persistentIndexList()]
        lines = self._lines
        if column == ID:
            lines.sort(key=lambda line: line.member.ticket)
        elif column == TIME:
            lines.sort(key=lambda line: _newer(line.member))
        else:
            lines.sort(key=lambda line: natural(line.texts[column]))
        if order is Qt.SortOrder.DescendingOrder:
            lines.reverse()
        if column > TIME:
            lines.sort(key=lambda line: not line.texts[column])
        places = {line.member.ticket: place for place, line in enumerate(lines)}
        for index, ticket in zip(self.persistentIndexList(), before, strict=True):
            self.changePersistentIndex(index, self.index(places[ticket], index.column()))
        self.layoutChanged.emit()

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == ID else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def harmless(value: str, kind: str) -> str:
    """What stands in a slot of a kind, defanged."""
    if kind in _KINDS:
        return defang(value, _KINDS[kind])
    if kind == "host" or (kind == "recipient" and "@" in value):
        return defang(value)
    return defanged_text(value)


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """A key that sorts numbers in a text by their size, without regard to capitals."""
    key: list[tuple[int, int | str]] = []
    end = 0
    for found in _NUMBER.finditer(text[:MOST_SHOWN]):
        key += [(1, text[end : found.start()].casefold()), (0, int(found[0]))]
        end = found.end()
    return (*key, (1, text[end:MOST_SHOWN].casefold()))


def came_at(member: CampaignMember) -> datetime:
    """The time that its item itself claims, or that of its receipt where it claims none or a later one."""
    return min(member.event_at or member.received_at, member.received_at)


def _newer(member: CampaignMember) -> tuple[datetime, TicketId]:
    return came_at(member), member.ticket


def state_of(member: CampaignMember) -> str:
    """How a member stands, in words."""
    if member.verdict is not None:
        return wording.VERDICTS[member.verdict]
    return wording.STATES[member.status]
