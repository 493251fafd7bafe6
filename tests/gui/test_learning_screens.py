from pathlib import Path

import pytest

from tests.gui.views.test_window import unnamed
from triage_app.gui.application import OpenedDesk
from triage_app.gui.learning_screens import learning_screens
from triage_app.gui.screens import settle
from triage_app.gui.views.datasets import DatasetsPage
from triage_app.gui.views.review import ReviewPage

PATIENCE_MS = 120_000


@pytest.mark.parametrize("name", sorted(learning_screens(settle, Path())))
def test_each_picture_is_brought_about(opened: OpenedDesk, tmp_path: Path, name: str) -> None:
    prepare = learning_screens(settle, tmp_path)[name]
    prepare(opened)
    settle(opened, PATIENCE_MS)
    window = opened.window
    at_queue = window.screens.currentWidget() is window.splitter
    assert at_queue == name.startswith("learnt")
    assert not window.toast.property("bad")
    assert unnamed(window) == []


def test_the_question_for_how_many_and_the_preview_are_in_sight(opened: OpenedDesk, tmp_path: Path) -> None:
    screens = learning_screens(settle, tmp_path)
    screens["learning-review-many"](opened)
    settle(opened)
    review = opened.window.learning.page("review")
    assert isinstance(review, ReviewPage)
    assert review.question.isVisible()
    screens["learning-add"](opened)
    settle(opened)
    datasets = opened.window.learning.page("datasets")
    assert isinstance(datasets, DatasetsPage)
    assert datasets.form.said.text().startswith("3 examples with 2 labels")
