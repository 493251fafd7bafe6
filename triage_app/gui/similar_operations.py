"""One function for each thing that a user does about similar tickets: it starts the job behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage_app.domain.ticket import TicketId
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Outcome, Progressed, decide
from triage_app.services.search_commands import DecideLike
from triage_app.services.search_queries import GetCampaign, GetSimilar, SimilarList

MOST = 20
"""Similar tickets that are listed, the most alike."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which similar tickets are wanted: `open` or `past` ones (empty: both), of a category (empty: of all)."""

    status: str = ""
    category: str = ""


EVERYTHING = Sought()


def load_similar(
    desk: Desk, ticket: TicketId, sought: Sought, done: Done[SimilarList], failed: Failed
) -> Job[SimilarList]:
    """Find what is like a ticket; a newer request drops this one."""
    query = GetSimilar(what=str(ticket), limit=MOST, status=sought.status, category=sought.category)
    return desk.jobs.start(
        "similar", Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def count_pattern(desk: Desk, ticket: TicketId, done: Done[int], failed: Failed) -> Job[int]:
    """Count the tickets that follow one pattern with a ticket, and itself; a newer request drops this one."""
    query = GetCampaign(id=ticket, limit=1)
    return desk.jobs.start(
        "count-pattern",
        Lane.ASK,
        lambda _progress, cancel: desk.app.ask(query, cancel=cancel).total,
        done,
        failed=failed,
    )


def decide_like(
    desk: Desk, ids: Sequence[TicketId], other: TicketId, done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Decide these tickets as another one was decided."""
    return decide(desk, ids, lambda ticket: DecideLike(id=ticket, other=other), done, progressed)
