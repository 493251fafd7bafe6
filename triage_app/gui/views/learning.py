"""The Learning screen: a dataset, and what there is to know and to do about its labels and models, on pages."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.domain.labels import Dataset
from triage_app.gui import learning_operations
from triage_app.gui.desk import Desk
from triage_app.gui.views.audit import AuditPage
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.datasets import DatasetsPage
from triage_app.gui.views.learning_evaluation import EvaluationPage
from triage_app.gui.views.learning_models import ModelsPage
from triage_app.gui.views.learning_overview import OverviewPage
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.learning_training import TrainingPage
from triage_app.gui.views.month import MonthPage
from triage_app.gui.views.part_tabs import PartTabs
from triage_app.gui.views.review import ReviewPage
from triage_app.gui.views.state import StatePage
from triage_app.services.queries import DatasetList

KINDS = frozenset({ChangeKind.DATASETS, ChangeKind.MODELS})


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its id, as the action `learn-ID` names it, the words on its tab, what makes it, and the ids of the
    actions that it carries out.
    """

    id: str
    title: str
    make: Callable[[Desk], LearningPage]
    acts: tuple[str, ...] = ()


PAGES: tuple[PageEntry, ...] = (
    PageEntry("overview", "Overview", OverviewPage, ("export-corrections",)),
    PageEntry("evaluation", "Evaluation", EvaluationPage, ("evaluate",)),
    PageEntry("review", "Review", ReviewPage),
    PageEntry("audit", "Audit", AuditPage, ("audit",)),
    PageEntry("training", "Training", TrainingPage, ("train",)),
    PageEntry("models", "Models", ModelsPage, ("use-model", "promote", "roll-back", "shadow")),
    PageEntry("datasets", "Datasets", DatasetsPage, ("add-dataset", "import-examples", "save-keywords")),
    PageEntry("month", "Month", MonthPage, ("save-report", "export-predictions")),
)
"""The tabs from left to right."""


