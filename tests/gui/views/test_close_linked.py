import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.groups import a_link, a_row, a_tree
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.close_linked import CloseLinkedBar, preview, will_close
from triage_app.services.commands import CloseReport

CLOSED = a_row(4, verdict=Verdict.DUPLICATE)
TREE = a_tree(
    a_link(1, Level.LINK, a_row(2, assignee="ana"), novelty=("malicious 203.0.113.9",)),
    a_link(2, Level.NOTE, a_row(3)),
    a_link(3, Level.CHILD, CLOSED, novelty=("severity high",)),
    a_link(4, Level.SUGGEST, a_row(5)),
)


def report(number: int, *, novel: tuple[tuple[TicketId, str], ...] = (), unchecked: int = 0) -> CloseReport:
    tickets = tuple(TicketId(each) for each in range(1, number + 1))
    return CloseReport(True, TicketId(1), tickets, 0, novel, unchecked, number > 200)


@pytest.fixture
def bar(opened_empty: OpenedDesk, qtbot: QtBot) -> CloseLinkedBar:
    bar = CloseLinkedBar(opened_empty.desk)
    qtbot.addWidget(bar)
    bar.resize(480, 200)
    bar.show_tree(TREE)
    return bar


def test_what_it_would_do_is_one_line() -> None:
    assert will_close(41, 2, ["malicious 203.0.113.9"], 1) == (
        "Closes 41 tickets, 2 of them yours; 1 carries something new: malicious 203.0.113.9; "
        "1 potential link is not ticked off yet"
    )
    assert will_close(1, 0, [], 0) == "Closes 1 ticket"


def test_the_preview_counts_what_is_open_and_linked() -> None:
    assert preview(TREE, "ana") == (
        "Closes 3 tickets, 1 of them yours; 1 carries something new: malicious 203.0.113.9; "
        "1 potential link is not ticked off yet"
    )


def test_the_button_says_how_many(bar: CloseLinkedBar) -> None:
    assert bar.isVisible()
    assert bar.button.text() == "Close all 3 linked duplicates"


@pytest.mark.parametrize(
    "tree",
    [
        None,
        a_tree(),
        a_tree(a_link(1, Level.SUGGEST, a_row(2))),
        a_tree(a_link(1, Level.LINK, CLOSED), verdict=Verdict.TEST),
    ],
)
def test_nothing_is_offered_where_nothing_would_close(bar: CloseLinkedBar, tree: object) -> None:
    bar.show_tree(tree)  # type: ignore[arg-type]
    assert not bar.isVisible()


def test_the_plan_asks_for_a_verdict_and_a_letter_gives_it(bar: CloseLinkedBar, qtbot: QtBot) -> None:
    bar.begin(report(3))
    assert not bar.button.isVisible()
    assert not bar.warning.isVisible()
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar.verdicts, Qt.Key.Key_F)
    assert told.args == [Verdict.FALSE_POSITIVE]
    assert bar.button.isVisible()


def test_more_than_usual_wants_a_look_first(bar: CloseLinkedBar, qtbot: QtBot) -> None:
    chosen: list[object] = []
    bar.chosen.connect(chosen.append)
    bar.begin(report(500))
    assert "500 tickets at once is more than usual" in bar.warning.text()
    QTest.keyClick(bar.verdicts, Qt.Key.Key_F)
    assert chosen == []
    bar.sure.click()
    QTest.keyClick(bar.verdicts, Qt.Key.Key_F)
    assert chosen == [Verdict.FALSE_POSITIVE]


def test_potential_links_are_ticked_off_first(bar: CloseLinkedBar) -> None:
    bar.begin(report(3, unchecked=2))
    assert "2 potential links have not been ticked off" in bar.warning.text()
    assert not bar.sure.isVisible()
    assert not any(button.isEnabled() for button in bar.verdicts.buttons.values())


def test_escape_leaves_everything_as_it_is(bar: CloseLinkedBar, qtbot: QtBot) -> None:
    bar.begin(report(3))
    with qtbot.waitSignal(bar.left):
        QTest.keyClick(bar.verdicts, Qt.Key.Key_Escape)
    assert bar.button.isVisible()
