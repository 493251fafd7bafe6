from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.measured import EVALUATION
from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.evaluation_report import EvaluationReport


@pytest.fixture
def report(opened: OpenedDesk, qtbot: QtBot) -> EvaluationReport:
    report = EvaluationReport(opened.desk)
    qtbot.addWidget(report)
    report.resize(1200, 800)
    report.show()
    report.show_evaluation(EVALUATION, 0.8)
    return report


def test_what_flatters_and_what_to_be_wary_of_stand_above_the_charts(report: EvaluationReport) -> None:
    assert report.warnings.isVisible()
    first, second = report.warnings.text().splitlines()
    assert "5.0 points too many" in first
    assert second.startswith("Age and layout alone")
    assert "cat-2 is better" in report.comparison.text()
    assert "right of all: 90.0%" in report.figures.accessibleName()
    assert report.warnings.y() < report._cards[0].y()


def test_a_cell_lists_the_mistakes_behind_it(report: EvaluationReport, qtbot: QtBot) -> None:
    report.confusion.chosen.emit("Phishing", "Spam")
    assert report.mistakes.list.topLevelItemCount() == 2
    with qtbot.waitSignal(report.ticket_wanted) as told:
        report.mistakes.ticket_wanted.emit(3)
    assert told.args == [3]


def test_a_label_that_is_surely_below_the_gate_is_marked(report: EvaluationReport) -> None:
    report.show_evaluation(EVALUATION, 0.9)
    bad = {row.text for row in report.intervals._rows if row.bad}
    assert bad == {"DeviceLost"}


def test_without_warnings_comparison_or_answers_nothing_is_said_of_them(report: EvaluationReport) -> None:
    bare = replace(
        EVALUATION,
        coverage=0.0,
        coverage_accuracy=0.0,
        warnings=(),
        flattered_accuracy=None,
        comparison=None,
        curve=(),
        reliability=(),
        per_label=(),
        mistakes=(),
    )
    report.show_evaluation(bare, 0.8)
    assert not report.warnings.isVisible()
    assert not report.comparison.isVisible()
    assert not report.grab().isNull()


def test_many_warnings_are_cut(report: EvaluationReport) -> None:
    report.show_evaluation(replace(EVALUATION, warnings=tuple(f"Warning {place}." for place in range(12))), 0.8)
    assert report.warnings.text().splitlines()[-1] == "And 5 more."


def test_where_it_is_narrow_charts_stand_below_each_other(report: EvaluationReport, qtbot: QtBot) -> None:
    def tops() -> tuple[int, int]:
        return report._cards[0].y(), report._cards[1].y()

    qtbot.waitUntil(lambda: tops()[0] == tops()[1] > 0)
    report.resize(700, 800)
    qtbot.waitUntil(lambda: tops()[0] < tops()[1])
