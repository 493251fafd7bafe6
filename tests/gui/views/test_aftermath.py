from tests.gui.labelling import blast_radius, promise
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.labelling_wording import would_change
from triage_app.gui.screens import settle
from triage_app.services.learning_queries import GetBlastRadius


def test_a_correction_asks_what_it_would_change_and_only_the_last_answer_counts(opened: OpenedDesk) -> None:
    window = opened.window
    aftermath, bar = window.aftermath, window.queue.learnt_bar
    ticket = window.queue.current
    assert ticket is not None
    # given a correction
    aftermath.corrected(ticket, "Phishing")
    # when answers come about another ticket, and about this one
    aftermath.show_radius(blast_radius(3, ticket=int(ticket) + 1))
    assert bar.isHidden()
    aftermath.show_radius(blast_radius(14, ticket=ticket))
    # then the bar says it, takes no keyboard, and leads to the list
    assert bar.text.text() == "Learnt now, 14 open tickets would change"
    assert window.queue.list.hasFocus()
    bar.look_button.click()
    assert aftermath.panel.isVisible()
    aftermath.panel.overlay.close()
    # and what is taken back is not talked about any more
    aftermath.forget()
    assert bar.isHidden()


def test_correcting_in_the_queue_starts_the_question_and_undo_ends_it(opened: OpenedDesk) -> None:
    window = opened.window
    told: list[tuple[object, str]] = []
    window.decisions.corrected.connect(lambda which, label: told.append((which, label)))
    first = window.queue.current
    window.do("correct-4")
    settle(opened)
    assert told == [(first, "Spam")]
    window.queue.learnt_bar.say("Learnt now")
    window.do("undo")
    settle(opened)
    assert window.queue.learnt_bar.isHidden()


def test_a_broken_promise_is_a_bar_until_it_is_dismissed_and_another_one_is_said_again(opened: OpenedDesk) -> None:
    aftermath, bar = opened.window.aftermath, opened.window.queue.broken_bar
    aftermath.show_promise(promise(broken=()))
    assert bar.isHidden()
    aftermath.show_promise(promise())
    assert bar.text.text().startswith("Phishing was right for 61% lately")
    bar.close_button.click()
    aftermath.show_promise(promise())
    assert bar.isHidden()
    aftermath.show_promise(promise(broken=("Phishing", "DeviceLost")))
    assert bar.isVisible()
    # and it leads to where it can be mended
    bar.look_button.click()
    settle(opened)
    assert opened.window.screens.currentWidget() is opened.window.learning


def test_a_ticket_named_elsewhere_is_opened_in_the_queue(opened: OpenedDesk) -> None:
    window = opened.window
    last = window.queue.table.id_at(window.queue.table.rowCount() - 1)
    assert last is not None
    window.do("go-learning")
    settle(opened)
    window.aftermath.panel.opened.emit(last)
    settle(opened)
    assert window.screens.currentWidget() is window.splitter
    assert window.queue.current == last
    # and one that is gone is said
    window.open_ticket(TicketId(999_999))
    settle(opened)
    assert "not there any more" in window.toast.text.text()


def test_what_a_correction_would_change_is_what_the_app_answers(opened: OpenedDesk) -> None:
    # given a correction that is stored
    window = opened.window
    ticket = window.queue.current
    assert ticket is not None
    window.do("correct-4")
    settle(opened)
    # when the desk has asked
    window.aftermath.ask_now()
    settle(opened)
    # then it says what the app answers, and shows each change
    radius = opened.desk.app.ask(GetBlastRadius(id=ticket, label="Spam"))
    assert radius.changes, "the sample has tickets that would change"
    assert window.queue.learnt_bar.text.text() == would_change(radius)
    window.aftermath.show_changes()
    settle(opened)
    panel = window.aftermath.panel
    assert panel.list.topLevelItemCount() == len(radius.changes)
    assert "text" in panel.alike.text()
    panel.overlay.close()
