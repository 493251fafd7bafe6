"""The versions of a dataset's model: which answers, how good each is, and the way to another one."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Model
from triage_app.gui import learning_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.disagreements import Disagreements
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.model_detail import ModelDetail
from triage_app.gui.views.model_list import ModelRows
from triage_app.gui.views.state import StatePage
from triage_app.services.learning_shapes import ShadowReport
from triage_app.services.queries import ModelList

SIDE_BY_SIDE = 700


class ModelsPage(LearningPage):
    """The list, the version in hand below it, and at the foot what can be done with that."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Models")
        self._models: tuple[Model, ...] = ()
        self.list = ModelRows(self._look)
        self.list.chosen.connect(self._chosen)
        self.detail = ModelDetail(self._look)
        self.disagreements = Disagreements(self._look)
        self.disagreements.ticket_wanted.connect(self.ticket_wanted)
        self.state = StatePage(self._look, "State of the models")
        self._versions = self._build()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._versions)
        self._stack.addWidget(self.state)

    def _build(self) -> QWidget:
        px = self._look.px
        inset = QWidget()
        inset.setAccessibleName("Model versions")
        row = QHBoxLayout(inset)
        row.setContentsMargins(px(18), 0, px(8), 0)
        row.addWidget(self.list)
        self.beside = QSplitter(Qt.Orientation.Horizontal)
        beside = self.beside
        beside.setAccessibleName("The version in hand and its disagreements")
        beside.setHandleWidth(1)
        beside.setChildrenCollapsible(False)
        beside.addWidget(self.detail)
        beside.addWidget(self.disagreements)
        beside.setSizes([px(500), px(500)])
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setAccessibleName("Versions and the version in hand")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(inset)
        self.splitter.addWidget(beside)
        self.splitter.setSizes([px(230), px(370)])
        versions = QWidget()
        versions.setAccessibleName("Model versions")
        column = QVBoxLayout(versions)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.splitter, 1)
        column.addWidget(self._build_foot())
        return versions

    def _build_foot(self) -> QFrame:
        px = self._look.px
        self.hint = QLabel()
        self.hint.setObjectName("second")
        self.hint.setWordWrap(True)
        self.shadow = QPushButton("Into the shadow")
        self.shadow.setToolTip("It judges new tickets beside the version in use, and nobody sees its answers")
        self.shadow.clicked.connect(lambda: self.act_wanted.emit("shadow"))
        self.back = QPushButton("Roll back")
        self.back.clicked.connect(lambda: self.act_wanted.emit("roll-back"))
        self.use = QPushButton("Use all the same")
        self.use.setToolTip("Puts it in use without comparing it")
        self.use.clicked.connect(lambda: self.act_wanted.emit("use-model"))
        self.promote = QPushButton("Promote")
        self.promote.setToolTip("Puts it in use if it does not lose on held-back corrections")
        self.promote.setProperty("primary", True)
        self.promote.clicked.connect(lambda: self.act_wanted.emit("promote"))
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("What to do with the version")
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(24), px(8), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self.hint, 1)
        for button in (self.shadow, self.back, self.use, self.promote):
            row.addWidget(button)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the disagreements stand below the version in hand."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(SIDE_BY_SIDE)
        self.beside.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    @property
    def first(self) -> QWidget:
        """The list."""
        return self.list

    def acts(self) -> dict[str, Callable[[], object]]:
        """What can be done with the version in hand."""
        return {
            "use-model": self.use_current,
            "promote": self.promote_current,
            "roll-back": self.roll_back,
            "shadow": self.turn_shadow,
        }

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the versions again."""
        if self.dataset is not None:
            learning_operations.load_models(self._desk, "models", self.dataset.name, self._show, self._fail)

    def _show(self, answer: ModelList) -> None:
        self._models = answer.models
        self.list.show_models(answer.models)
        if answer.models:
            self._stack.setCurrentWidget(self._versions)
        else:
            self.state.say(
                "graduation-cap",
                "No model yet: the first one is trained when it is first needed, or now.",
                (("Train it now", lambda: self.act_wanted.emit("train")),),
            )
            self._stack.setCurrentWidget(self.state)

    @property
    def current(self) -> Model | None:
        """The version in hand."""
        return self.list.current

    def _chosen(self) -> None:
        model = self.current
        for button in (self.use, self.promote, self.shadow):
            button.setVisible(model is not None and not model.active)
        self.back.setVisible(model is not None and model.active and self._parent_of(model) is not None)
        if model is None:
            return
        self.detail.show_model(model)
        self.shadow.setText("Out of the shadow" if model.shadow else "Into the shadow")
        parent = self._parent_of(model)
        self.back.setText("Roll back")
        self.back.setToolTip(f"Use {parent.id} again" if parent is not None else "")
        if model.active:
            self.hint.setText("It answers now." + (f" Before it, {parent.id} did." if parent is not None else ""))
            self.disagreements.say("It is in use: there is nothing for it to differ from.")
            return
        self.hint.setText("It is kept, and can answer at any time.")
        learning_operations.load_shadow(self._desk, model.id, self._show_shadow, self.disagreements.show_error)

    def _show_shadow(self, report: ShadowReport) -> None:
        model = self.current
        if model is None or model.id != report.model:
            return
        if not report.judged and not model.shadow:
            self.disagreements.say(
                "Put it into the shadow: then it judges new tickets beside the version in use, and where they differ "
                "is listed here."
            )
        else:
            self.disagreements.show_report(report)

    def _parent_of(self, model: Model) -> Model | None:
        return next((each for each in self._models if each.id == model.parent), None)

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", wording.first_line(error.message, 300), (("Try again", self.load),))
        self._stack.setCurrentWidget(self.state)

    # -- doing ---------------------------------------------------------------------------------------------------

    def use_current(self) -> None:
        """Put the version in hand in force, compared or not."""
        model = self.current
        if model is not None and not model.active:
            self._use(model.id)

    def _use(self, model: ModelId) -> None:
        learning_operations.use_model(
            self._desk, model, lambda used: self.said.emit(f"{used.id} answers from now on", True)
        )

    def roll_back(self) -> None:
        """Put the version in force again that answered before the one that answers now."""
        active = next((model for model in self._models if model.active), None)
        parent = self._parent_of(active) if active is not None else None
        if parent is None:
            self.said.emit("No version answered before this one", False)
        else:
            self._use(parent.id)

    def promote_current(self) -> None:
        """Put the version in hand in force if it does not lose."""
        model = self.current
        if model is None or model.active:
            return
        self.promote.setEnabled(False)
        learning_operations.promote(self._desk, model.id, self._promoted, self._refused)

    def _promoted(self, model: Model) -> None:
        self.promote.setEnabled(True)
        self.said.emit(f"{model.id} is promoted and answers from now on", True)

    def _refused(self, error: TriageError) -> None:
        self.promote.setEnabled(True)
        self._desk.jobs.failed.emit(error)

    def turn_shadow(self) -> None:
        """Put the version in hand into the shadow, or take it out."""
        model = self.current
        if model is not None and not model.active:
            learning_operations.turn_shadow(
                self._desk,
                model.id,
                on=not model.shadow,
                done=lambda turned: self.said.emit(
                    f"{turned.id} judges new tickets in the shadow" if turned.shadow else f"{turned.id} judges no more",
                    True,
                ),
            )
