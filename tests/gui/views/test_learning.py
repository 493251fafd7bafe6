from collections.abc import Callable
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.changes import ChangeKind, changed
from triage_app.gui.actions import ACTIONS, Group
from triage_app.gui.application import OpenedDesk
from triage_app.gui.desk import Desk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning import PAGES, LearningScreen, PageEntry
from triage_app.gui.views.learning_page import LearningPage


class Counting(LearningPage):
    """A page that counts how often it is read."""

    KINDS: ClassVar[frozenset[ChangeKind]] = frozenset({ChangeKind.MODELS})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Counting")
        self.loads = 0
        self.done = 0

    def load(self) -> None:
        assert self.dataset is not None
        self.loads += 1

    def acts(self) -> dict[str, Callable[[], object]]:
        return {"count": self.count}

    def count(self) -> None:
        self.done += 1


def counting(screen: LearningScreen, which: str) -> Counting:
    page = screen.page(which)
    assert isinstance(page, Counting)
    return page


@pytest.fixture
def screen(opened: OpenedDesk, qtbot: QtBot) -> LearningScreen:
    entries = (PageEntry("one", "One", Counting), PageEntry("two", "Two", Counting, ("count",)))
    screen = LearningScreen(opened.desk, entries)
    qtbot.addWidget(screen)
    screen.resize(900, 600)
    screen.show()
    return screen


def test_a_page_is_read_when_it_is_first_shown_and_when_its_kind_has_changed(
    screen: LearningScreen, opened: OpenedDesk
) -> None:
    screen.load()
    settle(opened)
    one = counting(screen, "one")
    assert (one.loads, list(screen._made)) == (1, ["one"])
    # when the other page is shown
    screen.go("two")
    two = counting(screen, "two")
    assert (two.loads, two.dataset) == (0, screen.dataset)
    # then it is read once it stands
    settle(opened)
    assert (one.loads, two.loads) == (1, 1)
    # and what changes is read where it is seen, and later where it is not
    screen.take_changes(changed(ChangeKind.NOTES))
    settle(opened)
    assert (one.loads, two.loads) == (1, 1)
    screen.take_changes(changed(ChangeKind.MODELS))
    settle(opened)
    assert (one.loads, two.loads) == (1, 2)
    screen.turn(1)
    assert (one.loads, two.loads) == (2, 2)


def test_an_action_waits_for_the_dataset(screen: LearningScreen, opened: OpenedDesk) -> None:
    screen.do("count")
    assert counting(screen, "two").done == 0
    screen.load()
    settle(opened)
    assert counting(screen, "two").done == 1
    assert screen.current == "two"
    with pytest.raises(KeyError):
        screen.do("nothing")


def test_tabs_are_walked_by_keys(screen: LearningScreen, opened: OpenedDesk) -> None:
    screen.load()
    settle(opened)
    QTest.keyClick(screen.tabs.tabBar(), Qt.Key.Key_Right)
    assert screen.current == "two"
    QTest.keyClick(screen.tabs.tabBar(), Qt.Key.Key_Left)
    assert screen.current == "one"


def test_the_desk_has_an_action_for_each_page_and_each_page_does_what_it_says(opened: OpenedDesk) -> None:
    actions = {action.id for action in ACTIONS if action.group is Group.LEARNING}
    pages = {f"learn-{entry.id}" for entry in PAGES}
    acts = [act for entry in PAGES for act in entry.acts]
    assert actions == pages | set(acts)
    assert len(acts) == len(set(acts))
    opened.window.do("go-learning")
    settle(opened)
    for entry in PAGES:
        assert set(opened.window.learning.page(entry.id).acts()) == set(entry.acts)
        opened.window.do(f"learn-{entry.id}")
        settle(opened)
        assert opened.window.learning.current == entry.id
