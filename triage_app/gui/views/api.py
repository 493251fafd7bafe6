"""The API screen: serve this workspace to other programs, who uses it, and with which tokens."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.gui.desk import Desk
from triage_app.gui.views.callers import CallerPanel
from triage_app.gui.views.serving import ServingPanel
from triage_app.gui.views.tokens import TokenPanel

ELSEWHERE = "This desk works on another machine's workspace: there it is served, and there it is seen who uses it."


class ApiScreen(QWidget):
    """The switch above, then who uses the API, then the tokens. On another machine's workspace only the tokens."""

    said = Signal(str, bool)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._look = desk.look
        self.setAccessibleName("API")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.serving = ServingPanel(desk, desk.server) if desk.server is not None else None
        self.callers = CallerPanel(desk, desk.server) if desk.server is not None else None
        self.tokens = TokenPanel(desk)
        self.tokens.said.connect(self.said)
        self.list = self.tokens.list
        self._build()
        desk.jobs.changed.connect(self._changed)

    def _build(self) -> None:
        px = self._look.px
        title = QLabel("API")
        title.setFont(self._look.title)
        self.sentence = QLabel(ELSEWHERE)
        self.sentence.setObjectName("second")
        self.sentence.setWordWrap(True)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(12), px(8))
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addWidget(self.sentence, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setAccessibleName("Who uses the API, and tokens")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        if self.serving is not None and self.callers is not None:
            self.serving.switched.connect(self._show_serving)
            top.addWidget(self.serving.always)
            top.addWidget(self.serving.switch)
            column.addWidget(self.serving)
            self.splitter.addWidget(self.callers)
            self._show_serving()
        self.splitter.addWidget(self.tokens)
        column.addWidget(self.splitter, 1)

    def begin(self) -> None:
        """The desk is there: serve, if the user wanted that."""
        if self.serving is not None:
            self.serving.begin_as_remembered()

    def load(self) -> None:
        """Look at everything again."""
        self.tokens.load()
        self._show_serving()

    def _show_serving(self) -> None:
        if self.serving is not None and self.callers is not None:
            self.sentence.setText(self.serving.sentence)
            self.callers.look_again()

    def _changed(self, changes: ChangeSet) -> None:
        if ChangeKind.TOKENS in changes.kinds and self.isVisible():
            self.tokens.load()
