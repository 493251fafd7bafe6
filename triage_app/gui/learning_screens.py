"""Pictures of learning: its pages in their states, and the bars of the queue that say what was learnt."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt

from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.audit import AuditPage
from triage_app.gui.views.datasets import DatasetsPage
from triage_app.gui.views.learning_evaluation import EvaluationPage
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.month import MonthPage
from triage_app.gui.views.review import ReviewPage

T = TypeVar("T", bound=LearningPage)
Prepare = Callable[[OpenedDesk], object]

# An audit trains models of its own.
LONG_PATIENCE_MS = 120_000
EXAMPLES = (
    "Priority,Summary,Details\nhigh,Down,nobody can work\nlow,Wish,a larger font\nhigh,Ransom,a note on each screen\n"
)


def learning_screens(settle: Callable[..., None], folder: Path) -> dict[str, Prepare]:
    """The names of the pictures with what brings the desk there; `folder` takes a file that is previewed."""

    def page(opened: OpenedDesk, which: str, kind: type[T]) -> T:
        opened.window.do(f"learn-{which}")
        settle(opened)
        found = opened.window.learning.page(which)
        assert isinstance(found, kind)
        return found

    def learning(which: str, *then: str) -> Prepare:
        def prepare(opened: OpenedDesk) -> None:
            for action in (f"learn-{which}", *then):
                opened.window.do(action)
                settle(opened, LONG_PATIENCE_MS)

        return prepare

    def confused(opened: OpenedDesk) -> None:
        learning("evaluation", "evaluate")(opened)
        bar = page(opened, "evaluation", EvaluationPage).report.verticalScrollBar()
        bar.setValue(bar.maximum())

    def many(opened: OpenedDesk) -> None:
        review = page(opened, "review", ReviewPage)
        for place in range(review.list.topLevelItemCount()):
            line = review.list.topLevelItem(place)
            if line is not None and line.data(0, Qt.ItemDataRole.UserRole).size > 1:
                review.list.setCurrentItem(line)
                break
        settle(opened)
        if review.dataset is not None:
            review.label(review.dataset.labels[0])

    def audited(opened: OpenedDesk) -> None:
        page(opened, "audit", AuditPage).begin()
        settle(opened, LONG_PATIENCE_MS)

    def part(place: int) -> Prepare:
        return lambda opened: page(opened, "datasets", DatasetsPage).tabs.setCurrentIndex(place)

    def splitting(opened: OpenedDesk) -> None:
        labels = page(opened, "datasets", DatasetsPage).labels
        line = labels.list.topLevelItem(0)
        if line is not None:
            line.setSelected(True)
        labels.begin("split")

    def adding(opened: OpenedDesk) -> None:
        file = folder / "old-tickets.csv"
        file.write_text(EXAMPLES, "utf-8")
        datasets = page(opened, "datasets", DatasetsPage)
        datasets.ask_new()
        datasets.form.file.setText(str(file))
        datasets.form.preview_now()

    def mistaken(opened: OpenedDesk) -> None:
        datasets = page(opened, "datasets", DatasetsPage)
        datasets.tabs.setCurrentIndex(2)
        settle(opened)
        datasets.keywords.editor.put(datasets.keywords.text.replace("weight: 3", "weight: heavy", 1))
        datasets.keywords.check_now()

    def month_below(opened: OpenedDesk) -> None:
        bar = page(opened, "month", MonthPage).sheet.verticalScrollBar()
        bar.setValue(bar.maximum())

    def learnt(opened: OpenedDesk) -> None:
        opened.window.do("correct-4")
        settle(opened)
        opened.window.aftermath.ask_now()

    def changes(opened: OpenedDesk) -> None:
        learnt(opened)
        settle(opened)
        opened.window.aftermath.show_changes()

    return {
        "learning": learning("overview"),
        "learning-training": learning("training"),
        "learning-models": learning("models"),
        "learning-evaluation": learning("evaluation"),
        "learning-measured": learning("evaluation", "evaluate"),
        "learning-confusions": confused,
        "learning-review": lambda opened: page(opened, "review", ReviewPage),
        "learning-review-many": many,
        "learning-audit": lambda opened: page(opened, "audit", AuditPage),
        "learning-audited": audited,
        "learning-labels": part(0),
        "learning-split": splitting,
        "learning-settings": part(1),
        "learning-keywords": part(2),
        "learning-keywords-mistake": mistaken,
        "learning-forgotten": part(3),
        "learning-add": adding,
        "learning-month": lambda opened: page(opened, "month", MonthPage),
        "learning-month-below": month_below,
        "learnt": learnt,
        "learnt-changes": changes,
    }
