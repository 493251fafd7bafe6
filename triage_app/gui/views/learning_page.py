"""What a page of the Learning screen is: it knows its dataset, reads it when it is shown, and asks by signals."""

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage_app.domain.changes import ChangeKind
from triage_app.domain.labels import Dataset
from triage_app.gui.desk import Desk


class LearningPage(QWidget):
    """The base of every page. A page overrides `load`, and `first` where it can be worked by keys.

    The screen makes a page when its tab is first shown, with nothing but the desk. It calls `show_dataset` then, when
    another dataset is chosen, and when one of `KINDS` has changed since the page was last loaded; a page that nobody
    sees is not loaded. `dataset` is set before `load` is called.
    """

    KINDS: ClassVar[frozenset[ChangeKind]] = frozenset({ChangeKind.MODELS, ChangeKind.CORRECTIONS})
    """The changes after which what is shown is old."""

    said = Signal(str, bool)
    """A sentence for the person, and whether it can be taken back."""

    act_wanted = Signal(str)
    """The id of an action of the desk."""

    page_wanted = Signal(str)
    """The id of another page."""

    dataset_wanted = Signal(str)
    """The name of a dataset that shall be shown on every page."""

    ticket_wanted = Signal(object)
    """A ticket to open in the queue."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.dataset: Dataset | None = None
        self.setAccessibleName(name)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show this dataset, read anew."""
        self.dataset = dataset
        self.load()

    def load(self) -> None:
        """Ask for what the page shows of `dataset`. Runs on the Qt thread: only start jobs here."""
        raise NotImplementedError

    def acts(self) -> dict[str, Callable[[], object]]:
        """What the page does for the desk's actions, by their ids; its entry among the pages names them."""
        return {}

    def step(self, by: int) -> None:
        """Take the line `by` below in hand (negative: above), where lines are worked off one by one as in the queue."""

    @property
    def first(self) -> QWidget:
        """What has the keyboard when the page is gone to."""
        return self
