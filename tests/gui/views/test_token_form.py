import pytest
from pytestqt.qtbot import QtBot

from triage_app.domain.errors import AccessDenied, InvalidInput, TriageError
from triage_app.domain.token import Scope
from triage_app.gui.look import Look
from triage_app.gui.views.token_form import TokenForm


@pytest.fixture
def form(look: Look, qtbot: QtBot) -> TokenForm:
    made = TokenForm(look)
    qtbot.addWidget(made)
    made.begin()
    return made


def test_it_hands_out_name_scopes_and_for_pushed_alerts_the_source(form: TokenForm, qtbot: QtBot) -> None:
    assert not form.source.isVisible()
    form.name.put(" edr ")
    form.scopes[Scope.READ].click()
    form.scopes[Scope.INTAKE].click()
    assert form.source.isVisible()
    form.source.put("sensor")
    with qtbot.waitSignal(form.wanted) as wanted:
        form.add.click()
    assert wanted.args == ["edr", (Scope.INTAKE,), "sensor"]
    assert not form.add.isEnabled()


def test_a_source_that_is_not_needed_is_not_handed_out(form: TokenForm, qtbot: QtBot) -> None:
    form.name.put("desk")
    form.scopes[Scope.INTAKE].click()
    form.source.put("sensor")
    form.scopes[Scope.INTAKE].click()
    with qtbot.waitSignal(form.wanted) as wanted:
        form.add.click()
    assert wanted.args == ["desk", (Scope.READ,), ""]


def test_what_is_missing_is_said_where_it_is_missing(form: TokenForm, qtbot: QtBot) -> None:
    form.scopes[Scope.INTAKE].click()
    with qtbot.assertNotEmitted(form.wanted):
        form.add.click()
    assert form.name.problem.text().startswith("Name (name) is needed")
    assert form.source.problem.text().startswith("Source (source) is needed")
    # when there is nothing that it allows
    form.scopes[Scope.INTAKE].click()
    form.scopes[Scope.READ].click()
    form.name.put("desk")
    with qtbot.assertNotEmitted(form.wanted):
        form.add.click()
    assert form.problem.text() == "A token allows something: tick at least one."


@pytest.mark.parametrize(
    ("error", "at"),
    [
        (InvalidInput("There is a token named source already. Choose another name."), "name"),
        (InvalidInput("A token's name has 1 to 100 printable characters."), "name"),
        (InvalidInput("A source's name has 1 to 100 printable characters and no slash."), "source"),
        (AccessDenied("The token desk does not have the scope admin."), "foot"),
    ],
)
def test_an_error_stands_at_its_field(form: TokenForm, error: TriageError, at: str) -> None:
    form.show_error(error)
    shown = {"name": form.name.problem.text(), "source": form.source.problem.text(), "foot": form.problem.text()}
    assert shown == {"name": "", "source": "", "foot": ""} | {at: error.message}
    assert form.add.isEnabled()


def test_a_new_one_begins_empty(form: TokenForm, qtbot: QtBot) -> None:
    form.name.put("desk")
    form.scopes[Scope.ADMIN].click()
    with qtbot.waitSignal(form.left):
        form.cancel.click()
    form.begin()
    assert form.name.value == ""
    assert [scope for scope, box in form.scopes.items() if box.isChecked()] == [Scope.READ]
