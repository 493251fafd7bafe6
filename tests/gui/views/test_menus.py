from triage_app.gui.actions import ACTIONS
from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.menus import MENUS


def test_every_entry_is_an_action_and_stands_in_one_menu_only() -> None:
    entries = [entry for _title, group in MENUS for entry in group if entry]
    assert set(entries) <= {action.id for action in ACTIONS}
    assert len(set(entries)) == len(entries)


def test_the_menu_bar_shows_them(opened_empty: OpenedDesk) -> None:
    titles = [action.text() for action in opened_empty.window.menuBar().actions()]
    assert titles == [title for title, _entries in MENUS]
