"""A small bar at the foot of a ticket: to which folder of its mailbox the original mail is moved."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from triage_app.domain.errors import TriageError
from triage_app.gui.look import Look
from triage_app.gui.views.bar_line import BarLine

MOST_LETTERS = 500


class FolderEditor(QFrame):
    """A folder, or none for that of the category. `wanted` carries it; the bar stays until it is told how it went."""

    wanted = Signal(str)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("chooser")
        self.setAccessibleName("Move the original mail")
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.folder = BarLine()
        self.folder.setAccessibleName("Folder to move the mail to")
        self.folder.setPlaceholderText("Folder; empty for that of the category")
        self.folder.setMaxLength(MOST_LETTERS)
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.save = QPushButton("Move")
        self.save.setProperty("primary", True)
        cancel = QPushButton("Cancel")
        cancel.setProperty("flat", True)
        cancel.setToolTip("Escape")
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.save)
        row.addWidget(cancel)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(self.title)
        layout.addWidget(self.folder)
        layout.addWidget(self.problem)
        layout.addLayout(row)
        self.save.clicked.connect(self._save)
        cancel.clicked.connect(self._leave)
        self.folder.returnPressed.connect(self._save)
        self.folder.left.connect(self._leave)
        self.hide()

    def begin(self, title: str) -> None:
        """Start to type."""
        self.title.setText(title)
        self._end_waiting("")
        self.show()
        self.folder.setFocus()
        self.folder.selectAll()

    def show_error(self, error: TriageError) -> None:
        """It could not be queued, and why."""
        self._end_waiting(error.message)

    def _end_waiting(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.save.setEnabled(True)

    def _save(self) -> None:
        if self.save.isEnabled():
            self.save.setEnabled(False)
            self.wanted.emit(self.folder.text().strip())

    def _leave(self) -> None:
        self.hide()
        self.left.emit()
