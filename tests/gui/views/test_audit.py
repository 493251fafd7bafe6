import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.labelling import label_audit
from triage_app.domain.errors import InvalidState
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.audit import AuditPage
from triage_app.services.context import Progress
from triage_app.services.learning_queries import ListForgotten
from triage_app.services.queries import ListTicketIds


@pytest.fixture
def page(opened: OpenedDesk) -> AuditPage:
    """The page before an audit."""
    opened.window.do("learn-audit")
    settle(opened)
    page = opened.window.learning.page("audit")
    assert isinstance(page, AuditPage)
    return page


def test_it_begins_with_what_it_is_for(page: AuditPage) -> None:
    assert page.state.isVisible()
    assert page.first is page.run


def test_suspects_overlaps_and_agreement_are_shown(page: AuditPage, opened: OpenedDesk) -> None:
    page.show_audit(label_audit())
    assert "labels were examined; 2 are doubtful" in page.summary.text()
    line = page.suspects.topLevelItem(0)
    assert line is not None
    assert [line.text(column) for column in range(5)] == ["verify your account now", "Other", "Phishing", "97%", "ana"]
    assert page.open_button.isVisible()
    # an example has no ticket: it says where it stands
    example = page.suspects.topLevelItem(1)
    assert example is not None
    page.suspects.setCurrentItem(example)
    assert page.open_button.isHidden()
    assert page.where.text().startswith("Line 812")
    overlap, agreed = page.overlaps.topLevelItem(0), page.agreement.topLevelItem(1)
    assert overlap is not None
    assert (overlap.text(2), overlap.text(3)) == ("12%", "400")
    assert agreed is not None
    assert (agreed.text(1), agreed.text(3)) == ("0.10", "People agree hardly; too few reviews to be sure")


def test_a_suspect_is_corrected_in_place_by_its_digit(page: AuditPage, opened: OpenedDesk) -> None:
    audit = label_audit()
    page.show_audit(audit)
    page.suspects.setFocus()
    # the sample has a ticket 7
    assert audit.suspects[0].ticket in opened.desk.app.ask(ListTicketIds(view="all")).ids
    QTest.keyClick(page.suspects, Qt.Key.Key_1)
    settle(opened)
    assert page.suspects.topLevelItemCount() == 1
    assert opened.window.toast.text.text().startswith("Corrected to")
    assert opened.window.toast.undo.isVisible()


def test_while_it_runs_it_counts_and_can_be_stopped(page: AuditPage, opened: OpenedDesk) -> None:
    page.begin()
    assert page.working.isVisible()
    assert not page.run.isEnabled()
    page.working.show_progress(Progress(3, 10, "parts"))
    assert page.working.text.text() == "Auditing: 3 of 10 parts"
    page.cancel()
    settle(opened, 120_000)
    assert page.run.isEnabled()
    assert page.working.isHidden()


def test_what_was_found_is_kept_and_a_failure_is_said(page: AuditPage) -> None:
    page._done(label_audit())
    page.load()
    assert page.suspects.topLevelItemCount() == 2
    page._fail(InvalidState("There is nothing to audit."))
    assert page.state.sentence == "There is nothing to audit."


def test_an_analyst_is_forgotten_from_the_menu(page: AuditPage, opened: OpenedDesk) -> None:
    page.show_audit(label_audit())
    page.menu_of("ana").actions()[0].trigger()
    settle(opened)
    assert [each.value for each in opened.desk.app.ask(ListForgotten()).forgotten] == ["ana"]
    assert opened.window.toast.undo.isVisible()


def test_j_and_k_walk_the_suspects(page: AuditPage, opened: OpenedDesk) -> None:
    audit = label_audit()
    page.show_audit(audit)
    opened.window.do("next")
    assert page.current == audit.suspects[1]
    # past the last one there is none
    opened.window.do("next")
    assert page.current == audit.suspects[1]
    opened.window.do("previous")
    assert page.current == audit.suspects[0]
