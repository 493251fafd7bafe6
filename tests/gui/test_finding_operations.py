from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput, TriageError
from triage_app.gui import finding_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.finding_operations import Later, NewTicket
from triage_app.gui.screens import settle
from triage_app.services.queries import CountViews, ListTicketIds, ViewCounts
from triage_app.services.search_commands import SaveView
from triage_app.services.search_shapes import StoredView


def test_what_is_typed_last_is_what_is_read(opened: OpenedDesk) -> None:
    told: list[int] = []
    for text in ("a", "a b", "a b c"):
        finding_operations.read_query(
            opened.desk, text, len(text), lambda reading: told.append(len(reading.chips)), lambda _error: None
        )
    settle(opened)
    assert told == [3]


def test_a_view_is_saved_renamed_counted_and_removed(opened: OpenedDesk) -> None:
    desk = opened.desk
    view = StoredView("logins", "is:open account", "-age", desk.app.user, desk.now())
    refused: list[TriageError] = []
    told: list[object] = []
    finding_operations.save_view(desk, view, told.append, refused.append)
    finding_operations.rename_view(desk, view, "accounts", told.append, refused.append)
    settle(opened)
    (found,) = desk.app.ask(CountViews()).saved
    assert (found.view.name, found.view.query, found.view.sort) == ("accounts", "is:open account", "-age")
    finding_operations.remove_view(desk, "accounts", told.append)
    settle(opened)
    assert desk.app.ask(CountViews()).saved == ()
    assert len(told) == 3
    assert refused == []


def test_the_saved_views_are_counted_apart_from_the_views(opened: OpenedDesk) -> None:
    told: list[ViewCounts] = []
    opened.desk.app.execute(SaveView(name="logins", query="account"))
    settle(opened)
    finding_operations.count_saved(opened.desk, told.append)
    settle(opened)
    assert [each.view.name for each in told[0].saved] == ["logins"]


def test_tickets_are_put_off_followed_up_and_brought_back(opened: OpenedDesk) -> None:
    desk = opened.desk
    ids = desk.app.ask(ListTicketIds(limit=2)).ids
    done: list[int] = []
    finding_operations.snooze(desk, ids, Later(on_change=True), lambda outcome: done.append(outcome.done))
    settle(opened)
    assert desk.app.ask(CountViews()).waiting == 2
    finding_operations.wake(desk, ids, lambda outcome: done.append(outcome.done))
    finding_operations.follow_up(desk, ids, Later("2d"), lambda outcome: done.append(outcome.done))
    settle(opened)
    assert desk.app.ask(CountViews()).waiting == 0
    assert done == [2, 2, 2]


def test_a_ticket_is_made_and_what_cannot_be_made_says_why(opened: OpenedDesk) -> None:
    rows: list[str] = []
    refused: list[TriageError] = []
    new = NewTicket("Badge reader", "Door 4 stays shut.", category="Spam")
    finding_operations.add_ticket(opened.desk, new, lambda row: rows.append(row.category), refused.append)
    finding_operations.add_ticket(
        opened.desk, NewTicket("Badge", category="Nowhere"), lambda row: rows.append(row.category), refused.append
    )
    settle(opened)
    assert rows == ["Spam"]
    assert isinstance(refused[0], InvalidInput)


def test_a_category_is_suggested_for_a_text(opened: OpenedDesk) -> None:
    told: list[str] = []
    finding_operations.suggest_category(
        opened.desk, "Please verify your account", lambda answer: told.append(answer.label)
    )
    settle(opened)
    assert len(told) == 1
    assert told[0]


def test_what_linking_would_do_is_asked_without_doing_it(opened: OpenedDesk) -> None:
    ids = opened.desk.app.ask(ListTicketIds(limit=3)).ids
    told: list[int] = []
    finding_operations.plan_link(
        opened.desk, ids, Level.LINK, lambda plan: told.append(len(plan.others)), lambda _error: None
    )
    settle(opened)
    assert told == [2]
    assert opened.desk.app.ask(ListTicketIds(limit=3)).ids == ids
