from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.letter import SHOWN_LINES, Letter, LetterRow, in_order, shortened

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LETTER = Letter(("came", 1), "mail", "bob@example.org", AT, "Hello\n\nYours")
LONG = replace(LETTER, text="\n".join(f"line {number}" for number in range(200)))


def shown(look: Look, qtbot: QtBot, letter: Letter) -> LetterRow:
    row = LetterRow(look, letter, AT)
    qtbot.addWidget(row)
    row.resize(400, 200)
    row.show()
    return row


def test_a_short_text_is_whole_and_a_long_one_is_cut() -> None:
    assert shortened("Hello\n\nYours\n") == "Hello\n\nYours"
    assert shortened(LONG.text).count("\n") == SHOWN_LINES - 1
    assert len(shortened("word " * 1000)) < 1300


def test_a_short_letter_shows_its_words_and_nothing_to_fold(look: Look, qtbot: QtBot) -> None:
    row = shown(look, qtbot, LETTER)
    assert row.words.toPlainText() == "Hello\n\nYours"
    assert not row.more.isVisible()
    assert not row.quotes.isVisible()
    assert not row.state.isVisible()


def test_a_long_letter_is_shown_whole_when_asked(look: Look, qtbot: QtBot) -> None:
    row = shown(look, qtbot, LONG)
    assert "line 199" not in row.words.toPlainText()
    with qtbot.waitSignal(row.unfolded):
        row.more.click()
    assert row.words.toPlainText().endswith("line 199")
    assert not row.more.isVisible()


def test_its_words_are_as_high_as_they_need(look: Look, qtbot: QtBot) -> None:
    row = shown(look, qtbot, LONG)
    before = row.words.height()
    row.more.click()
    assert row.words.height() > 10 * before
    assert row.words.verticalScrollBar().maximum() == 0


def test_quoted_text_is_folded(look: Look, qtbot: QtBot) -> None:
    row = shown(look, qtbot, replace(LETTER, quoted="> one\n> two"))
    assert row.quotes.text() == "Quoted text \u00b7 2 lines"
    assert not row.quoted.isVisible()
    row.quotes.click()
    assert row.quoted.toPlainText() == "> one\n> two"
    assert row.quoted.isVisible()


def test_what_failed_stands_out_and_says_what_can_be_done(look: Look, qtbot: QtBot) -> None:
    row = shown(
        look, qtbot, replace(LETTER, state="Failed: x", wrong=True, ours=True, deeds=(("again", "Send again"),))
    )
    assert row.state.text() == "Failed: x"
    assert row.state.property("wrong")
    with qtbot.waitSignal(row.wanted) as told:
        row.deeds["again"].click()
    assert told.args == ["again"]


def test_letters_stand_in_the_order_of_their_times() -> None:
    later = replace(LETTER, at=AT + timedelta(hours=1))
    assert in_order([later, LETTER]) == [LETTER, later]
