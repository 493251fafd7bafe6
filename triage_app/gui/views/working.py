"""A strip that says that something runs: how far it is, and Cancel."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.context import Progress


class WorkingStrip(QFrame):
    """Hidden while nothing runs."""

    cancel_wanted = Signal()

    def __init__(self, look: Look, verb: str) -> None:
        super().__init__()
        self._verb = verb
        self.setObjectName("note")
        self.setAccessibleName(verb)
        px = look.px
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(f"{verb}: progress")
        self.bar.setFixedHeight(px(6))
        self.cancel = QPushButton("Cancel")
        self.cancel.setAccessibleName(f"{verb}: cancel")
        self.cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(12))
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self.hide()

    def begin(self) -> None:
        """Something runs; how much there is to do is not known yet."""
        self.text.setText(f"{self._verb}\u2026")
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        of = f" of {wording.count(progress.total)}" if progress.total else ""
        self.text.setText(f"{self._verb}: {wording.count(progress.done)}{of} {progress.what}")

    def end(self) -> None:
        """It has ended."""
        self.hide()

    def _stop(self) -> None:
        self.text.setText("Stopping\u2026")
        self.cancel.setEnabled(False)
        self.cancel_wanted.emit()
