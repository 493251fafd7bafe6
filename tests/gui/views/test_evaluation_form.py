import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.measured import version
from triage_app.domain.evaluation import Split
from triage_app.domain.labels import ModelId
from triage_app.gui.look import Look
from triage_app.gui.views.evaluation_form import WHOLE, EvaluationForm, EvaluationWish


@pytest.fixture
def form(look: Look, qtbot: QtBot) -> EvaluationForm:
    form = EvaluationForm(look)
    qtbot.addWidget(form)
    form.show()
    form.show_models((version("cat-2", active=True), version("cat-1")))
    return form


def test_a_trial_needs_nothing_but_the_way_to_hold_back(form: EvaluationForm) -> None:
    assert form.wish == EvaluationWish(None, None, None, Split.GROUP)
    assert form.complete
    assert not form.model.isVisible()
    form.way.setCurrentIndex(form.way.findData(Split.TIME.value))
    assert form.wish.split is Split.TIME
    assert "newest" in form.about.text()


def test_a_version_is_measured_on_a_file_beside_another(form: EvaluationForm, monkeypatch: pytest.MonkeyPatch) -> None:
    form.way.setCurrentIndex(form.way.findData(WHOLE))
    assert not form.run.isEnabled()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: ("/data/examples.csv", ""))
    form.data.click()
    form.against.setCurrentIndex(form.against.findData("cat-1"))
    assert form.run.isEnabled()
    assert form.data.text() == "examples.csv"
    assert form.wish == EvaluationWish("/data/examples.csv", None, ModelId("cat-1"), None)
    # the choice stays when the versions are read again
    form.show_models((version("cat-3"), version("cat-2", active=True), version("cat-1")))
    assert form.against.value == "cat-1"


def test_a_file_is_left_again_for_the_datasets_own_examples(form: EvaluationForm) -> None:
    form.set_file("/data/examples.csv")
    before = form.wish
    assert form.own.isVisible()
    form.own.click()
    assert (before.data, form.wish.data) == ("/data/examples.csv", None)
    assert form.own.isHidden()
