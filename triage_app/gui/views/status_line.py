"""The line at the foot of the window: what runs, what was ever seen, which model answers."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from triage_app.gui import source_wording, wording
from triage_app.gui.look import Look
from triage_app.services.context import Progress
from triage_app.services.queries import BalanceSheet
from triage_app.services.source_queries import SourceList


class StatusLine(QFrame):
    """Progress with a count and Cancel on the left, the balance and the model on the right."""

    cancel_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("statusLine")
        self.setAccessibleName("Status")
        px = look.px
        self.setMinimumHeight(px(28))
        self.what = QLabel("Ready")
        self.what.setObjectName("second")
        self.what.setMinimumWidth(px(60))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(px(140), px(6))
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("small", True)
        self.cancel.clicked.connect(self.cancel_wanted)
        self.sources = self._way("Sources")
        self.sources.hide()
        self.balance = self._way("Balance")
        self.model = QLabel()
        self.model.setObjectName("second")
        self.model.setAccessibleName("Model that answers")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(2), px(16), px(2))
        row.setSpacing(px(12))
        row.addWidget(self.what)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        row.addStretch(1)
        row.addWidget(self.sources)
        row.addWidget(self.balance)
        separator = QWidget()
        separator.setObjectName("separator")
        separator.setAccessibleName("Separator")
        separator.setFixedSize(1, px(14))
        row.addWidget(separator)
        row.addWidget(self.model)
        self._separator = separator
        self.rest("Ready")

    def _way(self, name: str) -> QPushButton:
        """A quiet text that leads to a screen; the keyboard has its own way there."""
        button = QPushButton()
        button.setObjectName("way")
        button.setFont(self._look.small_figures)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def work(self, text: str) -> None:
        """Say that something runs whose end is not known yet: words and Cancel, without a bar."""
        self.what.setText(text)
        self.bar.hide()
        self.cancel.setEnabled(True)
        self.cancel.show()

    def show_progress(self, verb: str, progress: Progress) -> None:
        """Say how far it is."""
        of = f" of {wording.count(progress.total)}" if progress.total else ""
        self.what.setText(f"{verb} {wording.count(progress.done)}{of} {progress.what}")
        # A bar that moves without an end is painted forty times a second, just where others need the processor.
        self.bar.setVisible(progress.total > 0)
        if progress.total:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)

    def stopping(self) -> None:
        """Say that it was asked to stop."""
        self.what.setText("Stopping\u2026")
        self.cancel.setEnabled(False)

    def rest(self, text: str) -> None:
        """Nothing runs; say what was done last."""
        self.what.setText(text)
        self.bar.hide()
        self.cancel.hide()

    def show_balance(self, sheet: BalanceSheet) -> None:
        """Show that everything seen is accounted for."""
        self.balance.setText(wording.balance(sheet))
        self.balance.setToolTip(wording.balance_in_words(sheet))
        wrong = sheet.difference != 0
        if wrong:
            self.balance.setText(f"{wording.balance(sheet)}, {wording.count(sheet.difference)} unaccounted for")
        self._mark(self.balance, wrong=wrong)

    def show_sources(self, listed: SourceList | None, fetching: Progress | None, *, followed: bool) -> None:
        """Show how the live sources fare, and a long fetch while it runs; nothing where there are none."""
        text = source_wording.sources_line(listed, followed=followed)
        if text and fetching is not None:
            text = f"{text}, {wording.count(fetching.done)} {fetching.what}\u2026"
        errors = source_wording.errors_in_words(listed)
        self.sources.setText(text)
        self.sources.setToolTip(errors or "Live sources")
        self.sources.setVisible(bool(text))
        self._mark(self.sources, wrong=bool(errors))

    @staticmethod
    def _mark(widget: QWidget, *, wrong: bool) -> None:
        if widget.property("wrong") != wrong:
            widget.setProperty("wrong", wrong)
            widget.style().polish(widget)

    def show_model(self, model: str) -> None:
        """Name the model that answers."""
        self.model.setText(model or "no model yet")
        self._separator.setVisible(True)
