from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.fakes.parcels import FIRST, LUNCH, SECOND, THIRD, link
from tests.gui.desks import desk_on
from tests.gui.views.test_window import press, unnamed
from triage_app.domain.observable import ObservableKind, defang
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.side_by_side import SideBySide
from triage_app.services.app import App
from triage_app.services.commands import AddNote, CloseTicket, CorrectLabel
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import GetTicket

NOTE = "Blocked the host; the recipient had not clicked."


@pytest.fixture
def desk(parcels: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    with desk_on(parcels, tmp_path / "view") as opened:
        yield opened


@pytest.fixture
def decided(desk: OpenedDesk) -> OpenedDesk:
    """The first parcel is phishing, closed, with a note."""
    app = desk.desk.app
    app.execute(CorrectLabel(FIRST, "Phishing"))
    app.execute(AddNote(FIRST, NOTE))
    app.execute(CloseTicket(FIRST, verdict=Verdict.TRUE_POSITIVE))
    settle(desk)
    return desk


def compared(opened: OpenedDesk, ticket: TicketId = SECOND, other: TicketId = FIRST) -> SideBySide:
    panel = opened.window.comparing.side_by_side
    panel.show_pair(ticket, other)
    settle(opened)
    return panel


def values(panel: SideBySide, which: str) -> list[str]:
    lines = {"here": panel.only_here.values, "there": panel.only_there.values, "both": panel.both}[which].lines
    return [str(lines.key_at(row)) for row in range(lines.rowCount())]


def test_what_only_this_one_has_is_told_apart_from_what_both_have(desk: OpenedDesk) -> None:
    panel = compared(desk)
    assert panel.isVisible()
    one, other = (defang(link(number), ObservableKind.URL) for number in (1, 2))
    assert other in values(panel, "here")
    assert one in values(panel, "there")
    both = values(panel, "both") + [
        str(panel.both_more.lines.key_at(row)) for row in range(panel.both_more.lines.rowCount())
    ]
    assert "pay[.]evil-parcels[.]com" in both
    assert panel.only_here.title.text().startswith("Only in this one: ")
    assert panel.only_there.title.text().startswith("Only in the earlier one: ")
    assert panel.here.subject.text() == "Parcel 90210 is held at customs"
    assert panel.there.caption.text() == f"The earlier one, {FIRST}"
    assert panel.strip.score.text().endswith("% alike")
    assert panel.text.toPlainText().startswith("Your consignment waits")
    assert "https://" not in panel.other_text.toPlainText()
    assert panel.both_title.text().startswith(f"In both: {len(both)}, and ")
    assert unnamed(panel) == []


def test_the_other_way_round_the_other_one_is_the_later(desk: OpenedDesk) -> None:
    panel = compared(desk, FIRST, SECOND)
    assert panel.there.caption.text() == f"The later one, {SECOND}"
    assert panel.only_there.title.text().startswith("Only in the later one: ")


def test_words_of_one_only_are_quiet_chips_and_plain_text(desk: OpenedDesk) -> None:
    panel = compared(desk, FIRST, THIRD)
    chips = [chip for chip in panel.only_here.words.findChildren(QLabel) if not chip.isHidden()]
    assert "customs" in {chip.text() for chip in chips}
    assert all(chip.textFormat() == Qt.TextFormat.PlainText for chip in chips)


def test_nobody_has_decided_yet(desk: OpenedDesk) -> None:
    panel = compared(desk)
    assert not panel.decide_button.isEnabled()
    assert not panel.note_button.isEnabled()
    assert panel.like.text() == "Nobody has decided the other one yet."
    assert panel.strip.note.isHidden()


def test_a_ticket_is_decided_like_the_other_and_one_key_takes_it_back(decided: OpenedDesk) -> None:
    panel = compared(decided)
    assert panel.strip.note.text() == f"Its note: {NOTE}"
    assert panel.like.text() == "Like it: Phishing, closed as true positive"
    panel.decide_button.click()
    settle(decided)
    assert not panel.isVisible()
    row = decided.desk.app.ask(GetTicket(id=SECOND)).row
    assert (row.category, row.verdict) == ("Phishing", Verdict.TRUE_POSITIVE)
    assert "closed as true positive" in decided.window.toast.text.text()
    press(decided, Qt.Key.Key_Z)
    assert decided.desk.app.ask(GetTicket(id=SECOND)).row.verdict is None


def test_what_is_closed_already_is_not_decided_again(decided: OpenedDesk) -> None:
    decided.desk.app.execute(CloseTicket(SECOND, verdict=Verdict.TEST))
    panel = compared(decided)
    assert not panel.decide_button.isEnabled()
    # when it was closed meanwhile, the answer says so where it was asked
    panel.decide()
    settle(decided)
    assert panel.isVisible()
    assert "closed already" in panel.like.text()


def test_its_note_is_copied_and_the_panel_stays(decided: OpenedDesk) -> None:
    panel = compared(decided)
    panel.note_button.click()
    settle(decided)
    assert panel.isVisible()
    assert not panel.note_button.isEnabled()
    assert panel.decide_button.isEnabled()
    assert [note.text for note in decided.desk.app.ask(GetTicket(id=SECOND)).notes] == [NOTE]


def test_both_are_linked(desk: OpenedDesk) -> None:
    panel = compared(desk)
    panel.link_button.click()
    settle(desk)
    assert not panel.isVisible()
    tree = desk.desk.app.ask(GetDuplicates(id=SECOND))
    assert tree.first.id == FIRST
    assert f"under ticket {FIRST}" in desk.window.toast.text.text()


def test_the_other_one_is_taken_in_hand(desk: OpenedDesk) -> None:
    panel = compared(desk)
    panel.there.open_button.click()
    settle(desk)
    assert not panel.isVisible()
    assert desk.window.queue.current == FIRST


def test_an_observable_of_one_has_its_page(desk: OpenedDesk) -> None:
    panel = compared(desk)
    place = values(panel, "there").index(defang(link(1), ObservableKind.URL))
    panel.only_there.values.setFocus()
    panel.only_there.values.selectRow(place)
    press(desk, Qt.Key.Key_Return)
    settle(desk)
    assert not panel.isVisible()
    page = desk.window.pivoting.panel
    assert page.isVisible()
    assert page.pivot is not None
    assert page.pivot.value == link(1)


def test_escape_closes_it(desk: OpenedDesk) -> None:
    panel = compared(desk)
    press(desk, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_what_cannot_be_compared_is_said(desk: OpenedDesk) -> None:
    panel = compared(desk, FIRST, TicketId(4711))
    assert panel.state.isVisible()
    assert "4711" in panel.state.sentence
    assert panel.comparison is None
    # when nothing is there, nothing is done
    panel.decide()
    panel.link()
    settle(desk)
    assert desk.desk.app.ask(GetTicket(id=FIRST)).row.verdict is None


def test_both_texts_are_scrolled_together(desk: OpenedDesk) -> None:
    panel = compared(desk, SECOND, LUNCH)
    for browser in (panel.text, panel.other_text):
        browser.setPlainText("line\n" * 400)
    settle(desk)
    one, other = panel.text.verticalScrollBar(), panel.other_text.verticalScrollBar()
    one.triggerAction(one.SliderAction.SliderPageStepAdd)
    assert other.value() == one.value() > 0
    before = one.value()
    other.triggerAction(other.SliderAction.SliderSingleStepAdd)
    assert one.value() == other.value() > before
