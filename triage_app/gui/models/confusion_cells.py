"""The cells of a confusion matrix: a row for each true label, a column for each that was answered."""

from heapq import nlargest

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from triage_app.gui import wording

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
SHARE = Qt.ItemDataRole.UserRole
"""The share (0..1) of the row's examples that stand in the cell."""


class ConfusionCells(QAbstractTableModel):
    """Counts as text, with words for whoever hovers over one or hears it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.labels: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
        self._sums: tuple[int, ...] = ()

    def show_counts(self, labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...]) -> None:
        """Show another matrix."""
        self.beginResetModel()
        self.labels = labels
        self._counts = counts
        self._sums = tuple(sum(row) for row in counts)
        self.endResetModel()

    def count_at(self, row: int, column: int) -> int:
        """How many examples of the row's label were called the column's."""
        return self._counts[row][column]

    def share_at(self, row: int, column: int) -> float:
        """Which share of the row's examples that is."""
        return self._counts[row][column] / self._sums[row] if self._sums[row] else 0.0

    def largest_mistakes(self, most: int) -> tuple[tuple[int, int], ...]:
        """Row and column of the cells with the most mistakes, the largest first; linear in the cells."""
        tops = []
        for row, counts in enumerate(self._counts):
            wrong = counts[:row] + counts[row + 1 :]
            tops.append((max(wrong, default=0), row))
        # Each of the largest cells stands in one of the rows with the largest.
        rows = [row for top, row in nlargest(most, tops) if top]
        cells = [(self._counts[row][at], row, at) for row in rows for at in range(len(self.labels)) if at != row]
        return tuple((row, at) for number, row, at in nlargest(most, cells) if number)

    def words(self, row: int, column: int) -> str:
        """A cell in words."""
        number = self.count_at(row, column)
        true, answered = self.labels[row], self.labels[column]
        of = f"{wording.count(number)} of {wording.count(self._sums[row])} {true}"
        return f"{of} were called so" if row == column else f"{of} were called {answered}"

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """One for each label."""
        return 0 if parent.isValid() else len(self.labels)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """One for each label."""
        return 0 if parent.isValid() else len(self.labels)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The count; nothing is written where it is 0."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            number = self.count_at(row, column)
            return wording.count(number) if number else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(row, column)
        if role == SHARE:
            return self.share_at(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The labels."""
        if not 0 <= section < len(self.labels):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.labels[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            side = "were called" if orientation == Qt.Orientation.Horizontal else "are"
            return f"{side} {self.labels[section]}"
        return None
