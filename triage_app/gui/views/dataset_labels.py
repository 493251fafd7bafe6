"""The labels of a dataset with their counts and history; they are renamed, merged and split here."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.gui import labelling_wording, wording
from triage_app.gui.look import Look
from triage_app.gui.views.bar_line import BarLine
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list, set_label
from triage_app.services.learning_commands import MergeLabels, RenameLabel, SplitLabel
from triage_app.services.learning_shapes import LabelCount, LabelSheet

ITEM = Qt.ItemDataRole.UserRole
COLUMNS = (("Label", 0), ("Examples", 90), ("Corrections", 96), ("Share", 64))
HISTORY = (("When", 150), ("Who", 110), ("What", 0))
MOST_HISTORY = 5
ROW = 31


class LabelsTab(QWidget):
    """`wanted` carries the command that shall change the labels, once a person has seen what it changes."""

    wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._sheet: LabelSheet | None = None
        self._doing = ""
        self.setAccessibleName("Labels")
        px = look.px
        self.list = plain_list(look, "Labels of the dataset", COLUMNS, (0,))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        figures(self.list, 1, 2, 3)
        self.list.itemSelectionChanged.connect(self._enable)
        self.rename = QPushButton("Rename\u2026")
        self.merge = QPushButton("Merge\u2026")
        self.split = QPushButton("Split\u2026")
        self.hint = QLabel("Select one label to rename or split it, several to merge them.")
        self.hint.setObjectName("second")
        self.hint.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(px(16), px(8), px(16), px(8))
        buttons.setSpacing(px(8))
        buttons.addWidget(self.hint, 1)
        for button, doing in ((self.rename, "rename"), (self.merge, "merge"), (self.split, "split")):
            button.clicked.connect(lambda _checked=False, doing=doing: self.begin(doing))
            buttons.addWidget(button)
        self.past = plain_list(look, "How the labels changed", HISTORY)
        self.past.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.past_title = QLabel("How the labels changed")
        self.past_title.setObjectName("second")
        self.past_title.setContentsMargins(px(16), px(8), px(16), 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._inset(self.list), 1)
        layout.addLayout(buttons)
        layout.addWidget(self._build_form())
        layout.addWidget(self.past_title)
        layout.addWidget(self._inset(self.past))

    def _inset(self, tree: QWidget) -> QWidget:
        holder = QWidget()
        holder.setAccessibleName(tree.accessibleName())
        row = QHBoxLayout(holder)
        row.setContentsMargins(self._look.px(10), 0, self._look.px(12), 0)
        row.addWidget(tree)
        return holder

    def _build_form(self) -> QWidget:
        px = self._look.px
        self.form = QFrame()
        self.form.setObjectName("chooser")
        self.form.setAccessibleName("Change the labels")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.words = BarLine()
        self.words.setAccessibleName("Words that make a text belong to the new label")
        self.words.setPlaceholderText("Words, with commas between them")
        self.name = BarLine()
        self.name.setAccessibleName("Name of the label")
        self.name.setPlaceholderText("Name")
        self.go = QPushButton("Rename")
        self.go.setProperty("primary", True)
        self.go.clicked.connect(self._wanted)
        self.leave = QPushButton("Cancel")
        self.leave.setProperty("flat", True)
        self.leave.setToolTip("Escape")
        self.leave.clicked.connect(self.end)
        for line in (self.words, self.name):
            line.left.connect(self.end)
            line.returnPressed.connect(self._wanted)
            line.textChanged.connect(lambda _text: self._allow())
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        self.problem.setWordWrap(True)
        row = FlowLayout(px(8))
        for widget in (self.words, self.name, self.go, self.leave):
            row.addWidget(widget)
        for line, width in ((self.words, 230), (self.name, 170)):
            line.setFixedWidth(px(width))
        column = QVBoxLayout(self.form)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(6))
        column.addWidget(self.said)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.form.hide()
        return self.form

    # -- showing -------------------------------------------------------------------------------------------------

    def show_sheet(self, sheet: LabelSheet) -> None:
        """Show labels and history."""
        before, self._sheet = self._sheet, sheet
        typing = not self.form.isHidden() and before is not None and before.dataset == sheet.dataset
        if typing and before is not None and _names(before) == _names(sheet):
            # Other counts are no reason to throw away what is being typed.
            return
        self.end()
        chosen = {each.label for each in self.chosen}
        total = sum(each.examples for each in sheet.labels)
        self.list.clear()
        for each in sheet.labels:
            share = wording.percent(each.examples / total) if total else ""
            line = QTreeWidgetItem(["", wording.count(each.examples), wording.count(each.corrections), share])
            line.setData(0, ITEM, each)
            set_label(line, 0, each.label)
            for column in (1, 2, 3):
                line.setTextAlignment(column, FIGURE)
            self.list.addTopLevelItem(line)
            line.setSelected(each.label in chosen)
        self.past.clear()
        for change in reversed(sheet.history):
            line = QTreeWidgetItem(
                [wording.exact(change.at), change.who, labelling_wording.label_change(change)],
            )
            self.past.addTopLevelItem(line)
        shown = min(MOST_HISTORY, len(sheet.history))
        self.past.setFixedHeight(self._look.px(ROW) * (shown + 1))
        self.past.setVisible(shown > 0)
        self.past_title.setVisible(shown > 0)
        self._enable()

    @property
    def chosen(self) -> tuple[LabelCount, ...]:
        """The labels that are selected, in their order."""
        lines = (self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount()))
        return tuple(line.data(0, ITEM) for line in lines if line is not None and line.isSelected())

    def _enable(self) -> None:
        number = len(self.chosen)
        self.rename.setEnabled(number == 1)
        self.split.setEnabled(number == 1)
        self.merge.setEnabled(number > 1)
        if not self.form.isHidden():
            self.end()

    # -- changing ------------------------------------------------------------------------------------------------

    def begin(self, doing: str) -> None:
        """Ask how to `rename`, `merge` or `split` what is selected, and say what that will change."""
        chosen = self.chosen
        if not chosen:
            return
        self._doing = doing
        self.problem.hide()
        self.words.setVisible(doing == "split")
        self.words.clear()
        self.name.setText("" if doing == "split" else chosen[0].label)
        names = labelling_wording.listed([each.label for each in chosen])
        what = _touched(chosen)
        self.said.setText(
            {
                "rename": f"Rename {names} in {what}, and in the keywords. The old name stays in the history.",
                "merge": f"Make one label of {names}: {what}. They cannot be told apart again afterwards.",
                "split": f"Of {what} called {names}, those with one of these words get the new label.",
            }[doing]
        )
        self.go.setText({"rename": "Rename", "merge": "Merge", "split": "Split"}[doing])
        self.form.show()
        line = self.words if doing == "split" else self.name
        line.setFocus()
        line.selectAll()
        self._allow()

    def _allow(self) -> None:
        words = bool(self._words()) or self._doing != "split"
        name = self.name.text().strip()
        same = self._doing == "rename" and name in {each.label for each in self.chosen}
        self.go.setEnabled(bool(name) and words and not same)

    def _words(self) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.words.text().split(",") if word.strip())

    def _wanted(self) -> None:
        command = self.command()
        if command is not None and self.go.isEnabled():
            self.wanted.emit(command)

    def command(self) -> RenameLabel | MergeLabels | SplitLabel | None:
        """What the form asks for."""
        if self._sheet is None or not self.chosen:
            return None
        dataset, name = self._sheet.dataset, self.name.text().strip()
        labels = tuple(each.label for each in self.chosen)
        if self._doing == "merge":
            return MergeLabels(name=dataset, labels=labels, into=name)
        if self._doing == "split":
            return SplitLabel(name=dataset, label=labels[0], into=name, words=self._words())
        return RenameLabel(name=dataset, label=labels[0], to=name)

    def show_problem(self, text: str) -> None:
        """The change was refused: say why, and keep what was typed."""
        self.problem.setText(text)
        self.problem.show()

    def end(self) -> None:
        """Leave the form."""
        self.form.hide()


def _names(sheet: LabelSheet) -> tuple[str, ...]:
    return tuple(each.label for each in sheet.labels)


def _touched(labels: Sequence[LabelCount]) -> str:
    """`1,200 examples and 31 corrections`."""
    examples = wording.counted(sum(each.examples for each in labels), "example", "examples")
    corrections = wording.counted(sum(each.corrections for each in labels), "correction", "corrections")
    return f"{examples} and {corrections}"
