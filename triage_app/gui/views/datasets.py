"""The Datasets page of learning: all datasets, and of the one in hand its labels, settings and keywords."""

from collections.abc import Callable
from functools import cached_property
from typing import ClassVar

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.changes import ChangeKind
from triage_app.domain.errors import TriageError
from triage_app.domain.labels import Dataset
from triage_app.domain.poison import OriginKind
from triage_app.gui import labelling_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.dataset_import import ImportForm
from triage_app.gui.views.dataset_labels import LabelsTab
from triage_app.gui.views.dataset_settings import EFFECTS, SettingsTab
from triage_app.gui.views.forgotten import ForgottenTab
from triage_app.gui.views.keywords import KeywordsTab
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.part_tabs import PartTabs
from triage_app.services.learning_commands import (
    AddDataset,
    ImportExamples,
    MergeLabels,
    RenameLabel,
    SaveKeywords,
    SetDataset,
    SplitLabel,
)
from triage_app.services.learning_shapes import LabelSheet
from triage_app.services.queries import DatasetList

NAME = Qt.ItemDataRole.UserRole
COLUMNS = (("Dataset", 0), ("Labels", 58))

Change = SetDataset | RenameLabel | MergeLabels | SplitLabel | SaveKeywords

PARTS = {"settings": "Settings", "keywords": "Keywords", "forgotten": "Forgotten"}
"""What stands beside the labels, with the words on its tab."""


