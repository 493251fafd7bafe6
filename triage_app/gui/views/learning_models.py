"""The versions of a dataset's model: which answers, how good each is, and the way to another one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.learning import Model
from triage_app.gui import learning_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.state import StatePage
from triage_app.services.queries import ModelList

MODEL = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
COLUMNS = (("Version", 260), ("", 100), ("Made", 150), ("Examples", 80), ("Corrections", 90), ("Accuracy", 80))
NUMBERS = (3, 4, 5)


class ModelsPage(LearningPage):
    """The newest version first; what can be done with the one in hand stands at the foot."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Models")
        px = self._look.px
        self.list = self._build_list()
        self.use = QPushButton("Use this version")
        self.use.clicked.connect(lambda: self.act_wanted.emit("use-model"))
        self.hint = QLabel()
        self.hint.setObjectName("second")
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("Use a version")
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(24), px(8), px(16), px(8))
        row.addWidget(self.hint, 1)
        row.addWidget(self.use)
        versions = QWidget()
        versions.setAccessibleName("Model versions")
        column = QVBoxLayout(versions)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inset = QHBoxLayout()
        inset.setContentsMargins(px(18), 0, 0, 0)
        inset.addWidget(self.list)
        column.addLayout(inset, 1)
        column.addWidget(foot)
        self.state = StatePage(self._look, "State of the models")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(versions)
        self._stack.addWidget(self.state)

    def _build_list(self) -> QTreeWidget:
        px = self._look.px
        tree = QTreeWidget()
        tree.setAccessibleName("Model versions")
        tree.setHeaderLabels([name for name, _width in COLUMNS])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = tree.header()
        header.setAccessibleName("Columns of the model versions")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, (_name, width) in enumerate(COLUMNS):
            header.resizeSection(place, px(width))
        for place in NUMBERS:
            tree.headerItem().setTextAlignment(place, RIGHT)
        tree.currentItemChanged.connect(lambda _now, _before: self._enable())
        return tree

    @property
    def first(self) -> QWidget:
        """The list."""
        return self.list

    def acts(self) -> dict[str, Callable[[], object]]:
        """The use of a version."""
        return {"use-model": self.use_current}

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the versions again."""
        if self.dataset is not None:
            learning_operations.load_models(self._desk, "models", self.dataset.name, self._show, self._fail)

    def _show(self, answer: ModelList) -> None:
        if answer.models:
            self._fill(answer.models)
            self._stack.setCurrentIndex(0)
        else:
            self.state.say(
                "graduation-cap",
                "No model yet: the first one is trained when it is first needed, or now.",
                (("Train it now", lambda: self.act_wanted.emit("train")),),
            )
            self._stack.setCurrentWidget(self.state)
        self._enable()

    def _fill(self, models: Sequence[Model]) -> None:
        chosen = self.current
        self.list.clear()
        for model in models:
            quality = model.quality
            item = QTreeWidgetItem(
                [
                    model.id,
                    "in use" if model.active else "",
                    wording.exact(model.made_at),
                    wording.count(model.examples),
                    wording.count(model.corrections),
                    wording.percent(quality.accuracy) if quality is not None else "",
                ]
            )
            item.setData(0, MODEL, model)
            if model.active:
                item.setFont(0, self._look.strong)
                item.setIcon(1, self._look.icon("check", "accent"))
            for place in NUMBERS:
                item.setTextAlignment(place, RIGHT)
            self.list.addTopLevelItem(item)
            if chosen is not None and chosen.id == model.id:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)

    @property
    def current(self) -> Model | None:
        """The version in hand."""
        item = self.list.currentItem()
        model: Model | None = item.data(0, MODEL) if item is not None else None
        return model

    def _enable(self) -> None:
        model = self.current
        self.use.setEnabled(model is not None and not model.active)
        if model is None:
            self.hint.setText("")
        elif model.active:
            self.hint.setText(f"{model.id} answers now.")
        else:
            self.hint.setText(f"{model.id} is kept and can answer again at any time.")

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", error.message, (("Try again", self.load),))
        self._stack.setCurrentWidget(self.state)

    # -- doing ---------------------------------------------------------------------------------------------------

    def use_current(self) -> None:
        """Put the version in hand in force."""
        model = self.current
        if model is not None and not model.active:
            learning_operations.use_model(
                self._desk, model.id, lambda used: self.said.emit(f"{used.id} answers from now on", True)
            )
