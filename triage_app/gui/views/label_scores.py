"""A table of how well each label is told: precision, recall, F1, examples, and how often it passes the gate."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from triage_app.domain.evaluation import LabelScore
from triage_app.gui import wording
from triage_app.gui.learning_wording import fine
from triage_app.gui.look import Look
from triage_app.gui.views.label_cells import figures, set_up

COLUMNS = (
    ("Label", "The true label", 0),
    ("Examples", "Examples of the label that were measured", 76),
    ("Precision", "Of those that were called so, how many are right", 76),
    ("Recall", "Of those that are so, how many were called so", 76),
    ("F1", "Precision and recall in one figure", 76),
    ("Passed", "Answers of this label that pass the gate", 76),
)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SORT = Qt.ItemDataRole.UserRole


class _Line(QTreeWidgetItem):
    """Sorts by values, not by words."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        return bool(self.data(column, SORT) < other.data(column, SORT))


class LabelScores(QTreeWidget):
    """A click on a column's name sorts by it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        set_up(self, look, "How well each label is told", [(name, width) for name, _help, width in COLUMNS])
        figures(self, *range(1, len(COLUMNS)))
        self.setMinimumHeight(look.px(200))
        for place, (_name, help_, _width) in enumerate(COLUMNS):
            self.headerItem().setToolTip(place, help_)

    def show_scores(self, scores: Sequence[LabelScore]) -> None:
        """Show these, the most frequent first."""
        self.setSortingEnabled(False)
        self.clear()
        items: list[QTreeWidgetItem] = []
        for score in sorted(scores, key=lambda each: -each.support):
            words = (
                score.label,
                wording.count(score.support),
                fine(score.precision),
                fine(score.recall),
                fine(score.f1),
                wording.count(score.answered),
            )
            values = (
                score.label.casefold(),
                score.support,
                score.precision,
                score.recall,
                score.f1,
                score.answered,
            )
            item = _Line(list(words))
            for place, value in enumerate(values):
                item.setData(place, SORT, value)
                if place:
                    item.setTextAlignment(place, RIGHT)
            item.setToolTip(0, score.label)
            items.append(item)
        self.addTopLevelItems(items)
        self.header().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
