import pytest
from PySide6.QtGui import QKeySequence

from triage_app.gui.actions import ACTIONS, Group, action_named
from triage_app.gui.look import Scheme
from triage_app.gui.views.sidebar import place_named


def test_ids_are_unique_and_every_action_says_what_it_does() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(action.text and action.group in Group for action in ACTIONS)


def test_no_two_actions_share_a_key() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


def test_no_key_is_the_beginning_of_another() -> None:
    sequences = [QKeySequence(key) for action in ACTIONS for key in action.keys]
    assert all(not sequence.isEmpty() for sequence in sequences)
    for one in sequences:
        for other in sequences:
            partly = one.matches(other) is QKeySequence.SequenceMatch.PartialMatch
            assert not partly, f"{one.toString()} begins {other.toString()}"


@pytest.mark.parametrize(
    "key", ["J", "K", "Return", "A", "E", "M", "N", "Z", "/", "Ctrl+K", "X", "Shift+J", "Shift+K", "?", *"123456789"]
)
def test_the_promised_keys_are_there(key: str) -> None:
    assert any(key in action.keys for action in ACTIONS)


def test_navigation_names_no_verb_and_goes_somewhere() -> None:
    for action in ACTIONS:
        assert action.navigates == (action.verb is None)
        if action.id.startswith("go-"):
            assert place_named(action.argument).id == action.argument
        if action.id.startswith("theme-"):
            assert action.argument in list(Scheme)


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(KeyError):
        action_named("nothing")