class LearningScreen(QWidget):
    """Holds the pages and the choice of the dataset. Signals as in `LearningPage`."""

    said = Signal(str, bool)
    act_wanted = Signal(str)
    ticket_wanted = Signal(object)

    def __init__(self, desk: Desk, entries: tuple[PageEntry, ...] = PAGES) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._entries = entries
        self._made: dict[str, LearningPage] = {}
        self._stale: set[str] = set()
        self._datasets: tuple[Dataset, ...] = ()
        self._wanted = ""
        self._act = ""
        self.setAccessibleName("Learning")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px = self._look.px
        title = QLabel("Learning")
        title.setFont(self._look.title)
        self.chooser = Choice(self._look, "Dataset", ())
        self.chooser.setMinimumWidth(px(160))
        self.chooser.currentIndexChanged.connect(lambda _place: self._choose())
        self.about = QLabel()
        self.about.setObjectName("second")
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(16), px(4))
        top.setSpacing(px(12))
        top.addWidget(title)
        top.addWidget(self.chooser)
        top.addWidget(self.about)
        top.addStretch(1)
        self.tabs = PartTabs(self._look, "Pages of learning")
        self._columns: list[QVBoxLayout] = []
        for entry in entries:
            holder = QWidget()
            holder.setAccessibleName(entry.title)
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            self._columns.append(column)
            self.tabs.addTab(holder, entry.title)
        self.tabs.currentChanged.connect(lambda _place: self._refresh())
        self.state = StatePage(self._look, "State of learning")
        body = QWidget()
        body.setAccessibleName("Pages or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(4))
        layout.addLayout(top)
        layout.addWidget(body, 1)

    # -- pages ---------------------------------------------------------------------------------------------------

    def page(self, which: str) -> LearningPage:
        """The page with this id, made where it was not shown yet; raises KeyError."""
        made = self._made.get(which)
        if made is not None:
            return made
        place = self._place_of(which)
        page = self._entries[place].make(self._desk)
        page.said.connect(self.said)
        page.act_wanted.connect(self.act_wanted)
        page.ticket_wanted.connect(self.ticket_wanted)
        page.page_wanted.connect(self.go)
        page.dataset_wanted.connect(self.choose)
        self._columns[place].addWidget(page)
        self._made[which] = page
        self._stale.add(which)
        return page

    def _place_of(self, which: str) -> int:
        for place, entry in enumerate(self._entries):
            if entry.id == which:
                return place
        raise KeyError(which)

    @property
    def current(self) -> str:
        """The id of the page in sight."""
        return self._entries[self.tabs.currentIndex()].id

    @property
    def dataset(self) -> Dataset | None:
        """The dataset in hand."""
        return next((each for each in self._datasets if each.name == self.chooser.value), None)

    def go(self, which: str) -> None:
        """Show a page and give it the keyboard."""
        self.tabs.setCurrentIndex(self._place_of(which))
        first = self.page(which).first
        (self.tabs if first.focusPolicy() is Qt.FocusPolicy.NoFocus else first).setFocus()

    def do(self, which: str) -> None:
        """Carry out an action of the desk on the page that it belongs to, as soon as there is a dataset."""
        if which.startswith("learn-"):
            self.go(which.removeprefix("learn-"))
            return
        entry = next((each for each in self._entries if which in each.acts), None)
        if entry is None:
            raise KeyError(which)
        self.go(entry.id)
        if self.dataset is None:
            self._act = which
        else:
            self.page(entry.id).acts()[which]()

    def step(self, by: int) -> None:
        """The next line of the page in sight, or the one before."""
        self.page(self.current).step(by)

    def turn(self, steps: int) -> None:
        """The next page, or the one before; past the last comes the first."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + steps) % self.tabs.count())

    def choose(self, name: str) -> None:
        """Show a dataset on every page; one that is not listed yet, as soon as it is."""
        place = self.chooser.findData(name)
        if place >= 0:
            self.chooser.setCurrentIndex(place)
        else:
            self._wanted = name
            with QSignalBlocker(self.chooser):
                self.chooser.setCurrentIndex(-1)
            self.load()

    # -- loading -------------------------------------------------------------------------------------------------

    def set_dataset(self, name: str) -> None:
        """The dataset that is shown until another one is chosen."""
        self._wanted = self._wanted or name

    def load(self) -> None:
        """Read the datasets; the page in sight follows."""
        learning_operations.load_datasets(self._desk, self._show_datasets, self._fail)

    def take_changes(self, changes: ChangeSet) -> None:
        """Note which pages are old; what is in sight is read again."""
        for which, page in self._made.items():
            if changes.kinds & page.KINDS:
                self._stale.add(which)
        if not self.isVisible():
            return
        if changes.kinds & KINDS:
            self.load()
        else:
            self._refresh()

    def _show_datasets(self, answer: DatasetList) -> None:
        chosen = self.chooser.value or self._wanted
        before = self.dataset
        self._datasets = answer.datasets
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for dataset in answer.datasets:
                self.chooser.addItem(dataset.title or dataset.name, dataset.name)
            self.chooser.setCurrentIndex(max(0, self.chooser.findData(chosen)))
        if not answer.datasets:
            self.state.say("graduation-cap", "There is no dataset yet.")
            self._stack.setCurrentWidget(self.state)
            return
        self._stack.setCurrentWidget(self.tabs)
        if self.dataset != before:
            self._stale.update(self._made)
        self._refresh()
        if self._act:
            act, self._act = self._act, ""
            self.do(act)

    def _choose(self) -> None:
        self._wanted = self.chooser.value
        self._stale.update(self._made)
        self._refresh()

    def _refresh(self) -> None:
        dataset = self.dataset
        if dataset is None:
            return
        labels = len(dataset.labels)
        self.about.setText(f"{labels} {'label' if labels == 1 else 'labels'}")
        which = self.current
        is_new = which not in self._made
        page = self.page(which)
        if which in self._stale:
            self._stale.discard(which)
            if is_new:
                # Painted first: what is read for it would have the painting wait.
                page.dataset = dataset
                QTimer.singleShot(0, page, page.load)
            else:
                page.show_dataset(dataset)

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", error.message, (("Try again", self.load),))
        self._stack.setCurrentWidget(self.state)
