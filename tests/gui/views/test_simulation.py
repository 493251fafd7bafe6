from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.groups import NOW
from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput
from triage_app.gui.look import Look
from triage_app.gui.views.simulation import SimulationPanel, result_in_words
from triage_app.services.dedup_queries import SimulatedGroup, SimulatedRule, Simulation

RESULT = Simulation(
    100,
    40,
    60,
    70,
    (SimulatedRule("beat", Level.DROP, 5, 1, 4), SimulatedRule("vpn", Level.COMMENT, 80, 12, 56)),
    2,
    (SimulatedGroup("vpn", ("ana", ""), 50, NOW, NOW, ("Failed login", "")),),
    (("high", 3), ("low", 0)),
    7,
)


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (70, "100 items would be 40 tickets: 60 fewer. Today's rules make 70, 30 more."),
        (40, "100 items would be 40 tickets: 60 fewer. Today's rules make as many."),
        (30, "100 items would be 40 tickets: 60 fewer. Today's rules make 30, 10 fewer."),
    ],
)
def test_the_result_is_one_sentence_beside_todays_rules(today: int, words: str) -> None:
    assert result_in_words(replace(RESULT, today=today)) == words


@pytest.fixture
def panel(look: Look, qtbot: QtBot) -> SimulationPanel:
    panel = SimulationPanel(look)
    qtbot.addWidget(panel)
    panel.resize(900, 700)
    panel.show()
    return panel


def test_it_begins_with_what_it_is_for_and_asks_with_the_time_chosen(panel: SimulationPanel, qtbot: QtBot) -> None:
    assert panel.state.isVisible()
    panel.since.setCurrentIndex(2)
    with qtbot.waitSignal(panel.wanted) as told:
        panel.run.click()
    assert told.args == ["30d"]


def test_while_it_runs_it_can_be_stopped_and_not_be_started_again(panel: SimulationPanel, qtbot: QtBot) -> None:
    panel.begin()
    assert panel.working.isVisible()
    assert not panel.run.isEnabled()
    with qtbot.waitSignal(panel.cancel_wanted):
        panel.working.cancel.click()
    panel.end()
    assert panel.run.isEnabled()


def test_what_came_out_is_shown_by_rule_severity_and_group(panel: SimulationPanel) -> None:
    panel.show_result(RESULT)
    assert "vpn (comment): 56 saved" in panel.saved.accessibleName().split("beat")[0]
    assert panel.hidden_bars.accessibleName().endswith("high: 3")
    assert panel.novel.text() == "7 repeats would stay a ticket for what is new in it."
    item = panel.groups.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "ana \u00b7 (missing)"
    assert item.text(2) == "50"
    children = map(item.child, range(item.childCount()))
    assert [child.text(0) for child in children if child is not None] == ["Failed login", "(no subject)"]


def test_nothing_received_and_errors_are_said(panel: SimulationPanel) -> None:
    panel.show_result(replace(RESULT, items=0))
    assert "Nothing was received" in panel.state.sentence
    panel.begin()
    panel.show_error(InvalidInput("line 3: no such field"))
    assert panel.state.sentence == "line 3: no such field"
    assert not panel.working.isVisible()


def test_where_it_is_narrow_the_keys_have_the_room(panel: SimulationPanel) -> None:
    panel.show_result(RESULT)
    panel.resize(560, 600)
    assert panel.groups.isColumnHidden(3)
    panel.resize(1000, 600)
    assert not panel.groups.isColumnHidden(3)
