"""The observables of a ticket as a table."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.queries import SeenObservable

ROOT = QModelIndex()


class Column(IntEnum):
    """The columns, from left to right."""

    KIND = 0
    VALUE = 1
    WHERE = 2
    TICKETS = 3


TITLES = ("Kind", "Value", "Where", "Tickets")
KIND_WORDS = {"ipv4": "IPv4", "ipv6": "IPv6", "url": "URL", "md5": "MD5", "cve": "CVE", "mac": "MAC", "asn": "ASN"}


def kind_words(kind: str) -> str:
    """A kind of observable for reading: `file_name` is `File name`, hashes and the like in capitals."""
    if kind in KIND_WORDS:
        return KIND_WORDS[kind]
    if kind.startswith("sha"):
        return "SHA-" + kind.removeprefix("sha").lstrip("_-")
    words = kind.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


class ObservableTable(QAbstractTableModel):
    """Values are shown defanged; the live value is handed out only when it is asked for by name."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._seen: tuple[SeenObservable, ...] = ()

    def show(self, seen: Sequence[SeenObservable]) -> None:
        """Show these."""
        self.beginResetModel()
        self._seen = tuple(seen)
        self.endResetModel()

    def at(self, place: int) -> SeenObservable:
        """The one at a place."""
        return self._seen[place]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._seen)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return TITLES[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section == Column.TICKETS else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, font and colour of a cell."""
        seen, column = self._seen[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(seen, column)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{seen.defanged[:1000]}\nseen in: {', '.join(seen.where)}"
            case Qt.ItemDataRole.TextAlignmentRole if column == Column.TICKETS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole:
                if column == Column.VALUE:
                    return self._look.mono
                return self._look.figures if column == Column.TICKETS else None
            case Qt.ItemDataRole.ForegroundRole if column != Column.VALUE:
                return self._look.colour("text-second")
        return None

    def _text(self, seen: SeenObservable, column: int) -> str:
        match column:
            case Column.KIND:
                return kind_words(str(seen.kind))
            case Column.VALUE:
                mark = "   own" if seen.own else "   ignored" if seen.ignored else ""
                return f"{seen.defanged}{mark}"
            case Column.WHERE:
                return ", ".join(seen.where)
            case _:
                return wording.count(seen.tickets)
