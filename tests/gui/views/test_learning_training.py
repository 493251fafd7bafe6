from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_training import TrainingPage
from triage_app.services.context import Progress
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
    page = training(opened)
    assert "does not lose" in page.state.sentence
    page.deterministic.setChecked(True)
    page.begin.click()
    assert page.progress.isVisible()
    assert not page.begin.isEnabled()
    settle(opened, PATIENCE_MS)
    assert not page.progress.isVisible()
    models = opened.desk.app.ask(ListModels()).models
    assert len(models) == before + 1
    assert models[0].options.thread == 1
    # then what was decided is said
    assert page.title.text().startswith(models[0].id)
    assert page.result.text() == models[0].decision
    page.versions.click()
    settle(opened)
    assert opened.window.learning.current == "models"


def test_a_training_can_be_cancelled(opened: OpenedDesk) -> None:
    before = len(opened.desk.app.ask(ListModels()).models)
    page = training(opened)
    opened.window.do("train")
    page.progress.cancel.click()
    settle(opened, PATIENCE_MS)
    assert page.begin.isEnabled()
    assert "was stopped" in page.title.text()
    assert len(opened.desk.app.ask(ListModels()).models) == before


def test_the_loss_is_drawn_while_it_is_told(opened: OpenedDesk) -> None:
    page = training(opened)
    page._say("Training")
    page._show_progress(Progress(0, 0, "seconds of training"))
    assert not page.loss.isVisible()
    for done, loss in ((10, 0.9), (60, 0.4)):
        page._show_progress(Progress(done, 100, "percent trained", loss=loss))
    assert page.loss.isVisible()
    assert page.loss.seen == 2
