"""The line at the foot of the window: what runs, what was ever seen, which model answers."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.context import Progress
from triage_app.services.queries import BalanceSheet


class StatusLine(QFrame):
    """Progress with a count and Cancel on the left, the balance and the model on the right."""

    cancel_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
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
        self.balance = QLabel()
        self.balance.setObjectName("second")
        self.balance.setFont(look.small_figures)
        self.balance.setAccessibleName("Balance")
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
        row.addWidget(self.balance)
        separator = QWidget()
        separator.setObjectName("separator")
        separator.setAccessibleName("Separator")
        separator.setFixedSize(1, px(14))
        row.addWidget(separator)
        row.addWidget(self.model)
        self._separator = separator
        self.rest("Ready")

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
        if self.balance.property("wrong") != wrong:
            self.balance.setProperty("wrong", wrong)
            self.balance.style().polish(self.balance)

    def show_model(self, model: str) -> None:
        """Name the model that answers."""
        self.model.setText(model or "no model yet")
        self._separator.setVisible(True)
