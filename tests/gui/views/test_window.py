from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.desks import desk_on
from triage_app.domain.ticket import Status, Verdict
from triage_app.gui.actions import ACTIONS
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.app import App
from triage_app.services.queries import CountViews, ExportCorrections, GetTicket, ListTicketIds

MAIL = b"From: a@partner.example\r\nTo: soc@example.org\r\nSubject: Dropped here %d\r\n\r\nI lost my phone.\r\n"


def press(opened: OpenedDesk, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Type keys into whatever has the keyboard."""
    window = opened.window
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or window, key, modifier)
    settle(opened)


def test_the_first_ticket_is_in_hand_and_read(opened: OpenedDesk) -> None:
    window = opened.window
    assert window.queue.table.rowCount() == opened.desk.app.ask(CountViews()).inbox
    assert window.queue.list.currentIndex().row() == 0
    assert window.pane.view is not None
    assert window.pane.view.row.id == window.queue.table.id_at(0)
    assert window.queue.list.hasFocus()


def test_j_and_k_walk(opened: OpenedDesk) -> None:
    press(opened, Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K)
    window = opened.window
    assert window.queue.list.currentIndex().row() == 1
    assert window.pane.view is not None
    assert window.pane.view.row.id == window.queue.current


def test_a_digit_corrects_and_the_next_ticket_is_in_hand(opened: OpenedDesk) -> None:
    window = opened.window
    first, second = window.queue.table.id_at(0), window.queue.table.id_at(1)
    assert first is not None
    press(opened, Qt.Key.Key_4)
    row = opened.desk.app.ask(GetTicket(id=first)).row
    assert (row.category, row.reviewed) == ("Spam", True)
    assert window.queue.current == second
    assert window.pane.view is not None
    assert window.pane.view.row.id == second
    assert opened.desk.app.ask(ExportCorrections()).rows == 1


def test_a_accepts_and_z_takes_it_back(opened: OpenedDesk) -> None:
    window = opened.window
    first = window.queue.current
    assert first is not None
    press(opened, Qt.Key.Key_A)
    assert opened.desk.app.ask(GetTicket(id=first)).row.reviewed
    assert window.toast.isVisible()
    press(opened, Qt.Key.Key_Z)
    assert not opened.desk.app.ask(GetTicket(id=first)).row.reviewed
    assert window.queue.current == first


def test_e_then_a_letter_closes_with_that_verdict_and_undo_brings_it_back(opened: OpenedDesk) -> None:
    window = opened.window
    first, total = window.queue.current, window.queue.table.rowCount()
    assert first is not None
    press(opened, Qt.Key.Key_E)
    assert window.pane.verdicts.isVisible()
    press(opened, Qt.Key.Key_B)
    assert opened.desk.app.ask(GetTicket(id=first)).row.verdict is Verdict.BENIGN_POSITIVE
    assert window.queue.table.rowCount() == total - 1
    assert window.queue.current not in (None, first)
    press(opened, Qt.Key.Key_Z)
    QTest.qWait(1)
    assert opened.desk.app.ask(GetTicket(id=first)).row.status is Status.NEW


def test_escape_leaves_the_verdict_and_the_keyboard_goes_back(opened: OpenedDesk) -> None:
    window = opened.window
    press(opened, Qt.Key.Key_E, Qt.Key.Key_Escape)
    assert not window.pane.verdicts.isVisible()
    assert window.queue.list.hasFocus()
    assert opened.desk.app.ask(CountViews()).closed == 0


def test_m_assigns_to_me_and_the_ticket_stays_in_hand(opened: OpenedDesk) -> None:
    ticket = opened.window.queue.current
    assert ticket is not None
    press(opened, Qt.Key.Key_M)
    assert opened.desk.app.ask(GetTicket(id=ticket)).row.assignee == opened.desk.app.user
    assert opened.window.queue.current == ticket


def test_n_writes_a_note_whose_letters_are_no_commands(opened: OpenedDesk) -> None:
    window = opened.window
    ticket = window.queue.current
    assert ticket is not None
    press(opened, Qt.Key.Key_N)
    assert window.pane.note.isVisible()
    QTest.keyClicks(window.pane.note.text, "a jam zone 4")
    press(opened, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    view = opened.desk.app.ask(GetTicket(id=ticket))
    assert [note.text for note in view.notes] == ["a jam zone 4"]
    assert not view.row.reviewed
    assert window.queue.list.hasFocus()


def test_slash_searches_and_letters_go_into_the_field(opened: OpenedDesk) -> None:
    window = opened.window
    press(opened, Qt.Key.Key_Slash)
    assert window.queue.search.hasFocus()
    QTest.keyClicks(window.queue.search, "laptop")
    press(opened, Qt.Key.Key_Return)
    expected = opened.desk.app.ask(ListTicketIds(query="laptop")).total
    assert 0 < window.queue.table.rowCount() == expected
    assert window.queue.list.hasFocus()


def test_a_search_for_nothing_says_so_and_offers_the_way_back(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    queue.search.setText("zzzzqqq")
    queue.search_now()
    settle(opened)
    assert queue.state_page.isVisible()
    assert "zzzzqqq" in queue.state_page.sentence
    assert opened.window.pane.view is None


def test_marked_tickets_are_decided_together_and_taken_back_together(opened: OpenedDesk) -> None:
    window = opened.window
    press(opened, Qt.Key.Key_X)
    press(opened, Qt.Key.Key_J, modifier=Qt.KeyboardModifier.ShiftModifier)
    press(opened, Qt.Key.Key_J, modifier=Qt.KeyboardModifier.ShiftModifier)
    marked = set(window.queue.state.marked)
    assert len(marked) == 3
    press(opened, Qt.Key.Key_4)
    assert {opened.desk.app.ask(GetTicket(id=ticket)).row.category for ticket in marked} == {"Spam"}
    assert not window.queue.state.marked
    press(opened, Qt.Key.Key_Z)
    assert not any(opened.desk.app.ask(GetTicket(id=ticket)).row.reviewed for ticket in marked)


def test_g_then_a_letter_goes_somewhere(opened: OpenedDesk) -> None:
    window = opened.window
    press(opened, Qt.Key.Key_G, Qt.Key.Key_L)
    assert window.screens.currentWidget() is window.learning
    press(opened, Qt.Key.Key_G, Qt.Key.Key_P)
    assert window.screens.currentWidget() is window.parked
    press(opened, Qt.Key.Key_G, Qt.Key.Key_A)
    assert window.screens.currentWidget() is window.splitter
    assert window.queue.title.text() == "All tickets"


def test_a_command_is_found_by_its_name(opened: OpenedDesk) -> None:
    window = opened.window
    press(opened, Qt.Key.Key_K, modifier=Qt.KeyboardModifier.ControlModifier)
    palette = window.palette_dialog
    assert palette is not None
    assert palette.isVisible()
    QTest.keyClicks(palette.line, "theme: dark")
    press(opened, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert opened.desk.look.theme == "dark"


def test_question_mark_lists_every_key(opened: OpenedDesk) -> None:
    opened.window.do("keys")
    settle(opened)
    page = opened.window.key_help
    assert page is not None
    assert page.isVisible()
    press(opened, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_files_that_are_dropped_are_imported(opened_empty: OpenedDesk, tmp_path: Path) -> None:
    window = opened_empty.window
    assert window.queue.state_page.isVisible()
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(MAIL % number)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / f"{number}.eml")) for number in range(3)])
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(drop)
    settle(opened_empty, 60_000)
    assert opened_empty.desk.app.ask(CountViews()).inbox == 3
    assert window.status.what.text() == "Imported 3 new items"


def test_the_queue_shows_new_tickets_by_itself(opened_empty: OpenedDesk, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "one.eml").write_bytes(MAIL % 1)
    opened_empty.window.work.import_paths([str(tmp_path / "one.eml")])
    qtbot.waitUntil(lambda: opened_empty.window.pane.view is not None, timeout=60_000)
    assert "Dropped here" in opened_empty.window.pane.subject.text()


def test_an_empty_workspace_offers_what_to_do(opened_empty: OpenedDesk) -> None:
    page = opened_empty.window.queue.state_page
    assert page.isVisible()
    assert "import" in page.sentence


def unnamed(window: QWidget) -> list[str]:
    """Widgets that a person can meet and a screen reader cannot name."""
    missing = []
    for widget in window.findChildren(QWidget):
        if widget.objectName().startswith("qt_") or "Private" in type(widget).__name__:
            continue
        if widget.focusPolicy() is Qt.FocusPolicy.NoFocus and not widget.isVisible():
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        said = widget.accessibleName() or interface.text(QAccessible.Text.Name)
        if not said and type(widget).__name__ not in ("QLabel", "QScrollBar", "QSplitterHandle", "QStackedWidget"):
            missing.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return missing


def test_every_widget_has_an_accessible_name(opened: OpenedDesk) -> None:
    for action in (
        "close",
        "note",
        "palette",
        "keys",
        "go-parked",
        "go-learning",
        "go-sources",
        "go-balance",
        "go-inbox",
        "tab-observables",
    ):
        opened.window.do(action)
        settle(opened)
        assert unnamed(opened.window) == []


def test_a_widget_without_a_name_is_noticed(opened: OpenedDesk) -> None:
    from PySide6.QtWidgets import QLineEdit

    line = QLineEdit(opened.window)
    line.show()
    assert unnamed(opened.window) == ["QLineEdit in MainWindow"]


def test_tab_goes_in_reading_order(opened: OpenedDesk) -> None:
    window = opened.window
    window.sidebar.list.setFocus()
    order: list[QWidget] = []
    for _ in range(60):
        widget = QApplication.focusWidget()
        if widget is None or widget in order:
            break
        order.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    wanted = [
        window.sidebar.list,
        window.queue.search,
        window.queue.list,
        window.pane.strip.accept,
        window.pane.tabs.tabBar(),
    ]
    places = [order.index(widget) for widget in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "which",
    [action.id for action in ACTIONS if action.id not in ("quit", "train", "load-demo")],
)
def test_every_action_can_be_done_at_any_time(opened_empty: OpenedDesk, which: str) -> None:
    opened_empty.window.do(which)
    settle(opened_empty, 60_000)
    assert opened_empty.window.isVisible()


@pytest.mark.parametrize(("width", "height", "scale"), [(1024, 700, 1.0), (1440, 900, 2.0), (1920, 1080, 1.5)])
def test_nothing_is_cut_at_any_size(
    demo: App, tmp_path: Path, qtbot: QtBot, width: int, height: int, scale: float
) -> None:
    with desk_on(demo, tmp_path, width=width, height=height, scale=scale) as opened:
        window = opened.window
        assert (window.width(), window.height()) == (width, height)
        for button in (window.pane.strip.accept, window.pane.strip.correct, window.pane.close_button):
            assert button.width() >= button.sizeHint().width() - 2
            right = button.mapTo(window, button.rect().topRight()).x()
            assert right <= width
