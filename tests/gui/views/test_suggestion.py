import pytest

from triage_app.domain.labels import Reason
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.suggestion import reasons_in_words
from triage_app.services.queries import GetTicket, ListTickets


def test_reasons_are_words_for_and_against_the_heaviest_first() -> None:
    reasons = (Reason("b", 0.2), Reason("laptop", -0.4), Reason("a", 0.9))
    assert reasons_in_words(reasons) == "For: a, b  \u00b7  Against: laptop"
    assert reasons_in_words(()) == ""
    assert reasons_in_words((Reason("x", -1.0),)) == "Against: x"


@pytest.mark.parametrize("tier", ["model", "default"])
def test_the_strip_says_who_suggests_and_why(opened: OpenedDesk, tier: str) -> None:
    rows = opened.desk.app.ask(ListTickets(view="all", limit=500)).tickets
    row = next(each for each in rows if each.tier == tier)
    prediction = opened.desk.app.ask(GetTicket(id=row.id)).predictions[0]
    opened.window.do("go-all")
    settle(opened)
    opened.window.queue.wait_for(row.id)
    settle(opened)
    strip = opened.window.pane.strip
    assert (prediction.model_id in strip.sentence) == (tier == "model")
    assert strip.number.isVisible() == (tier == "model")
    for reason in prediction.reasons[:1]:
        assert reason.word in strip.sentence


def test_what_was_reviewed_cannot_be_accepted_again(opened: OpenedDesk) -> None:
    first = opened.window.queue.current
    opened.window.do("accept")
    settle(opened)
    opened.window.queue.wait_for(first)  # type: ignore[arg-type]
    settle(opened)
    assert not opened.window.pane.strip.accept.isEnabled()
    assert opened.window.pane.strip.accept.text() == "Accepted"
