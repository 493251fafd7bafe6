"""One function for each thing that a user does to find, put off, make and merge tickets: it starts the job for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage_app.domain.dedup import Level
from triage_app.domain.ticket import Severity, TicketId, TicketRow
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Outcome, Progressed, decide
from triage_app.services.arguments import Command, Query
from triage_app.services.context import CancelToken, Progress
from triage_app.services.queries import Classification, ClassifyText, CountViews, ViewCounts
from triage_app.services.search_commands import AddTicket, FollowUp, RemoveView, SaveView, SnoozeTicket, WakeTickets
from triage_app.services.search_queries import PlanLink, PlannedLink, QueryReading, ReadQuery
from triage_app.services.search_shapes import StoredView

T = TypeVar("T")


def _ask(desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def _do(desk: Desk, kind: str, command: Command[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )


# -- searching -----------------------------------------------------------------------------------------------------


def read_query(desk: Desk, text: str, cursor: int, done: Done[QueryReading], failed: Failed) -> Job[QueryReading]:
    """Ask what a query means and how it could go on at the cursor; a newer request drops this one."""
    return _ask(desk, "read-query", ReadQuery(query=text, cursor=cursor), done, failed)


def count_saved(desk: Desk, done: Done[ViewCounts]) -> Job[ViewCounts]:
    """Count the tickets of the saved views, each of which is a search: apart from the views, which must not wait."""
    return _ask(desk, "saved-counts", CountViews(saved=True), done)


def save_view(desk: Desk, view: StoredView, done: Done[StoredView], failed: Failed) -> Job[StoredView]:
    """Save a query under its name."""
    return _do(desk, "save-view", SaveView(name=view.name, query=view.query, sort=view.sort), done, failed)


def rename_view(desk: Desk, view: StoredView, name: str, done: Done[StoredView], failed: Failed) -> Job[StoredView]:
    """Save a view under another name, and take away the old one."""

    def work(_progress: Callable[[Progress], None], _cancel: CancelToken) -> StoredView:
        made = desk.app.execute(SaveView(name=name, query=view.query, sort=view.sort))
        desk.app.execute(RemoveView(name=view.name))
        return made

    return desk.jobs.start("rename-view", Lane.DO, work, done, failed=failed, replaces=False)


def remove_view(desk: Desk, name: str, done: Done[StoredView]) -> Job[StoredView]:
    """Take a view away."""
    return _do(desk, "remove-view", RemoveView(name=name), done)


# -- putting off ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Later:
    """When tickets are to come back: a time as `SnoozeTicket` takes it (empty: none), or when something changes."""

    until: str = ""
    on_change: bool = False
    why: str = ""


def snooze(
    desk: Desk, ids: Sequence[TicketId], later: Later, done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Put these tickets off."""
    return decide(
        desk,
        ids,
        lambda ticket: SnoozeTicket(id=ticket, until=later.until, until_change=later.on_change, why=later.why),
        done,
        progressed,
    )


def follow_up(
    desk: Desk, ids: Sequence[TicketId], later: Later, done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Have these tickets come back at a time."""
    return decide(desk, ids, lambda ticket: FollowUp(id=ticket, at=later.until, why=later.why), done, progressed)


def wake(
    desk: Desk, ids: Sequence[TicketId], done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Bring these tickets back now."""
    return decide(desk, ids, lambda ticket: WakeTickets(id=ticket), done, progressed)


# -- making and merging --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket made by hand is to hold; without a category it is suggested."""

    subject: str
    text: str = ""
    sender: str = ""
    severity: Severity | None = None
    category: str = ""


def add_ticket(desk: Desk, new: NewTicket, done: Done[TicketRow], failed: Failed) -> Job[TicketRow]:
    """Make a ticket by hand."""
    command = AddTicket(
        subject=new.subject, text=new.text or None, sender=new.sender, severity=new.severity, category=new.category
    )
    return _do(desk, "add-ticket", command, done, failed)


def suggest_category(desk: Desk, text: str, done: Done[Classification]) -> Job[Classification]:
    """Ask what a text would be suggested to be; a newer request drops this one."""
    return _ask(desk, "suggest-category", ClassifyText(text=text), done, lambda _error: None)


def plan_link(
    desk: Desk, ids: Sequence[TicketId], level: Level, done: Done[PlannedLink], failed: Failed
) -> Job[PlannedLink]:
    """Ask what linking these would do; a newer request drops this one."""
    return _ask(desk, "plan-link", PlanLink(ids=tuple(ids), level=level), done, failed)
