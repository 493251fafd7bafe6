"""A strip that says that something runs: how far it is, and Cancel."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.context import Progress

WHOLE = 100
PERCENT = "percent "
AT_ONCE_MS = 500
"""What is done within this time needs no strip that says so."""


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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AT_ONCE_MS)
        self._timer.timeout.connect(self.begin)
        self.hide()

    def wait(self) -> None:
        """Something runs that may be done at once: it is shown where it takes longer."""
        self._timer.start()

    def begin(self) -> None:
        """Something runs; how much there is to do is not known yet."""
        self._timer.stop()
        self.text.setText(f"{self._verb}\u2026")
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        if not self.cancel.isEnabled():
            return
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        if progress.total == WHOLE and progress.what.startswith(PERCENT):
            done = wording.percent(progress.done / WHOLE)
            self.text.setText(f"{self._verb}: {done} {progress.what.removeprefix(PERCENT)}")
            return
        of = f" of {wording.count(progress.total)}" if progress.total else ""
        self.text.setText(f"{self._verb}: {wording.count(progress.done)}{of} {progress.what}")

    def end(self) -> None:
        """It has ended."""
        self._timer.stop()
        self.hide()

    def _stop(self) -> None:
        self.text.setText("Stopping\u2026")
        self.cancel.setEnabled(False)
        self.cancel_wanted.emit()
