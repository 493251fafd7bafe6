import dataclasses

import pytest
from PySide6.QtWidgets import QPushButton

from tests.gui.labelling import prediction, promise
from triage_app.domain.labels import Held, Reason, Score
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.suggestion import others_of, reasons_in_words
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


def test_what_the_model_found_is_named_and_one_key_away_where_it_was_held(opened: OpenedDesk) -> None:
    # given a ticket whose label is only suggested, since it was wrong too often lately
    row = dataclasses.replace(opened.desk.app.ask(ListTickets()).tickets[0], category="Other", reviewed=False)
    held = prediction(best=Score("Phishing", 0.93), held=Held.PROMISE)
    strip = opened.window.pane.strip
    strip.set_labels(("Phishing", "DeviceLost", "Other"))
    strip.show_prediction(row, held)
    assert "The model says Phishing 93%, but it was wrong too often" in strip.by.text()
    # when the figures are there
    strip.set_promise(promise())
    # then they are named, and the label's key stands first
    assert "Phishing was right for 61% lately, 80% wanted: only suggested" in strip.by.text()
    assert others_of(row, held) == (Score("Phishing", 0.93), Score("DeviceLost", 0.1))
    names = [button.text() for button in strip.findChildren(QPushButton)]
    assert "1  Phishing  93%" in names
