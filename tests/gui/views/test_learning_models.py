from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_models import ModelsPage
from triage_app.services.commands import TrainModel
from triage_app.services.queries import ListModels

PATIENCE_MS = 120_000


def models(opened: OpenedDesk) -> ModelsPage:
    opened.window.do("learn-models")
    settle(opened)
    page = opened.window.learning.page("models")
    assert isinstance(page, ModelsPage)
    return page


def in_force(opened: OpenedDesk) -> list[str]:
    return [model.id for model in opened.desk.app.ask(ListModels()).models if model.active]


def test_another_version_is_used_and_taken_back(opened: OpenedDesk) -> None:
    opened.desk.app.execute(TrainModel())
    page = models(opened)
    assert page.list.topLevelItemCount() == 2
    before = in_force(opened)
    other = next(item for item in map(page.list.topLevelItem, range(2)) if item and item.text(0) not in before)
    name = other.text(0)
    page.list.setCurrentItem(other)
    page.use.click()
    settle(opened)
    assert in_force(opened) == [name]
    assert opened.window.status.model.text() == in_force(opened)[0]
    opened.window.do("undo")
    settle(opened)
    assert in_force(opened) == before


def test_the_version_in_force_cannot_be_used_again(opened: OpenedDesk) -> None:
    page = models(opened)
    assert page.current is not None
    assert page.current.active
    assert not page.use.isEnabled()
    assert "answers now" in page.hint.text()
