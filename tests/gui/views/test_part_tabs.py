import pytest
from PySide6.QtWidgets import QLabel, QListView
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.part_tabs import PartTabs, without_figure

TEXTS = ("Message", "Observables", "Duplicates", "Timeline")


@pytest.fixture
def tabs(look: Look, qtbot: QtBot) -> PartTabs:
    tabs = PartTabs(look, "Parts")
    qtbot.addWidget(tabs)
    for text in TEXTS:
        tabs.addTab(QLabel(text), text)
    tabs.resize(480, 300)
    tabs.show()
    return tabs


def narrow(tabs: PartTabs) -> bool:
    return tabs.is_narrow


def right_edge(tabs: PartTabs) -> int:
    bar = tabs.tabBar()
    return bar.x() + bar.tabRect(tabs.count() - 1).right()


def is_cut(tabs: PartTabs) -> bool:
    bar = tabs.tabBar()
    return any(
        bar.tabRect(k).width() < bar.fontMetrics().horizontalAdvance(tabs.tabText(k)) for k in range(tabs.count())
    )


def test_all_tabs_fit_beside_a_narrow_ticket(tabs: PartTabs) -> None:
    # given the width of a ticket in a window of 1024 pixels, and figures as long as they get in a day's work
    assert not narrow(tabs)
    tabs.resize(332, 300)
    tabs.say(1, "Observables 24")
    tabs.say(2, "Duplicates 5,000")
    # then all are in sight, whole
    assert narrow(tabs)
    assert right_edge(tabs) < 332
    assert not is_cut(tabs)
    # and they grow again with the room
    tabs.resize(480, 300)
    assert not narrow(tabs)
    assert not is_cut(tabs)


def test_a_longer_text_is_room_taken_too(tabs: PartTabs) -> None:
    tabs.resize(366, 300)
    assert not narrow(tabs)
    tabs.say(2, "Duplicates 5,000")
    assert narrow(tabs)


def test_figures_give_way_before_words_are_cut(tabs: PartTabs) -> None:
    tabs.addTab(QLabel("Similar"), "Similar")
    tabs.resize(344, 300)
    tabs.say(1, "Observables 24")
    tabs.say(2, "Duplicates 5,000")
    tabs.say(4, "Similar 1,204")
    # then the names are whole, and the numbers are told to whoever hovers
    assert [tabs.tabText(place) for place in range(5)] == [*TEXTS, "Similar"]
    assert tabs.tabToolTip(2) == "Duplicates 5,000"
    assert not is_cut(tabs)
    assert right_edge(tabs) < 344
    # and they come back with the room
    tabs.say(2, "Duplicates 5,001")
    tabs.resize(560, 300)
    assert tabs.tabText(2) == "Duplicates 5,001"
    assert tabs.tabToolTip(2) == ""


@pytest.mark.parametrize(
    ("text", "name"), [("Similar 31", "Similar"), ("Similar", "Similar"), ("31", "31"), ("Part two", "Part two")]
)
def test_a_number_at_the_end_is_a_figure(text: str, name: str) -> None:
    assert without_figure(text) == name


def test_where_nothing_helps_words_are_cut_rather_than_tabs(tabs: PartTabs) -> None:
    tabs.resize(200, 300)
    assert right_edge(tabs) <= 200


def test_a_high_page_asks_for_no_room(tabs: PartTabs) -> None:
    page = QListView()
    tabs.addTab(page, "List")
    assert tabs.sizeHint().height() < page.sizeHint().height()
    tabs.setMinimumHeight(150)
    assert tabs.sizeHint().height() == 150
