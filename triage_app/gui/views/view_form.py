"""A small panel over the window: save a search as a view, or give a saved one another name."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.gui.look import Look
from triage_app.gui.views.overlay import Overlay

MOST_NAME = 60
TOP, WIDTH = 84, 420


class ViewForm(QFrame):
    """A name and a query. `wanted` carries both, and the name that the view had before (empty for a new one)."""

    wanted = Signal(str, str, str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._before = ""
        self._taken: frozenset[str] = frozenset()
        self.setObjectName("palette")
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.name = QLineEdit()
        self.name.setMaxLength(MOST_NAME)
        self.name.setAccessibleName("Name of the view")
        self.name.setPlaceholderText("Name, such as Invoices from outside")
        self.query = QLineEdit()
        self.query.setAccessibleName("Query of the view")
        self.note = QLabel()
        self.note.setObjectName("problem")
        self.note.setWordWrap(True)
        self.save = QPushButton("Save")
        self.save.setProperty("primary", True)
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("flat", True)
        self.cancel.setToolTip("Escape")
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.save)
        row.addWidget(self.cancel)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(14), px(16), px(14))
        layout.setSpacing(px(8))
        for widget in (self.title, self.name, self.query, self.note):
            layout.addWidget(widget)
        layout.addLayout(row)
        self.overlay = Overlay(look, self, parent, self._size, top=px(TOP))
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.overlay.close)
        for line in (self.name, self.query):
            line.returnPressed.connect(self._save)
            line.textChanged.connect(self._say)

    def _size(self) -> tuple[int, int]:
        width = self._look.px(WIDTH)
        layout = self.layout()
        high = layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else -1
        return width, max(high, self.sizeHint().height())

    def begin(self, query: str, name: str, taken: Sequence[str], *, rename: bool = False) -> None:
        """Ask for the name of a query; `taken` are the names that there are."""
        self._before = name if rename else ""
        self._taken = frozenset(taken) - ({name} if rename else set())
        self.setAccessibleName("Rename the view" if rename else "Save this search as a view")
        self.title.setText("Rename the view" if rename else "Save this search as a view")
        self.query.setText(query)
        self.query.setCursorPosition(0)
        self.query.setVisible(not rename)
        self.name.setText(name)
        self.name.selectAll()
        self._say()
        self.overlay.open(self.name)

    def show_error(self, error: TriageError) -> None:
        """It could not be saved: what was typed stays."""
        self._tell(error.message, wrong=True)
        self.save.setEnabled(True)

    def end(self) -> None:
        """It is saved."""
        self.overlay.close()

    def _say(self) -> None:
        name = self.name.text().strip()
        self.save.setEnabled(bool(name) and bool(self.query.text().strip()))
        replaces = name in self._taken
        text = f"Replaces the view \u201c{name}\u201d." if replaces else "Everybody on this workspace sees it."
        self._tell(text, wrong=False)
        self.save.setText("Replace" if replaces else "Rename" if self._before else "Save")

    def _tell(self, text: str, *, wrong: bool) -> None:
        self.note.setText(text)
        self.note.setProperty("wrong", wrong)
        self.note.style().polish(self.note)
        self.overlay.place()

    def _save(self) -> None:
        if self.save.isEnabled():
            self.save.setEnabled(False)
            self.wanted.emit(self.name.text().strip(), self.query.text().strip(), self._before)
