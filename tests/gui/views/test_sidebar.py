from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.sidebar import COUNT, KIND, MORE, SAVED, VIEWS, Sidebar, place_named
from triage_app.services.queries import ViewCounts
from triage_app.services.search_queries import CountedView
from triage_app.services.search_shapes import StoredView
from triage_app.services.shapes import VIEWS as LISTED


def test_every_view_of_the_app_has_a_place() -> None:
    assert set(LISTED) <= {place.id for place in VIEWS}
    with pytest.raises(KeyError):
        place_named("nowhere")


def test_choosing_tells_and_marking_does_not(look: Look, qtbot: QtBot) -> None:
    sidebar, told = Sidebar(look), list[str]()
    qtbot.addWidget(sidebar)
    sidebar.chosen.connect(told.append)
    sidebar.mark("inbox")
    sidebar.choose("closed")
    assert told == ["closed"]


def test_duplicates_show_only_where_there_are_some(look: Look, qtbot: QtBot) -> None:
    sidebar = Sidebar(look)
    qtbot.addWidget(sidebar)
    sidebar.set_counts(ViewCounts(5, 0, 0, 0, 0, 0, 0, 5))
    assert sidebar._items["duplicates"].isHidden()
    sidebar.set_counts(ViewCounts(5, 0, 0, 3, 0, 0, 0, 5))
    assert not sidebar._items["duplicates"].isHidden()
    assert not sidebar._items["mine"].isHidden()


def counted(name: str, tickets: int = 1, *, exact: bool = True, problem: str = "") -> CountedView:
    view = StoredView(name, f"subject:{name}", "age", "ana", datetime(2026, 11, 8, tzinfo=UTC))
    return CountedView(view, tickets, exact, problem)


@pytest.fixture
def sidebar(look: Look, qtbot: QtBot) -> Sidebar:
    sidebar = Sidebar(look)
    qtbot.addWidget(sidebar)
    return sidebar


def shown(sidebar: Sidebar) -> list[str]:
    items = [sidebar.list.item(place) for place in range(sidebar.list.count())]
    return [item.text() for item in items if not item.isHidden()]


def test_saved_views_stand_below_the_views_under_a_heading_of_their_own(sidebar: Sidebar) -> None:
    assert "Saved views" not in shown(sidebar)
    sidebar.set_saved((counted("invoices", 12), counted("vip", 200, exact=False)))
    texts = shown(sidebar)
    start = texts.index("Saved views")
    assert texts[start - 1 : start + 4] == ["All tickets", "Saved views", "invoices", "vip", "Screens"]
    item = sidebar._items[SAVED + "vip"]
    assert (item.data(COUNT), item.data(MORE)) == (200, True)
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "Saved view vip, more than 200"
    assert (sidebar.saved_at(1), sidebar.saved_at(2), sidebar.saved_at(3)) == ("invoices", "vip", None)


def test_new_counts_leave_the_chosen_view_chosen_and_tell_nothing(sidebar: Sidebar) -> None:
    told = list[str]()
    sidebar.set_saved((counted("invoices"), counted("vip")))
    sidebar.choose(SAVED + "vip")
    sidebar.chosen.connect(told.append)
    sidebar.set_saved((counted("a"), counted("vip", 3)))
    assert sidebar.list.currentItem().data(KIND) == SAVED + "vip"
    assert told == []
    # one that is gone leads to all tickets
    sidebar.set_saved(())
    assert sidebar.list.currentItem().data(KIND) == "all"
    assert "Saved views" not in shown(sidebar)


def test_a_saved_view_that_cannot_be_read_says_why(sidebar: Sidebar) -> None:
    sidebar.set_saved((counted("broken", 0, problem="There is no field `subjekt:`."),))
    item = sidebar._items[SAVED + "broken"]
    assert "subjekt" in item.toolTip()
    assert "subjekt" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert not item.data(COUNT)


def test_a_saved_view_is_renamed_and_removed_by_keys_and_by_its_menu(sidebar: Sidebar) -> None:
    told = list[str]()
    sidebar.rename_wanted.connect(lambda name: told.append(f"rename {name}"))
    sidebar.remove_wanted.connect(lambda name: told.append(f"remove {name}"))
    sidebar.set_saved((counted("vip"),))
    for place in ("inbox", SAVED + "vip"):
        sidebar.mark(place)
        QTest.keyClick(sidebar.list, Qt.Key.Key_F2)
        QTest.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert told == ["rename vip", "remove vip"]
    for action in sidebar.menu_of("vip").actions():
        action.trigger()
    assert told[2:] == ["rename vip", "remove vip"]
