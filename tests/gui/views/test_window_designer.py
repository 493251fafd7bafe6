from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.views.test_charts import REPORT
from triage_app.domain.errors import NotFound
from triage_app.gui.look import Look
from triage_app.gui.views.window_designer import WindowDesigner, seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), (" 2D", 172_800), ("", None), ("5", None), ("m", None), ("-5m", None), ("9" * 30 + "s", None)],
)
def test_lengths_of_time_are_read(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.fixture
def designer(look: Look, qtbot: QtBot) -> WindowDesigner:
    designer = WindowDesigner(look)
    qtbot.addWidget(designer)
    designer.resize(600, 500)
    designer.show()
    return designer


def test_a_setting_is_looked_at_and_put_into_the_draft(designer: WindowDesigner, qtbot: QtBot) -> None:
    designer.show_rule("vpn", "5m")
    designer.show_report(REPORT)
    assert designer.yields.text() == "A break of 5m gives 40 groups."
    with qtbot.waitSignal(designer.used) as told:
        designer.use.click()
    assert told.args == ["5m"]


def test_a_report_about_another_rule_comes_too_late(designer: WindowDesigner) -> None:
    designer.show_rule("beat", None)
    designer.show_report(REPORT)
    assert designer.state.isVisible()


def test_without_gaps_or_with_an_error_it_says_so(designer: WindowDesigner) -> None:
    assert "Choose a rule" in designer.state.sentence
    designer.show_rule("vpn", None)
    assert "how far apart" in designer.state.sentence
    designer.show_report(replace(REPORT, histogram=()))
    assert "no gap" in designer.state.sentence
    designer.begin()
    designer.show_error(NotFound("There is no rule vpn."))
    assert designer.state.sentence == "There is no rule vpn."
    assert not designer.working.isVisible()
