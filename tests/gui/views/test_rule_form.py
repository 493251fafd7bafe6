from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.groups import CARD, YAML
from triage_app.gui.look import Look
from triage_app.gui.models.rule_list import ListedRule
from triage_app.gui.rule_text import WindowText, read_settings
from triage_app.gui.views.rule_form import RuleForm

VPN = ListedRule("vpn", CARD, read_settings(YAML, "vpn"), changed=False)
BEAT = ListedRule("beat", None, read_settings(YAML, "beat"), changed=True)


@pytest.fixture
def form(look: Look, qtbot: QtBot) -> RuleForm:
    form = RuleForm(look)
    qtbot.addWidget(form)
    form.resize(320, 500)
    form.show()
    return form


def test_it_shows_a_rule_without_telling_of_changes(form: RuleForm) -> None:
    told: list[object] = []
    form.changed.connect(lambda *change: told.append(change))
    form.show_rule(VPN)
    assert (form.enabled.isChecked(), form.level.value, form.kind.value) == (True, "comment", "gap")
    assert (form.gap.text(), form.max_life.text(), form.on_closed.value) == ("5m", "12h", "new_and_link")
    form.show_rule(BEAT)
    assert (form.enabled.isChecked(), form.level.value, form.kind.value) == (False, "drop", "day")
    assert "cannot be undone" in form.hint.text()
    assert told == []


def test_each_change_is_told_once_with_its_value(form: RuleForm) -> None:
    told: list[tuple[str, object]] = []
    form.changed.connect(lambda setting, value: told.append((setting, value)))
    form.show_rule(VPN)
    form.level.setCurrentIndex(form.level.findData("note"))
    form.enabled.click()
    form.missing.setCurrentIndex(form.missing.findData("never"))
    form.on_closed.setCurrentIndex(form.on_closed.findData("reopen"))
    form.gap.setText("10m")
    form.gap.editingFinished.emit()
    form.gap.editingFinished.emit()
    assert told == [
        ("level", "note"),
        ("enabled", "false"),
        ("missing", "never"),
        ("on_closed", "reopen"),
        ("window", WindowText("gap", "10m", "12h", "", "event")),
    ]


def test_what_it_does_not_understand_is_left_to_the_yaml(form: RuleForm) -> None:
    form.show_rule(replace(VPN, settings=None))
    assert not form.enabled.isEnabled()
    assert not form.level.isEnabled()
    assert "only the YAML" in form.hint.text()


def test_advice_is_offered_with_one_button(form: RuleForm, qtbot: QtBot) -> None:
    assert not form.advice.isVisible()
    form.show_rule(replace(VPN, card=replace(CARD, advice="Adding dst_port separates all four.")))
    assert form.advice.isVisible()
    with qtbot.waitSignal(form.advice_wanted):
        form.take_advice.click()


def test_with_room_the_settings_stand_in_two_columns(form: RuleForm) -> None:
    form.show_rule(VPN)
    form.resize(320, 500)
    assert form.missing.geometry().left() == form.level.geometry().left()
    form.resize(800, 500)
    form._grid.activate()
    assert form.missing.geometry().left() > form.level.geometry().left()
