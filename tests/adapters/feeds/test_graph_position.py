import pytest

from triage_app.adapters.feeds.graph_position import MOST_UNSETTLED, Position


def test_a_position_is_written_and_read_again() -> None:
    position = Position("https://graph.example.org/delta?$deltatoken=a%20b", ("AAkA1=", "AAkA2="))
    assert Position.read(str(position)) == position
    assert Position.read(str(Position())) == Position()


@pytest.mark.parametrize("text", ["", "12", "{", '{"link": 7}', "null"])
def test_what_cannot_be_read_is_the_start(text: str) -> None:
    assert Position.read(text) == Position()


def test_what_waits_does_not_grow_for_ever_and_the_latest_stay() -> None:
    waiting = tuple(str(number) for number in range(MOST_UNSETTLED + 5))
    assert Position.read(str(Position("x", waiting))).unsettled == waiting[5:]
