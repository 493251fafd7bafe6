import pytest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.sidebar import VIEWS, Sidebar, place_named
from triage_app.services.queries import ViewCounts
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
