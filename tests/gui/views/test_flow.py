from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.views.flow import FlowLayout


def test_widgets_break_into_lines_and_stay_inside(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(6)
    flow.setContentsMargins(10, 4, 10, 4)
    children = [QWidget() for _ in range(7)]
    for child in children:
        child.setFixedSize(80, 20)
        flow.addWidget(child)
    holder.setLayout(flow)
    holder.resize(300, flow.heightForWidth(300))
    holder.show()
    lines = {child.y() for child in children}
    assert len(lines) == 3
    assert all(holder.rect().contains(child.geometry()) for child in children)
    assert flow.heightForWidth(2000) < flow.heightForWidth(300) < flow.heightForWidth(100)


def test_items_can_be_taken_out(qtbot: QtBot) -> None:
    flow = FlowLayout(6)
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.setLayout(flow)
    flow.addWidget(QWidget())
    assert flow.count() == 1
    assert flow.takeAt(0) is not None
    assert flow.takeAt(0) is None
    assert flow.itemAt(0) is None


def test_it_measures_anew_when_a_widget_grows_hides_or_comes(qtbot: QtBot) -> None:
    # given a flow whose widgets stand on one line
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(6)
    holder.setLayout(flow)
    first, second = QWidget(), QWidget()
    for child in (first, second):
        child.setFixedSize(80, 20)
        flow.addWidget(child)
    holder.show()
    assert (flow.heightForWidth(200), flow.minimumSize().width()) == (20, 80)
    # when one grows, it takes a second line
    second.setFixedSize(150, 30)
    assert (flow.heightForWidth(200), flow.minimumSize().width()) == (56, 150)
    # when it hides, there is one line again
    second.hide()
    assert flow.heightForWidth(200) == 20
    # when another comes, it counts
    third = QWidget()
    third.setFixedSize(190, 40)
    flow.addWidget(third)
    third.show()
    assert (flow.heightForWidth(200), flow.minimumSize().width()) == (66, 190)
