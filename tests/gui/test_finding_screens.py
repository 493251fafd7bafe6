import pytest

from tests.gui.views.test_window import unnamed
from tests.screens.scene import find_again
from triage_app.gui.application import OpenedDesk
from triage_app.gui.finding_screens import finding_screens
from triage_app.gui.screens import settle

PATIENCE_MS = 60_000


@pytest.mark.parametrize("name", sorted(finding_screens(settle)))
def test_each_picture_is_brought_about(opened: OpenedDesk, name: str) -> None:
    find_again(opened.desk.app)
    settle(opened)
    finding_screens(settle)[name](opened)
    settle(opened, PATIENCE_MS)
    assert opened.window.screens.currentWidget() is opened.window.splitter
    assert not opened.window.toast.property("bad")
    assert unnamed(opened.window) == []
