"""The Learning screen: what people have taught, the model versions, training."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.learning import Model
from triage_app.gui import operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.state import StatePage
from triage_app.services.context import Progress
from triage_app.services.queries import ModelList

MODEL = Qt.ItemDataRole.UserRole


class LearningScreen(QWidget):
    """Corrections, versions and the way back to an older one."""

    train_wanted = Signal()
    cancel_wanted = Signal()
    use_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._dataset = "category"
        self._models: tuple[Model, ...] = ()
        self._corrections: int | None = None
        self.setAccessibleName("Learning")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px = self._look.px
        title = QLabel("Learning")
        title.setFont(self._look.title)
        self.train = QPushButton("Train a new version")
        self.train.setProperty("primary", True)
        self.train.clicked.connect(self.train_wanted)
        self.export = QPushButton("Export corrections\u2026")
        self.export.clicked.connect(self.export_wanted)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(16), px(4))
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.export)
        top.addWidget(self.train)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setObjectName("second")
        self.summary.setContentsMargins(px(24), 0, px(24), px(12))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.summary)
        layout.addWidget(self._build_progress())
        layout.addWidget(self._build_versions(), 1)

    def _build_progress(self) -> QWidget:
        px = self._look.px
        self.progress = QFrame()
        self.progress.setObjectName("note")
        self.progress.setAccessibleName("Training")
        self._progress_text = QLabel()
        self._progress_bar = QProgressBar()
        self._progress_bar.setTextVisible(False)
        self._progress_bar.setAccessibleName("Progress of the training")
        self._progress_bar.setFixedHeight(px(6))
        cancel = QPushButton("Cancel")
        cancel.setAccessibleName("Cancel the training")
        cancel.clicked.connect(self.cancel_wanted)
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(px(24), px(8), px(16), px(8))
        row.setSpacing(px(12))
        row.addWidget(self._progress_text)
        row.addWidget(self._progress_bar, 1)
        row.addWidget(cancel)
        self.progress.hide()
        return self.progress

    def _build_versions(self) -> QWidget:
        px = self._look.px
        self.list = QTreeWidget()
        self.list.setAccessibleName("Model versions")
        self.list.setHeaderLabels(["Version", "", "Made", "Examples", "Corrections", "Labels", "Data"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.list.header()
        header.setAccessibleName("Columns of the model versions")
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((320, 90, 200, 90, 100, 70, 130)):
            header.resizeSection(column, px(width))
        for column in (3, 4, 5):
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self.list.headerItem().setTextAlignment(column, right)
        self.list.currentItemChanged.connect(lambda _now, _before: self._enable())
        self.use = QPushButton("Use this version")
        self.use.clicked.connect(self.use_wanted)
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
        column_layout = QVBoxLayout(versions)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        inset = QHBoxLayout()
        inset.setContentsMargins(px(18), 0, 0, 0)
        inset.addWidget(self.list)
        column_layout.addLayout(inset, 1)
        column_layout.addWidget(foot)
        self.state = StatePage(self._look, "State of the models")
        holder = QWidget()
        holder.setAccessibleName("Model versions or state")
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(versions)
        self._stack.addWidget(self.state)
        return holder

    # -- showing -------------------------------------------------------------------------------------------------

    def set_dataset(self, name: str) -> None:
        """The dataset whose corrections are counted."""
        self._dataset = name

    def load(self) -> None:
        """Read versions and corrections again."""
        operations.load_models(self._desk, self._show, self._fail)
        operations.count_corrections(self._desk, self._dataset, self._show_corrections)

    def _show_corrections(self, number: int) -> None:
        self._corrections = number
        self._say_summary()

    def _say_summary(self) -> None:
        if self._corrections is None:
            return
        active = next((m for m in self._models if m.active and m.dataset == self._dataset), None)
        taught = wording.counted(self._corrections, "correction or confirmation", "corrections and confirmations")
        if active is None:
            self.summary.setText(f"{taught} so far.")
            return
        fresh = max(0, self._corrections - active.corrections)
        new = (
            f"{wording.count(fresh)} of them since {active.id} was made."
            if fresh
            else f"{active.id} knows all of them."
        )
        self.summary.setText(
            f"{taught} so far; {new}" if self._corrections else "Nobody has corrected or confirmed a suggestion yet."
        )

    def _show(self, answer: ModelList) -> None:
        self._models = answer.models
        if answer.models:
            self._fill(answer.models)
            self._stack.setCurrentIndex(0)
        else:
            self.state.say("graduation-cap", "No model yet: the first one is trained when it is first needed, or now.")
            self._stack.setCurrentWidget(self.state)
        self._say_summary()
        self._enable()

    def _fill(self, models: Sequence[Model]) -> None:
        chosen = self.current
        self.list.clear()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for model in models:
            item = QTreeWidgetItem(
                [
                    model.id,
                    "in use" if model.active else "",
                    wording.exact(model.made_at),
                    wording.count(model.examples),
                    wording.count(model.corrections),
                    wording.count(len(model.labels)),
                    model.data_sha256[:12],
                ]
            )
            item.setData(0, MODEL, model)
            item.setToolTip(5, ", ".join(model.labels))
            item.setToolTip(6, f"SHA-256 of the data: {model.data_sha256}")
            item.setFont(6, self._look.mono)
            if model.active:
                item.setFont(0, self._look.strong)
                item.setIcon(1, self._look.icon("check", "accent"))
            for column in (3, 4, 5):
                item.setTextAlignment(column, right)
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

    # -- training ------------------------------------------------------------------------------------------------

    def begin_training(self) -> None:
        """Show that a training runs."""
        self._progress_text.setText("Training\u2026")
        self._progress_bar.setRange(0, 0)
        self.progress.show()
        self.train.setEnabled(False)

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self._progress_bar.setRange(0, progress.total)
        self._progress_bar.setValue(progress.done)
        of = f" of {wording.count(progress.total)}" if progress.total else ""
        self._progress_text.setText(f"Training: {wording.count(progress.done)}{of} {progress.what}")

    def end_training(self) -> None:
        """The training has ended."""
        self.progress.hide()
        self.train.setEnabled(True)
