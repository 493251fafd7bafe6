from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_training import TrainingPage
from triage_app.services.queries import ListModels

PATIENCE_MS = 120_000


def training(opened: OpenedDesk) -> TrainingPage:
    opened.window.do("learn-training")
    settle(opened)
    page = opened.window.learning.page("training")
    assert isinstance(page, TrainingPage)
    return page


def test_a_training_is_started_by_its_button_and_shown_until_it_ends(opened: OpenedDesk) -> None:
    before = len(opened.desk.app.ask(ListModels()).models)
    opened.window.do("correct-1")
    page = training(opened)
    page.begin.click()
    assert page.progress.isVisible()
    assert not page.begin.isEnabled()
    settle(opened, PATIENCE_MS)
    assert not page.progress.isVisible()
    models = opened.desk.app.ask(ListModels()).models
    assert len(models) == before + 1
    assert models[0].corrections == 1
    assert models[0].id in page.result.text()


def test_a_training_can_be_cancelled(opened: OpenedDesk) -> None:
    before = len(opened.desk.app.ask(ListModels()).models)
    page = training(opened)
    opened.window.do("train")
    page.progress.cancel.click()
    settle(opened, PATIENCE_MS)
    assert page.begin.isEnabled()
    assert "was stopped" in page.result.text()
    assert len(opened.desk.app.ask(ListModels()).models) == before
