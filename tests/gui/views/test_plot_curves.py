import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.measured import BINS, CURVE
from triage_app.gui.look import Look
from triage_app.gui.views.plot_curves import CoveragePlot, LossPlot, ReliabilityPlot


@pytest.fixture
def coverage(look: Look, qtbot: QtBot) -> CoveragePlot:
    plot = CoveragePlot(look)
    qtbot.addWidget(plot)
    plot.resize(500, 260)
    plot.show_curve(CURVE, CURVE[2])
    plot.show()
    return plot


def test_the_keys_walk_the_points_and_each_is_said(coverage: CoveragePlot) -> None:
    assert coverage.accessibleDescription().startswith("the gate at 80.0% answers 80.0% with 96.0% right")
    QTest.keyClick(coverage, Qt.Key.Key_Home)
    assert coverage.accessibleName() == "Answered and right: Gate at 95.0%: 40.0% answered, 99.0% right"
    QTest.keyClick(coverage, Qt.Key.Key_Right)
    assert "80.0% answered" in coverage.accessibleName()
    QTest.keyClick(coverage, Qt.Key.Key_End)
    QTest.keyClick(coverage, Qt.Key.Key_Right)
    assert coverage.place == 3


def test_the_mouse_takes_the_nearest_point_and_leaves_none(coverage: CoveragePlot, qtbot: QtBot) -> None:
    coverage.clearFocus()
    where = coverage.at(coverage.box(QRectF(coverage.rect())), 0.78, 0.9)
    QTest.mouseMove(coverage, QPoint(int(where.x()), int(where.y())))
    qtbot.waitUntil(lambda: coverage.place == 1)
    coverage.leaveEvent(QEvent(QEvent.Type.Leave))
    assert coverage.place == -1


def test_the_curve_is_painted_and_its_axis_begins_below_the_lowest(coverage: CoveragePlot, look: Look) -> None:
    _, y_axis = coverage.axes()
    assert 0.85 <= y_axis.low < 0.9
    image, accent = coverage.grab().toImage(), look.colour("accent").rgb()
    assert sum(image.pixel(x, y) == accent for x in range(image.width()) for y in range(image.height())) > 100
    coverage.show_curve((), None)
    assert coverage.grab().toImage() != image
    assert coverage.summary() == "no data"


def test_the_data_has_names(coverage: CoveragePlot) -> None:
    assert coverage.rows()[:2] == [("threshold", "coverage", "accuracy"), (0.95, 0.4, 0.99)]


def test_a_reliability_diagram_leaves_empty_bins_out(look: Look, qtbot: QtBot) -> None:
    plot = ReliabilityPlot(look)
    qtbot.addWidget(plot)
    plot.show_bins(BINS)
    plot.grab()
    assert len(plot.points()) == 2
    assert plot.value(1) == "160 answers of 93.0% on the whole: 97.0% right"
    assert plot.rows()[1] == (0.5, 0.75, 40, 0.62, 0.6)


def test_a_loss_grows_and_begins_anew_with_the_next_training(look: Look, qtbot: QtBot) -> None:
    plot = LossPlot(look)
    qtbot.addWidget(plot)
    for done, loss in ((1, 0.9), (50, 0.4), (50, 0.35), (100, 0.2)):
        plot.add(done, loss, "percent trained")
    plot.grab()
    assert plot.rows() == [("percent trained", "loss"), (1, 0.9), (50, 0.35), (100, 0.2)]
    assert plot.summary() == "from 0.9000 to 0.2000"
    plot.add(2, 0.8, "percent trained")
    assert plot.seen == 1
    plot.clear()
    assert plot.summary() == "no loss is known yet"
