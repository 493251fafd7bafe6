import pytest

from tests.gui.views.test_window import unnamed
from triage_app.gui.application import OpenedDesk
from triage_app.gui.pair_screens import PAIR_SCREENS, pair_screens
from triage_app.gui.screens import settle


@pytest.mark.parametrize("name", PAIR_SCREENS)
def test_each_picture_is_brought_about(opened: OpenedDesk, name: str) -> None:
    pair_screens(settle)[name](opened)
    settle(opened)
    comparing = opened.window.comparing
    shown = comparing.campaign if name.startswith("campaign") else comparing.side_by_side
    assert shown.isVisible()
    assert not opened.window.toast.property("bad")
    assert unnamed(shown) == []
