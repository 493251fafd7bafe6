"""Lines of short texts as a table: for lists that are shown whole."""

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from triage_app.gui.look import Look

ROOT = QModelIndex()
KEY = Qt.ItemDataRole.UserRole


class TextLines(QAbstractTableModel):
    """`figures` are columns of numbers, right-aligned; `fixed` those in the fixed font. Each line has a key of its own,
    given out under the role `KEY`, and a tooltip.
    """

    def __init__(
        self, look: Look, titles: Sequence[str], *, figures: Collection[int] = (), fixed: Collection[int] = ()
    ) -> None:
        super().__init__()
        self._look = look
        self._titles = tuple(titles)
        self._figures = frozenset(figures)
        self._fixed = frozenset(fixed)
        self._lines: list[tuple[Any, Sequence[str], str]] = []

    def show(self, lines: Sequence[tuple[Any, Sequence[str], str]]) -> None:
        """Show these lines: key, texts, tooltip."""
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()

    def key_at(self, place: int) -> Any:
        """The key of a line."""
        return self._lines[place][0]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, font and colour of a cell."""
        key, texts, tip = self._lines[index.row()]
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return texts[column]
            case Qt.ItemDataRole.ToolTipRole:
                return tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case Qt.ItemDataRole.FontRole:
                if column in self._fixed:
                    return self._look.mono
                return self._look.figures if column in self._figures else None
            case _ if role == KEY:
                return key
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._figures else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
