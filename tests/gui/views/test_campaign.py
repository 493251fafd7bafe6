from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fakes.parcels import FIRST, LUNCH, SECOND
from tests.gui.desks import desk_on
from tests.gui.models.test_campaign_members import NOON, a_campaign, a_member
from tests.gui.views.test_window import press, unnamed
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.look import Scheme
from triage_app.gui.screens import settle
from triage_app.gui.views.campaign import CampaignPanel, facts, heading, pieces, remarks, template_html
from triage_app.services.app import App


@pytest.fixture
def desk(parcels: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    with desk_on(parcels, tmp_path / "view") as opened:
        yield opened


@pytest.fixture
def panel(desk: OpenedDesk) -> CampaignPanel:
    panel = desk.window.comparing.campaign
    panel.show_campaign(FIRST)
    settle(desk)
    return panel


def test_template_times_and_members_are_shown(desk: OpenedDesk, panel: CampaignPanel) -> None:
    assert panel.isVisible()
    assert panel.title.text() == "Parcel \u2026 is held at customs"
    assert panel.facts.text().startswith("2 tickets  \u00b7  2 open  \u00b7  ")
    assert panel.members.rowCount() == 2
    text = panel.template.toPlainText()
    assert "Your consignment waits" in text
    assert "{" not in text
    assert panel.members.ticket_at(panel.list.currentIndex().row()) == FIRST
    assert panel.strip.accessibleName().startswith("2 tickets from ")
    assert unnamed(panel) == []
    # when the theme changes, the chips follow it
    before = panel.template.toHtml()
    desk.window.set_scheme(Scheme.DARK)
    assert panel.template.toHtml() != before


def test_return_takes_a_ticket_in_hand(desk: OpenedDesk, panel: CampaignPanel) -> None:
    panel.list.setCurrentIndex(panel.members.index(panel.members.place_of(SECOND), 0))
    press(desk, Qt.Key.Key_Return)
    settle(desk)
    assert not panel.isVisible()
    assert desk.window.queue.current == SECOND


def test_cells_a_column_and_the_table_are_copied_defanged(desk: OpenedDesk, panel: CampaignPanel) -> None:
    clipboard = QGuiApplication.clipboard()
    links = next(place for place in range(panel.members.columnCount()) if "url" in column_title(panel, place))
    panel.list.setCurrentIndex(panel.members.index(0, links))
    QTest.keyClick(panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "hxxps://pay[.]evil-parcels[.]com/2"
    panel.copy_column_button.click()
    assert clipboard.text().split("\n") == [f"hxxps://pay[.]evil-parcels[.]com/{number}" for number in (2, 1)]
    panel.copy_button.click()
    lines = clipboard.text().split("\n")
    assert lines[0].startswith("Id\tTime\tState\tFrom\t")
    assert [line.split("\t")[0] for line in lines[1:]] == [str(SECOND), str(FIRST)]
    assert "https://" not in clipboard.text()
    assert panel.menu().actions()[0].text().startswith("Open the ticket")


def column_title(panel: CampaignPanel, column: int) -> str:
    return str(panel.members.headerData(column, Qt.Orientation.Horizontal))


def test_a_click_on_a_title_sorts(panel: CampaignPanel) -> None:
    panel.list.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert panel.members.column_texts(0) == [str(FIRST), str(SECOND)]
    panel.list.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert panel.members.column_texts(0) == [str(SECOND), str(FIRST)]


def test_one_that_nobody_follows_and_one_that_is_not_there_say_so(desk: OpenedDesk, panel: CampaignPanel) -> None:
    panel.show_campaign(LUNCH)
    settle(desk)
    assert panel.state.isVisible()
    assert panel.state.sentence == "No other ticket follows the pattern of this one."
    panel.show_campaign(TicketId(4711))
    settle(desk)
    assert "4711" in panel.state.sentence
    press(desk, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_a_thousand_members_are_shown_and_sorted(desk: OpenedDesk, panel: CampaignPanel) -> None:
    many = a_campaign(*(a_member(place, "ann", f"http://evil.example/{place}", "EUR 1") for place in range(1, 1001)))
    panel.members.show(many)
    panel.list.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert panel.members.rowCount() == 1000
    assert panel.members.text_at(999, 5) == "hxxp://evil[.]example/1000"
    panel.list.selectAll()
    panel.copy()
    assert len(QGuiApplication.clipboard().text().split("\n")) == 1000


def test_what_one_has_to_know_is_said() -> None:
    one, other = a_member(1, "ann", "", ""), a_member(2, "", "", "", follows=False)
    assert remarks(a_campaign(one)) == []
    said = remarks(a_campaign(one, other, total=214, subjects_only=True, slots=()))
    assert [line.split(":")[0] for line in said] == [
        "Too few texts are alike",
        "1 ticket shares the subject only",
        "Read",
        "Nothing varies",
    ]
    assert "the newest 2 of 214 tickets" in said[2]
    assert "first received" in facts(a_campaign(one))
    assert "first" not in facts(a_campaign(one, last=NOON))


def test_slots_are_chips_and_what_was_sent_is_text() -> None:
    template = "Pay {amount}\n\n<b>{now}</b> at http://evil.example {url 2} {amount} {"
    assert pieces(template, ["{amount}", "{url 2}"]) == [
        ("Pay ", False),
        ("{amount}", True),
        ("\n\n<b>{now}</b> at http://evil.example ", False),
        ("{url 2}", True),
        (" ", False),
        ("{amount}", True),
        (" {", False),
    ]
    html = template_html(a_campaign(template=template), lambda token: f"#{token}")
    assert "&lt;b&gt;{now}" in html
    assert "http://" not in html
    assert html.count("<span") == 2
    assert heading(a_campaign(template=template)) == "Pay \u2026"
    assert heading(a_campaign(template="")) == "Campaign"
