"""One function for each thing that a user does with two tickets side by side, or with a campaign: it starts the job."""

from typing import TypeVar

from triage_app.domain.ticket import Note, TicketId, TicketRow
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed
from triage_app.services.arguments import Command, Query
from triage_app.services.commands import AddNote, Linked, LinkTickets
from triage_app.services.search_commands import DecideLike
from triage_app.services.search_queries import (
    Campaign,
    CompareTickets,
    Comparison,
    GetCampaign,
    GetSimilar,
    SimilarList,
)

T = TypeVar("T")

MEMBERS = 1_000
"""Tickets of a campaign that are read, the newest."""


def compare(desk: Desk, ticket: TicketId, other: TicketId, done: Done[Comparison], failed: Failed) -> Job[Comparison]:
    """Read two tickets side by side; a newer request drops this one."""
    return _ask(desk, "compare", CompareTickets(id=ticket, other=other), done, failed)


def find_most_alike(desk: Desk, ticket: TicketId, done: Done[SimilarList], failed: Failed) -> Job[SimilarList]:
    """Find the one ticket that is most like this one; a newer request drops this one."""
    return _ask(desk, "most-alike", GetSimilar(what=str(ticket), limit=1), done, failed)


def load_campaign(desk: Desk, ticket: TicketId, done: Done[Campaign], failed: Failed) -> Job[Campaign]:
    """Read the campaign of a ticket; a newer request drops this one."""
    return _ask(desk, "campaign", GetCampaign(id=ticket, limit=MEMBERS), done, failed)


def link(desk: Desk, ticket: TicketId, other: TicketId, done: Done[Linked], failed: Failed) -> Job[Linked]:
    """Say that two tickets are the same."""
    return _do(desk, "link", LinkTickets(ids=(ticket, other)), done, failed)


def decide_like(desk: Desk, ticket: TicketId, other: TicketId, done: Done[TicketRow], failed: Failed) -> Job[TicketRow]:
    """Decide a ticket as another one was decided."""
    return _do(desk, "decide-like", DecideLike(id=ticket, other=other), done, failed)


def copy_note(desk: Desk, ticket: TicketId, text: str, done: Done[Note], failed: Failed) -> Job[Note]:
    """Write the note of another ticket on this one."""
    return _do(desk, "copy-note", AddNote(id=ticket, text=text), done, failed)


def _ask(desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def _do(desk: Desk, kind: str, command: Command[T], done: Done[T], failed: Failed) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )
