from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from tests.gui.desks import light_look
from triage_app.domain.item import Attachment, Defect, Form, RawId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.message import ATTACHMENTS_SHOWN, FIRST_LETTERS, MessageTab, shown_value
from triage_app.services.queries import Envelope, MessageView

SENT = datetime(2026, 11, 8, 7, 0, tzinfo=UTC)
ENVELOPE = Envelope("Hello", "a@example.org", ("b@example.org",), SENT, "<1>", (("From", "a@example.org"),), "inner")


def message(**changes: object) -> MessageView:
    values: dict[str, object] = {
        "raw": RawId(1), "form": Form.MAIL, "origin": "x.eml", "size": 9, "envelope": ENVELOPE, "text": "Hello there",
        "quoted": "", "signature": "", "html": "", "attachments": (), "fields": (), "defects": (), "carrier": None,
    }  # fmt: skip
    return MessageView(**{**values, **changes})  # type: ignore[arg-type]


def tab_of(opened: OpenedDesk) -> MessageTab:
    return opened.window.pane.message


def test_text_comes_first_and_is_defanged(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    tab.show_messages([message(text="see http://evil.example/x", html="<p>see</p>")])
    assert tab.body.toPlainText() == "see hxxp://evil[.]example/x"
    tab.show_mode("html")
    assert tab.body.toPlainText() == "see"


def test_quoted_text_and_signature_are_folded_until_they_are_wanted(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    tab.show_messages([message(quoted="> old one\n> old two", signature="Ana, SOC")])
    assert "old one" not in tab.body.toPlainText()
    tab._quoted.setChecked(True)
    tab._signature.setChecked(True)
    assert "old two" in tab.body.toPlainText()
    assert "Ana, SOC" in tab.body.toPlainText()


def test_a_long_text_is_cut_and_more_is_one_click_away(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    tab.show_messages([message(text="word " * (FIRST_LETTERS // 2))])
    first = len(tab.body.toPlainText())
    assert first <= FIRST_LETTERS
    assert not tab._more.isHidden()
    tab._more.click()
    assert len(tab.body.toPlainText()) > first
    assert tab._more.isHidden()


def test_the_carrier_is_a_thin_bar_that_opens(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    tab.show_messages([message()])
    assert tab.carrier.isHidden()
    tab.show_messages([message(carrier=ENVELOPE)])
    assert not tab.carrier.isHidden()
    assert "Reported by a@example.org" in tab._carrier_line.text()
    tab._carrier_more.setChecked(True)
    assert "inner" in tab._carrier_text.toPlainText()


def test_what_is_odd_is_said_and_not_endlessly(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    tab.show_messages([message(defects=tuple(Defect("d", f"Oddity {n}.") for n in range(500)))])
    assert "Oddity 0." in tab.notes.text()
    assert "497 more" in tab.notes.text()
    tab.show_messages([message()])
    assert tab.notes.isHidden()


def test_attachments_name_their_size_type_and_digest(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    files = tuple(Attachment(f"{n}.pdf", "application/pdf", 48_211, "ab" * 32) for n in range(ATTACHMENTS_SHOWN + 3))
    tab.show_messages([message(attachments=files)])
    rows = tab._attached_rows
    assert rows.count() == 2 * ATTACHMENTS_SHOWN + 1
    tab.show_messages([message()])
    assert tab._attached.isHidden()


def test_an_alert_shows_its_fields_and_its_raw_form_on_demand(opened: OpenedDesk) -> None:
    tab = tab_of(opened)
    tab.show_messages([message(form=Form.ALERT, text="", fields=(("source.ip", "198.51.100.7"), ("tags", ("a", "b"))))])
    assert tab.facts.topLevelItemCount() == 2
    tab.toggle_raw()
    settle(opened)
    assert len(tab.raw.toPlainText()) > 10
    tab.toggle_raw()
    assert tab._mode == "fields"


def test_values_are_shown_as_words(qtbot: QtBot) -> None:
    assert light_look().theme == "light"
    assert [shown_value(v) for v in (True, False, ("a", "b"), 7, 1.5, "x")] == ["yes", "no", "a, b", "7", "1.5", "x"]
