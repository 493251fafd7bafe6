from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.measured import EVALUATION
from triage_app.gui.look import Look
from triage_app.gui.views.label_scores import LabelScores


def column(scores: LabelScores, place: int) -> list[str]:
    items = (scores.topLevelItem(row) for row in range(scores.topLevelItemCount()))
    return [item.text(place) for item in items if item is not None]


def test_labels_are_sorted_by_values(look: Look, qtbot: QtBot) -> None:
    scores = LabelScores(look)
    qtbot.addWidget(scores)
    scores.show_scores(EVALUATION.per_label)
    assert column(scores, 0) == ["Phishing", "Spam", "DeviceLost"]
    assert column(scores, 1) == ["100", "80", "20"]
    # when sorted by examples from the fewest on, 20 comes before 100
    scores.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert column(scores, 1) == ["20", "80", "100"]
    scores.sortByColumn(4, Qt.SortOrder.AscendingOrder)
    assert column(scores, 4) == ["77.0%", "90.0%", "91.0%"]
    # and new scores begin with the most frequent again
    scores.show_scores(EVALUATION.per_label)
    assert column(scores, 0)[0] == "Phishing"
