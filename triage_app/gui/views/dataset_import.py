"""Labelled examples from a file: which column holds what, and what would be taken in, before it is."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.labels import Effect
from triage_app.gui import labelling_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.dataset_settings import EFFECTS
from triage_app.gui.views.label_cells import plain_list, set_label
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.learning_commands import AddDataset, ImportExamples
from triage_app.services.learning_shapes import ExamplePreview

PREVIEW_AFTER_MS = 250
FORMS = "Tables and examples (*.csv *.tsv *.json *.jsonl *.xlsx *.ods *.txt *.gz);;All files (*)"
PARTS = (
    ("label", "Label", True),
    ("text", "Text", True),
    ("text-2", "and, joined to it", False),
    ("group", "Group", False),
    ("at", "Time", False),
    ("sender", "Sender", False),
    ("source", "Source", False),
)
HELP = {
    "group": "What belongs together, such as a thread: it is never split between learning and testing.",
    "at": "When it came in: what is newer can be tested by what is older.",
}
COLUMNS = (("Label", 150), ("Text", 0), ("Group", 90), ("Time", 142))
MOST_PROBLEMS = 4


class ImportForm(QFrame):
    """Adds a dataset, or examples to one. `wanted` carries the command; `left` that nothing shall be done."""

    wanted = Signal(object)
    left = Signal()
    stop_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._into = ""
        self._preview: ExamplePreview | None = None
        self._filling = False
        self.setObjectName("form")
        self.setAccessibleName("Examples from a file")
        px = self._look.px
        self.title = QLabel()
        self.title.setFont(self._look.strong)
        self.file = QLineEdit()
        self.file.setAccessibleName("File or folder of labelled examples")
        self.file.setPlaceholderText("CSV, JSON lines, spreadsheet, FastText lines, or a folder of mail for each label")
        self.file.textChanged.connect(lambda _text: self._again(guess=True))
        inner = QWidget()
        inner.setAccessibleName("Examples from a file")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(16), px(12), px(16), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addLayout(self._build_choosing())
        column.addWidget(self._build_own())
        column.addWidget(self._build_mapping())
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.problems = QLabel()
        self.problems.setObjectName("problem")
        self.problems.setProperty("wrong", True)
        self.problems.setWordWrap(True)
        self.problems.setTextFormat(Qt.TextFormat.PlainText)
        self.rows = plain_list(self._look, "The first examples", COLUMNS, (0,))
        self.rows.setMinimumHeight(px(150))
        for widget in (self.said, self.problems):
            column.addWidget(widget)
        column.addWidget(self.rows, 1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Examples from a file")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.working = WorkingStrip(self._look, "Taking in")
        self.working.cancel_wanted.connect(self.stop_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.working)
        layout.addWidget(self._build_foot())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_AFTER_MS)
        self._timer.timeout.connect(self.preview_now)

    def _build_choosing(self) -> QHBoxLayout:
        px = self._look.px
        choose = QPushButton("Choose file\u2026")
        choose.clicked.connect(self.choose_file)
        folder = QPushButton("Choose folder\u2026")
        folder.clicked.connect(self.choose_folder)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.file, 1)
        row.addWidget(choose)
        row.addWidget(folder)
        return row

    def _build_own(self) -> QWidget:
        """What a new dataset needs beside its examples."""
        px = self._look.px
        self.own = QWidget()
        self.own.setAccessibleName("The new dataset")
        grid = QGridLayout(self.own)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(3))
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the dataset")
        self.name.setPlaceholderText("letters, digits, - and _")
        self.name.textChanged.connect(lambda _text: self._enable())
        self.caption = QLineEdit()
        self.caption.setAccessibleName("Title of the dataset")
        self.caption.setPlaceholderText("what people call it")
        self.effect = Choice(
            self._look, "Effect", [(e.value, EFFECTS[e]) for e in (Effect.TAG, Effect.QUEUE, Effect.PLAYBOOK)]
        )
        for place, (text, widget) in enumerate(
            (("Name *", self.name), ("Title", self.caption), ("Its answer", self.effect))
        ):
            label = QLabel(text)
            label.setObjectName("second")
            label.setBuddy(widget)
            grid.addWidget(label, 0, place)
            grid.addWidget(widget, 1, place)
            grid.setColumnStretch(place, 1)
        return self.own

    def _build_mapping(self) -> QWidget:
        px = self._look.px
        self.mapping = QWidget()
        self.mapping.setAccessibleName("Which column holds what")
        grid = QGridLayout(self.mapping)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(3))
        self.columns: dict[str, Choice] = {}
        for place, (part, title, needed) in enumerate(PARTS):
            label = QLabel(f"{title} *" if needed else title)
            label.setObjectName("second")
            choice = Choice(self._look, f"Column of {title.lower()}", ())
            choice.setToolTip(HELP.get(part, f"Which column holds it: {title.lower()}"))
            choice.activated.connect(lambda _place: self._again(guess=False))
            label.setBuddy(choice)
            row, across = divmod(place, 4)
            grid.addWidget(label, row * 2, across)
            grid.addWidget(choice, row * 2 + 1, across)
            grid.setColumnStretch(across, 1)
            self.columns[part] = choice
        self.mapping.hide()
        return self.mapping

    def _build_foot(self) -> QWidget:
        px = self._look.px
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("Take the examples in")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._leave)
        self.go = QPushButton("Import")
        self.go.setProperty("primary", True)
        self.go.clicked.connect(self._wanted)
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        return foot

    # -- asking --------------------------------------------------------------------------------------------------

    def begin(self, into: str = "", title: str = "") -> None:
        """Ask for examples for a dataset; without one, for a new dataset."""
        self._into = into
        self._preview = None
        self.title.setText(f"Examples for {title or into}" if into else "A new dataset from old tickets")
        self.go.setText("Import" if into else "Add the dataset")
        self.own.setVisible(not into)
        self.mapping.hide()
        self.rows.hide()
        for line in (self.file, self.name, self.caption):
            line.clear()
        self._say("", ())
        self.rest()
        self.file.setFocus()

    def choose_file(self) -> None:
        """Ask for the file."""
        name, _kind = QFileDialog.getOpenFileName(self, "Labelled examples", "", FORMS)
        if name:
            self.file.setText(name)

    def choose_folder(self) -> None:
        """Ask for the folder."""
        name = QFileDialog.getExistingDirectory(self, "A folder of mail for each label")
        if name:
            self.file.setText(name)

    def _again(self, *, guess: bool) -> None:
        if guess:
            self._preview = None
        self._enable()
        self._timer.start()

    def preview_now(self) -> None:
        """Read what the file holds, with the columns that were chosen."""
        self._timer.stop()
        file = self.file.text().strip()
        if not file:
            return
        columns = self.chosen_columns() if self._preview is not None else ()
        labelling_operations.preview_examples(self._desk, file, columns, self.show_preview, self._fail)

    def chosen_columns(self) -> tuple[str, ...]:
        """`FIELD=COLUMN` for each field, as chosen; `FIELD=` where no column holds it."""
        if not self._preview or not self._preview.columns:
            return ()
        chosen = {part: choice.value for part, choice in self.columns.items()}
        texts = [value for value in (chosen.pop("text"), chosen.pop("text-2")) if value]
        rest = tuple(f"{part}={value}" for part, value in chosen.items())
        return (*(f"text={value}" for value in texts or [""]), *rest)

    def show_preview(self, preview: ExamplePreview) -> None:
        """Show the columns, the first rows and what is wrong."""
        first = self._preview is None or self._preview.columns != preview.columns
        self._preview = preview
        self.mapping.setVisible(bool(preview.columns))
        if first:
            self._fill_columns(preview)
        self.rows.clear()
        for row in preview.rows:
            line = QTreeWidgetItem(["", wording.first_line(row.text, 200), row.group, _day(row.at)])
            line.setToolTip(1, wording.first_line(row.text, 600))
            set_label(line, 0, row.label)
            self.rows.addTopLevelItem(line)
        self.rows.setColumnHidden(2, not any(row.group for row in preview.rows))
        self.rows.setColumnHidden(3, not any(row.at for row in preview.rows))
        self.rows.setVisible(bool(preview.rows))
        total = wording.counted(preview.total, "example", "examples")
        labels = wording.counted(len(preview.labels), "label", "labels")
        most = ", ".join(f"{each.label} {wording.count(each.examples)}" for each in preview.labels[:6])
        more = ", \u2026" if len(preview.labels) > 6 else ""
        self._say(
            f"{total} with {labels}: {most}{more}." if preview.total else "No example was found.", preview.problems
        )
        self._enable()

    def _fill_columns(self, preview: ExamplePreview) -> None:
        mapped = _mapped(preview.mapping)
        for part, choice in self.columns.items():
            choice.clear()
            choice.addItem("\u2014", "")
            for column in preview.columns:
                choice.addItem(column or "(no name)", column)
            choice.setCurrentIndex(max(0, choice.findData(mapped.get(part, ""))))

    def _say(self, text: str, problems: tuple[str, ...]) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        shown = [wording.first_line(each, 200) for each in problems[:MOST_PROBLEMS]]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"and {wording.count(len(problems) - MOST_PROBLEMS)} more")
        self.problems.setText("\n".join(shown))
        self.problems.setVisible(bool(shown))

    def _fail(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self.show_error(error)
            self.rows.hide()
            self._enable()

    # -- handing out ---------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        ready = self._preview is not None and self._preview.total > 0 and not self._preview.problems
        named = bool(self._into) or bool(self.name.text().strip())
        self.go.setEnabled(ready and named and self.working.isHidden())

    def command(self) -> AddDataset | ImportExamples:
        """What the form asks for."""
        data, columns = self.file.text().strip(), self.chosen_columns()
        if self._into:
            return ImportExamples(name=self._into, data=data, columns=columns)
        return AddDataset(
            name=self.name.text().strip(),
            data=data,
            title=self.caption.text().strip(),
            columns=columns,
            effect=Effect(self.effect.value),
        )

    def _wanted(self) -> None:
        self.wanted.emit(self.command())

    def busy(self) -> None:
        """The examples are taken in."""
        self.working.begin()
        self._enable()

    def rest(self) -> None:
        """Nothing runs."""
        self.working.end()
        self._enable()

    def show_error(self, error: TriageError) -> None:
        """It did not work."""
        self.rest()
        self._say("", (error.message,))

    def _leave(self) -> None:
        if self.working.isVisible():
            self.stop_wanted.emit()
        self.left.emit()


def _day(at: str) -> str:
    """A time (ISO 8601) to the minute."""
    return at[:16].replace("T", " ")


def _mapped(mapping: tuple[str, ...]) -> Mapping[str, str]:
    """Which column each part of the form shows; a second one of the text is its own part."""
    found: dict[str, str] = {}
    for each in mapping:
        field, _equals, column = each.partition("=")
        found[f"{field}-2" if field in found else field] = column
    return found
