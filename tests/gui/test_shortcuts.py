from pathlib import Path

from tests.gui.desks import settings_in
from triage_app.gui.actions import action_named
from triage_app.gui.shortcuts import Shortcuts


def test_keys_are_those_of_the_table_until_they_are_changed(tmp_path: Path) -> None:
    accept = action_named("accept")
    shortcuts = Shortcuts(settings_in(tmp_path))
    assert shortcuts.of(accept) == ("A",)
    shortcuts.change(accept, ("Ctrl+Return", "G, I"))
    assert Shortcuts(settings_in(tmp_path)).of(accept) == ("Ctrl+Return", "G, I")


def test_a_key_can_be_taken_away_and_given_back(tmp_path: Path) -> None:
    accept = action_named("accept")
    shortcuts = Shortcuts(settings_in(tmp_path))
    shortcuts.change(accept, ())
    assert shortcuts.of(accept) == ()
    shortcuts.change(accept, accept.keys)
    assert shortcuts.of(accept) == ("A",)
