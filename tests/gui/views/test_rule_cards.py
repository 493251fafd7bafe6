import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.groups import BEAT, CARD, YAML
from triage_app.gui.application import OpenedDesk
from triage_app.gui.models.rule_list import ListedRule, RuleRows
from triage_app.gui.rule_text import read_settings
from triage_app.gui.views.rule_cards import RuleCards


@pytest.fixture
def cards(opened_empty: OpenedDesk, qtbot: QtBot) -> RuleCards:
    rows = RuleRows(opened_empty.desk.now)
    rows.show(
        [
            ListedRule("vpn", CARD, read_settings(YAML, "vpn"), changed=False),
            ListedRule("beat", BEAT, read_settings(YAML, "beat"), changed=True, problems=1),
        ]
    )
    cards = RuleCards(opened_empty.desk, rows)
    qtbot.addWidget(cards)
    cards._rows_alive = rows  # type: ignore[attr-defined]
    cards.resize(320, 400)
    cards.show()
    return cards


def test_a_click_on_the_switch_names_its_rule(cards: RuleCards, qtbot: QtBot) -> None:
    rect = cards.visualRect(cards.model().index(1, 0))
    where = cards._painter.switch_box(rect).center()
    assert cards.switch_at(where) == "beat"
    assert cards.switch_at(rect.center()) == ""
    with qtbot.waitSignal(cards.switched) as told:
        QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert told.args == ["beat"]


def test_the_space_bar_switches_the_card_in_hand(cards: RuleCards, qtbot: QtBot) -> None:
    cards.setCurrentIndex(cards.model().index(0, 0))
    with qtbot.waitSignal(cards.switched) as told:
        QTest.keyClick(cards, Qt.Key.Key_Space)
    assert told.args == ["vpn"]


def test_a_card_is_as_high_as_what_it_has_to_say_and_is_painted(cards: RuleCards) -> None:
    first, second = (cards.visualRect(cards.model().index(place, 0)) for place in (0, 1))
    assert first.height() != 0
    assert second.top() > first.top()
    image = cards.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 10
