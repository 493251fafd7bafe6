import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_evaluation import EvaluationPage

PATIENCE_MS = 120_000


@pytest.fixture
def page(opened: OpenedDesk) -> EvaluationPage:
    opened.window.do("learn-evaluation")
    settle(opened)
    page = opened.window.learning.page("evaluation")
    assert isinstance(page, EvaluationPage)
    return page


def test_the_dataset_is_measured_in_the_background(page: EvaluationPage, opened: OpenedDesk) -> None:
    assert page.state.isVisible()
    page.form.run.click()
    assert page.progress.isVisible()
    assert not page.form.run.isEnabled()
    settle(opened, PATIENCE_MS)
    assert page.report.isVisible()
    assert "held back by group" in page.report.measured.text()
    assert page.report.confusion.cells.rowCount() > 1
    assert page.form.run.isEnabled()


def test_a_measurement_is_cancelled(page: EvaluationPage, opened: OpenedDesk) -> None:
    opened.window.do("evaluate")
    page.progress.cancel.click()
    settle(opened, PATIENCE_MS)
    assert page.state.isVisible()
    assert "how good the model is" in page.state.sentence
    assert page.form.run.isEnabled()


def test_a_file_that_is_not_there_is_said_and_nothing_hangs(page: EvaluationPage, opened: OpenedDesk) -> None:
    page.form.set_file("/nowhere/examples.csv")
    page.form.run.click()
    settle(opened, PATIENCE_MS)
    assert "examples.csv" in page.state.sentence
    assert page.form.run.isEnabled()
    page._fail(InvalidInput("Another thing."))
    assert page.state.sentence == "Another thing."