class DatasetsPage(LearningPage):
    """The one in hand is the one that the screen shows on every page; another line of the list chooses it there."""

    KINDS: ClassVar[frozenset[ChangeKind]] = frozenset({ChangeKind.DATASETS, ChangeKind.CORRECTIONS})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Datasets")
        self._job: Job[Dataset] | None = None
        self.list = plain_list(self._look, "Datasets", COLUMNS)
        figures(self.list, 1)
        self.list.currentItemChanged.connect(lambda now, _before: self._chosen(now))
        self.labels = LabelsTab(self._look)
        self.labels.wanted.connect(self.change)
        self._rooms: dict[str, QVBoxLayout] = {}
        self._build()

    def _build(self) -> None:
        # From the outside in: a widget that is put into another is styled anew with all that it holds.
        px = self._look.px
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("Datasets and the one in hand")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        left, right = QWidget(), QWidget()
        left.setMinimumWidth(px(170))
        left.setAccessibleName("Datasets")
        right.setAccessibleName("The dataset in hand, or examples from a file")
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([px(220), px(900)])
        self._build_list(left)
        shown = QWidget()
        shown.setAccessibleName("The dataset in hand")
        self._stack = QStackedLayout(right)
        self._stack.addWidget(shown)
        self._build_shown(shown)

    def _build_list(self, left: QWidget) -> None:
        px = self._look.px
        self.add = QPushButton("Add a dataset\u2026")
        self.add.clicked.connect(self.ask_new)
        column = QVBoxLayout(left)
        column.setContentsMargins(px(18), 0, 0, px(8))
        column.setSpacing(px(8))
        column.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(px(6), 0, px(8), 0)
        foot.addWidget(self.add, 1)
        column.addLayout(foot)

    def _build_shown(self, shown: QWidget) -> None:
        px = self._look.px
        self.title = QLabel()
        self.title.setFont(self._look.strong)
        self.about = QLabel()
        self.about.setObjectName("second")
        self.about.setWordWrap(True)
        self.more = QPushButton("Import examples\u2026")
        self.more.clicked.connect(self.ask_more)
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head = QHBoxLayout()
        head.setContentsMargins(px(16), px(10), px(16), px(6))
        head.setSpacing(px(12))
        head.addLayout(words, 1)
        head.addWidget(self.more)
        self.tabs = PartTabs(self._look, "Parts of the dataset")
        rows = QVBoxLayout(shown)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self.tabs, 1)
        self.tabs.addTab(self.labels, "Labels")
        for part, title in PARTS.items():
            room = QWidget()
            room.setAccessibleName(title)
            self._rooms[part] = QVBoxLayout(room)
            self._rooms[part].setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(room, title)
        self.tabs.currentChanged.connect(self._seen)

    # -- parts: each is made, and read, when it is first in sight ----------------------------------------------------

    @cached_property
    def settings(self) -> SettingsTab:
        """How the dataset is used."""
        part = SettingsTab(self._look)
        part.wanted.connect(self.change)
        self._rooms["settings"].addWidget(part)
        return part

    @cached_property
    def keywords(self) -> KeywordsTab:
        """Its keyword rules."""
        part = KeywordsTab(self._desk)
        part.wanted.connect(self.change)
        part.opened.connect(self.ticket_wanted)
        self._rooms["keywords"].addWidget(part)
        return part

    @cached_property
    def forgotten(self) -> ForgottenTab:
        """Whom nothing is learnt from."""
        part = ForgottenTab(self._look)
        part.forget_wanted.connect(self.forget)
        part.recall_wanted.connect(self.recall)
        self._rooms["forgotten"].addWidget(part)
        return part

    def _seen(self, place: int) -> None:
        part = ("", *PARTS)[place]
        if part and part not in vars(self):
            self._read(part)

    def _read(self, part: str) -> None:
        if self.dataset is None:
            return
        if part == "settings":
            if not self.settings.is_changed or self.settings.shown != self.dataset.name:
                self.settings.show_dataset(self.dataset)
        elif part == "keywords":
            self.keywords.load(self.dataset.name)
        else:
            labelling_operations.load_forgotten(self._desk, self.dataset.name, self.forgotten.show_list, self._fail)

    @cached_property
    def form(self) -> ImportForm:
        """The form that takes examples in."""
        form = ImportForm(self._desk)
        form.wanted.connect(self.take_in)
        form.left.connect(self._leave_form)
        form.stop_wanted.connect(self._stop)
        self._stack.addWidget(form)
        return form

    @property
    def first(self) -> QWidget:
        """The list of datasets."""
        return self.list

    def acts(self) -> dict[str, Callable[[], object]]:
        """Datasets are added, examples imported, and keywords put in force."""
        return {
            "add-dataset": self.ask_new,
            "import-examples": self.ask_more,
            "save-keywords": self.save_keywords,
        }

    def save_keywords(self) -> None:
        """Put the keyword rules as they are written in force."""
        self.keywords.put_in_force()

    # -- loading -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list, and the dataset in hand."""
        if self.dataset is None:
            return
        labelling_operations.load_datasets(self._desk, self.show_list, self._fail)
        labelling_operations.load_labels(self._desk, self.dataset.name, self.show_labels, self._fail)
        self.title.setText(self.dataset.title or self.dataset.name)
        self._say_about(None)
        for part in PARTS:
            if part in vars(self):
                self._read(part)

    def show_list(self, answer: DatasetList) -> None:
        """Show all datasets."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for dataset in answer.datasets:
                line = QTreeWidgetItem([dataset.title or dataset.name, wording.count(len(dataset.labels))])
                line.setData(0, NAME, dataset.name)
                line.setTextAlignment(1, FIGURE)
                line.setToolTip(0, f"{dataset.name}: {EFFECTS[dataset.effect]}")
                self.list.addTopLevelItem(line)
                if self.dataset is not None and dataset.name == self.dataset.name:
                    self.list.setCurrentItem(line)

    def show_labels(self, sheet: LabelSheet) -> None:
        """Show the labels of the dataset in hand."""
        if self.dataset is not None and sheet.dataset == self.dataset.name:
            self.labels.show_sheet(sheet)
            self._say_about(sheet)

    def _say_about(self, sheet: LabelSheet | None) -> None:
        dataset = self.dataset
        if dataset is None:
            return
        parts = [dataset.name, EFFECTS[dataset.effect], wording.counted(len(dataset.labels), "label", "labels")]
        if sheet is not None:
            examples = sum(each.examples for each in sheet.labels)
            corrections = sum(each.corrections for each in sheet.labels)
            parts.append(wording.counted(examples, "example", "examples"))
            parts.append(wording.counted(corrections, "correction", "corrections"))
        parts.append(f"{wording.percent(dataset.threshold)} precision wanted")
        self.about.setText(" \u00b7 ".join(parts))

    def _chosen(self, line: QTreeWidgetItem | None) -> None:
        if line is not None:
            self._leave_form()
            self.dataset_wanted.emit(str(line.data(0, NAME)))

    def _fail(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self.about.setText(error.message)

    # -- changing ------------------------------------------------------------------------------------------------

    def change(self, command: Change) -> None:
        """Change labels, settings or keywords."""
        labelling_operations.change_dataset(
            self._desk, command, lambda dataset: self._changed(command, dataset), lambda e: self._refused(command, e)
        )

    def _changed(self, command: Change, dataset: Dataset) -> None:
        if isinstance(command, SaveKeywords):
            self.keywords.saved()
        elif isinstance(command, SetDataset):
            self.settings.show_dataset(dataset)
        else:
            self.labels.end()
        self.said.emit(_done(command, dataset), False)

    def _refused(self, command: Change, error: TriageError) -> None:
        if isinstance(command, SetDataset):
            self.settings.say(error.message, wrong=True)
        elif isinstance(command, SaveKeywords):
            self.said.emit(wording.first_line(error.message, 200), False)
        else:
            self.labels.show_problem(error.message)

    def forget(self, kind: OriginKind, value: str) -> None:
        """Learn nothing from somebody any more."""
        if self.dataset is not None:
            labelling_operations.forget_origin(
                self._desk,
                kind,
                value,
                self.dataset.name,
                lambda gone: self._told(f"Nothing is learnt from {gone.value} from the next training on"),
                lambda error: self.said.emit(error.message, False),
            )

    def recall(self, kind: OriginKind, value: str) -> None:
        """Learn from somebody again."""
        if self.dataset is not None:
            labelling_operations.recall_origin(
                self._desk,
                kind,
                value,
                self.dataset.name,
                lambda back: self._told(f"{back.value} is learnt from again, from the next training on"),
                lambda error: self.said.emit(error.message, False),
            )

    def _told(self, words: str) -> None:
        self.said.emit(words, True)
        self.load()

    # -- taking in -----------------------------------------------------------------------------------------------

    def ask_new(self) -> None:
        """Ask for the examples of a new dataset."""
        self._stack.setCurrentWidget(self.form)
        self.form.begin()

    def ask_more(self) -> None:
        """Ask for more examples of the dataset in hand."""
        if self.dataset is not None:
            self._stack.setCurrentWidget(self.form)
            self.form.begin(self.dataset.name, self.dataset.title)

    def _leave_form(self) -> None:
        self._stack.setCurrentIndex(0)

    def take_in(self, command: AddDataset | ImportExamples) -> None:
        """Take the examples in."""
        self.form.busy()
        if isinstance(command, AddDataset):
            self._job = labelling_operations.add_dataset(self._desk, command, self._added, self._not_taken)
        else:
            self._job = labelling_operations.import_examples(self._desk, command, self._imported, self._not_taken)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _added(self, dataset: Dataset) -> None:
        self._end(f"{dataset.title or dataset.name} is there with {len(dataset.labels)} labels; train it next")
        self.dataset_wanted.emit(dataset.name)

    def _imported(self, dataset: Dataset) -> None:
        self._end(f"The examples are in {dataset.title or dataset.name}; the next training learns from them")

    def _end(self, words: str) -> None:
        self._job = None
        self.form.rest()
        self._leave_form()
        self.said.emit(words, False)

    def _not_taken(self, error: TriageError) -> None:
        self._job = None
        self.form.rest()
        if not operations.was_cancelled(error):
            self.form.show_error(error)


def _done(command: Change, dataset: Dataset) -> str:
    if isinstance(command, RenameLabel):
        return f"{command.label} is called {command.to} now"
    if isinstance(command, MergeLabels):
        return f"{len(command.labels)} labels are {command.into} now"
    if isinstance(command, SplitLabel):
        return f"{command.into} was split off {command.label}"
    if isinstance(command, SaveKeywords):
        return f"{wording.counted(len(dataset.keywords), 'keyword rule is', 'keyword rules are')} in force from now on"
    return f"The settings of {dataset.title or dataset.name} are in force from now on"
