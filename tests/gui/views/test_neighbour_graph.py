from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.observable import ObservableKind
from triage_app.gui.look import Look
from triage_app.gui.views.neighbour_graph import MOST, NeighbourGraph, told
from triage_app.services.search_queries import Edge, Neighbour, Pivot


def neighbour(number: int) -> Neighbour:
    kind = list(ObservableKind)[number % 8]
    value = f"n{number:02}.example.org"
    return Neighbour(kind, value, value.replace(".", "[.]"), number + 1, 10 * (number + 1))


def pivot(count: int) -> Pivot:
    found = tuple(neighbour(each) for each in range(count))
    edges = (*(Edge(0, each + 1, each + 1) for each in range(count)), *((Edge(1, 2, 1),) if count > 1 else ()))
    return Pivot(
        ObservableKind.DOMAIN, "a.example", "a[.]example", False, False, False, 9, 3, None, None, (), (), (), found,
        edges, 9, 9,
    )  # fmt: skip


@pytest.fixture
def graph(look: Look, qtbot: QtBot) -> NeighbourGraph:
    made = NeighbourGraph(look)
    qtbot.addWidget(made)
    made.resize(440, 280)
    made.show_pivot(pivot(24))
    made.show()
    return made


@pytest.mark.parametrize("size", [(440, 280), (260, 200), (900, 500)])
def test_labels_never_lie_on_one_another_and_stay_inside(graph: NeighbourGraph, size: tuple[int, int]) -> None:
    graph.resize(*size)
    nodes = graph.nodes()
    assert len(nodes) == MOST
    for one, other in combinations(nodes, 2):
        assert not one.label.intersects(other.label)
    assert all(graph.rect().toRectF().contains(each.label) for each in nodes)
    assert all(each.label.width() > 20 for each in nodes)


def test_one_picture_is_always_the_same(graph: NeighbourGraph) -> None:
    before = graph.grab().toImage()
    graph.show_pivot(pivot(24))
    assert graph.grab().toImage() == before
    graph.show_pivot(pivot(3))
    assert graph.grab().toImage() != before


def test_a_click_goes_to_the_neighbours_page(graph: NeighbourGraph, qtbot: QtBot) -> None:
    node = graph.nodes()[3]
    with qtbot.waitSignal(graph.chosen) as chosen:
        QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=node.at.toPoint())
    assert chosen.args == [node.neighbour.value]
    with qtbot.assertNotEmitted(graph.chosen):
        QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=QPoint(graph.width() // 2, 2))


def test_the_keyboard_walks_over_the_neighbours(graph: NeighbourGraph, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(graph.chosen):
        QTest.keyClick(graph, Qt.Key.Key_Return)
    nodes = graph.nodes()
    for key, place in ((Qt.Key.Key_Down, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Up, -1)):
        QTest.keyClick(graph, key)
        with qtbot.waitSignal(graph.chosen) as chosen:
            QTest.keyClick(graph, Qt.Key.Key_Return)
        assert chosen.args == [nodes[place].neighbour.value]


@pytest.mark.parametrize(("count", "useful"), [(0, False), (1, False), (2, True)])
def test_where_there_is_nothing_to_see_there_is_no_graph(graph: NeighbourGraph, count: int, useful: bool) -> None:
    graph.show_pivot(pivot(count))
    assert graph.is_useful is useful
    assert graph.isVisible() is useful
    assert ("n00[.]example[.]org" in graph.accessibleDescription()) is (count > 0)


def test_what_a_neighbour_shares_is_told() -> None:
    assert told(neighbour(0)) == "IPv4 n00[.]example[.]org\nin 1 ticket together, of 10"
