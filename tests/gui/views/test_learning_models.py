import pytest

from tests.gui.measured import SHADOW
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_models import ModelsPage
from triage_app.services.commands import TrainModel
from triage_app.services.queries import ListModels

PATIENCE_MS = 120_000


@pytest.fixture
def page(opened: OpenedDesk) -> ModelsPage:
    """Two versions, of which one is in use."""
    opened.desk.app.execute(TrainModel())
    opened.window.do("learn-models")
    settle(opened)
    page = opened.window.learning.page("models")
    assert isinstance(page, ModelsPage)
    assert page.list.topLevelItemCount() == 2
    return page


def in_force(opened: OpenedDesk) -> list[str]:
    return [model.id for model in opened.desk.app.ask(ListModels()).models if model.active]


def take_other(page: ModelsPage, opened: OpenedDesk) -> str:
    name = next(model.id for model in opened.desk.app.ask(ListModels()).models if not model.active)
    page.list.take(name)
    settle(opened)
    return name


def test_another_version_is_used_and_taken_back(page: ModelsPage, opened: OpenedDesk) -> None:
    before = in_force(opened)
    name = take_other(page, opened)
    page.use.click()
    settle(opened)
    assert in_force(opened) == [name]
    assert opened.window.status.model.text() == name
    opened.window.do("undo")
    settle(opened)
    assert in_force(opened) == before


def test_one_click_rolls_back_to_the_version_before(page: ModelsPage, opened: OpenedDesk) -> None:
    newest = opened.desk.app.ask(ListModels()).models[0]
    page.list.take(newest.id)
    if not newest.active:
        page.use.click()
        settle(opened)
    assert page.back.isVisible()
    page.back.click()
    settle(opened)
    assert in_force(opened) == [newest.parent]
    # then the first one has none before it
    page.list.take(str(newest.parent))
    assert not page.back.isVisible()
    opened.window.do("roll-back")
    assert "No version answered before" in opened.window.toast.text.text()


def test_a_version_is_promoted_or_the_reason_is_said(page: ModelsPage, opened: OpenedDesk) -> None:
    name = take_other(page, opened)
    page.promote.click()
    settle(opened, PATIENCE_MS)
    if in_force(opened) == [name]:
        assert "promoted" in opened.window.toast.text.text()
    else:
        assert "loses" in opened.window.toast.text.text()
    assert page.promote.isEnabled()


def test_a_version_goes_into_the_shadow_and_out(page: ModelsPage, opened: OpenedDesk) -> None:
    name = take_other(page, opened)
    assert "Put it into the shadow" in page.disagreements.state.sentence
    page.shadow.click()
    settle(opened)
    assert [model.id for model in opened.desk.app.ask(ListModels()).models if model.shadow] == [name]
    assert page.shadow.text() == "Out of the shadow"
    assert "has judged no ticket" in page.disagreements.state.sentence
    page.shadow.click()
    settle(opened)
    assert not any(model.shadow for model in opened.desk.app.ask(ListModels()).models)


def test_the_version_in_force_cannot_be_used_again(page: ModelsPage, opened: OpenedDesk) -> None:
    page.list.take(in_force(opened)[0])
    assert page.current is not None
    assert page.current.active
    assert not page.use.isVisible()
    assert "answers now" in page.hint.text()


def test_a_report_of_another_version_comes_too_late(page: ModelsPage, opened: OpenedDesk) -> None:
    take_other(page, opened)
    before = page.disagreements.state.sentence
    page._show_shadow(SHADOW)
    assert page.disagreements.state.sentence == before
