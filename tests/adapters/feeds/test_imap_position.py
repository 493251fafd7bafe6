"""What stands in a mailbox's cursor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.feeds.imap_position import Position, uid_set, uids_of

UIDS = st.sets(st.integers(1, 2**32 - 1), max_size=20)


def test_a_position_is_a_number_unless_something_is_unsettled() -> None:
    assert str(Position(17)) == "17"
    assert str(Position(17, (3, 4, 5, 9))) == "17 unsettled=3:5,9"


@given(st.integers(0, 2**32 - 1), UIDS)
def test_a_position_is_read_as_it_was_written(uid: int, unsettled: set[int]) -> None:
    position = Position(uid, tuple(sorted(unsettled)))
    assert Position.read(str(position)) == position


@pytest.mark.parametrize("text", ["", "no number", "5 unsettled=x", "5 unsettled=1:2:3"])
def test_what_cannot_be_read_is_the_start(text: str) -> None:
    assert Position.read(text) == Position()


@given(UIDS)
def test_a_set_holds_each_uid_once(uids: set[int]) -> None:
    assert uids_of(uid_set([*uids, *uids])) == tuple(sorted(uids))
