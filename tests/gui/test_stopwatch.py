from triage_app.domain.ticket import TicketId
from triage_app.gui.stopwatch import SHORT_ABSENCE_S, Stopwatch

ONE, TWO = TicketId(1), TicketId(2)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_it_runs_from_showing_a_ticket() -> None:
    hands = Hands()
    watch = Stopwatch(hands)
    watch.begin(ONE)
    hands.now += 12.5
    assert watch.seconds(ONE) == 12.5
    # the same ticket shown again goes on
    watch.begin(ONE)
    hands.now += 1.5
    assert watch.seconds(ONE) == 14.0
    # another one begins anew, and the first is not measured any more
    watch.begin(TWO)
    hands.now += 3.0
    assert watch.seconds(TWO) == 3.0
    assert watch.seconds(ONE) is None


def test_nothing_shown_is_not_measured() -> None:
    watch = Stopwatch(Hands())
    assert watch.seconds(ONE) is None
    watch.begin(ONE)
    watch.begin(None)
    assert watch.seconds(ONE) is None


def test_a_long_absence_does_not_count_and_a_short_one_does() -> None:
    hands = Hands()
    watch = Stopwatch(hands)
    watch.begin(ONE)
    hands.now += 10
    watch.leave()
    hands.now += SHORT_ABSENCE_S
    watch.come_back()
    assert watch.seconds(ONE) == 10 + SHORT_ABSENCE_S
    watch.leave()
    watch.leave()
    hands.now += 3_600
    # still away: a decision from elsewhere does not count the absence either
    assert watch.seconds(ONE) == 10 + SHORT_ABSENCE_S
    watch.come_back()
    watch.come_back()
    hands.now += 5
    assert watch.seconds(ONE) == 15 + SHORT_ABSENCE_S


def test_a_ticket_that_came_up_while_nobody_looked_begins_with_the_return() -> None:
    hands = Hands()
    watch = Stopwatch(hands)
    watch.begin(ONE)
    watch.leave()
    hands.now += 600
    watch.begin(TWO)
    hands.now += 600
    watch.come_back()
    hands.now += 4
    assert watch.seconds(TWO) == 4
