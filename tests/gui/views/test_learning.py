from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.context import Progress
from triage_app.services.queries import ListModels

PATIENCE_MS = 120_000


def test_training_makes_a_version_and_the_way_back_is_one_click(opened: OpenedDesk) -> None:
    window = opened.window
    window.do("correct-1")
    window.do("go-learning")
    settle(opened)
    screen = window.learning
    before = screen.list.topLevelItemCount()
    assert "1 correction or confirmation" in screen.summary.text()
    # when a new version is trained
    screen.train.click()
    assert screen.progress.isVisible()
    settle(opened, PATIENCE_MS)
    # then it is there, in use, and knows the correction
    assert not screen.progress.isVisible()
    assert screen.list.topLevelItemCount() == before + 1
    models = opened.desk.app.ask(ListModels()).models
    newest = models[0]
    assert newest.active
    assert newest.corrections == 1
    assert window.status.model.text() == newest.id
    # when the older one is chosen
    older = screen.list.topLevelItem(before)
    assert older is not None
    name = older.text(0)
    screen.list.setCurrentItem(older)
    screen.use.click()
    settle(opened)
    # then it answers again
    assert [model.id for model in opened.desk.app.ask(ListModels()).models if model.active] == [name]
    assert window.status.model.text() == name


def test_training_can_be_cancelled(opened: OpenedDesk) -> None:
    window = opened.window
    window.do("go-learning")
    settle(opened)
    before = len(opened.desk.app.ask(ListModels()).models)
    window.do("train")
    window.work.cancel_training()
    settle(opened, PATIENCE_MS)
    assert window.learning.train.isEnabled()
    assert len(opened.desk.app.ask(ListModels()).models) == before


def test_progress_is_counted(opened: OpenedDesk) -> None:
    screen = opened.window.learning
    screen.begin_training()
    screen.show_progress(Progress(3, 25, "epochs"))
    assert screen._progress_text.text() == "Training: 3 of 25 epochs"
    screen.end_training()
    assert screen.progress.isHidden()
