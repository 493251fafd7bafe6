"""The versions of a model as a list: which answers, which is in the shadow, and how good each is."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from triage_app.domain.learning import Model
from triage_app.gui import wording
from triage_app.gui.learning_wording import fine, state_of
from triage_app.gui.look import Look
from triage_app.gui.views.label_cells import figures, set_up

MODEL = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
COLUMNS = (
    ("Version", "", 0),
    ("", "", 136),
    ("Made", "", 190),
    ("Examples", "What it learnt from, corrections among them", 80),
    ("Right", "Accuracy on what it did not learn from", 70),
    ("Macro-F1", "The mean F1 of all labels, each counted the same", 76),
    ("Passes", "The share of its answers that the gate lets pass", 70),
    ("Right of those", "How much of what passes is right", 96),
)
NUMBERS = tuple(range(3, len(COLUMNS)))
WITH_TIMES = 900
WITH_ALL_FIGURES = 760
LESS = (3, 5, 6)


class ModelRows(QTreeWidget):
    """The newest version first. `chosen` tells that another one is in hand."""

    chosen = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        set_up(self, look, "Model versions", [(name, width) for name, _help, width in COLUMNS])
        figures(self, *NUMBERS)
        for place, (_name, help_, _width) in enumerate(COLUMNS):
            self.headerItem().setToolTip(place, help_)
        self.currentItemChanged.connect(lambda _now, _before: self.chosen.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the versions have the room; the rest is told of the one in hand."""
        super().resizeEvent(event)
        self.setColumnHidden(2, self.width() < self._look.px(WITH_TIMES))
        for place in LESS:
            self.setColumnHidden(place, self.width() < self._look.px(WITH_ALL_FIGURES))

    def show_models(self, models: Sequence[Model]) -> None:
        """Show these; the one in hand stays so."""
        chosen = self.current
        with QSignalBlocker(self):
            self.clear()
            for model in models:
                item = self._item(model)
                self.addTopLevelItem(item)
                if chosen is not None and chosen.id == model.id:
                    self.setCurrentItem(item)
            first = self.topLevelItem(0)
            if self.current is None and first is not None:
                self.setCurrentItem(first)
        self.chosen.emit()

    def _item(self, model: Model) -> QTreeWidgetItem:
        quality = model.quality
        figures = (
            [fine(share) for share in (quality.accuracy, quality.macro_f1, quality.coverage, quality.coverage_accuracy)]
            if quality is not None
            else ["", "", "", ""]
        )
        words = [str(model.id), state_of(model), wording.exact(model.made_at), wording.count(model.examples), *figures]
        item = QTreeWidgetItem(words)
        item.setData(0, MODEL, model)
        item.setToolTip(0, model.id)
        if model.active:
            item.setFont(0, self._look.strong)
            item.setIcon(1, self._look.icon("check", "accent"))
        elif model.shadow:
            item.setIcon(1, self._look.icon("eye", "text-second"))
        for place in NUMBERS:
            item.setTextAlignment(place, RIGHT)
        return item

    def take(self, which: str) -> None:
        """Take a version in hand, if it is there."""
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            if item is not None and item.text(0) == which:
                self.setCurrentItem(item)

    @property
    def current(self) -> Model | None:
        """The version in hand."""
        item = self.currentItem()
        model: Model | None = item.data(0, MODEL) if item is not None else None
        return model
