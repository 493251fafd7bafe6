"""One function for each thing that a user does about duplicates and their rules: it starts the job behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.item import RawId
from triage_app.domain.ticket import TicketId, TicketRow, Verdict
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Outcome, Progressed, decide
from triage_app.services.arguments import Command, Query
from triage_app.services.commands import (
    CheckLink,
    CloseLinked,
    CloseReport,
    Linked,
    LinkTickets,
    RulesSaved,
    SaveDedupRules,
    SplitRepeat,
    Unlinked,
    UnlinkTicket,
)
from triage_app.services.context import CancelToken, Progress
from triage_app.services.dedup_queries import (
    CheckDedupRules,
    DesignWindow,
    DuplicateTree,
    ExplainDedup,
    Explanation,
    GapReport,
    GetDuplicates,
    ListDedupRules,
    PlanCloseLinked,
    RuleCheck,
    RuleList,
    SimulateDedup,
    Simulation,
)

T = TypeVar("T")


def _ask(desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def _do(desk: Desk, kind: str, command: Command[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )


# -- duplicates ----------------------------------------------------------------------------------------------------


def load_duplicates(desk: Desk, ticket: TicketId, done: Done[DuplicateTree], failed: Failed) -> Job[DuplicateTree]:
    """Read the group of a ticket; a newer request drops this one."""
    return _ask(desk, "duplicates", GetDuplicates(id=ticket), done, failed)


def link(desk: Desk, ids: Sequence[TicketId], level: Level, done: Done[Linked]) -> Job[Linked]:
    """Say that these tickets are the same."""
    return _do(desk, "link", LinkTickets(ids=tuple(ids), level=level), done)


def unlink(
    desk: Desk, ids: Sequence[TicketId], done: Done[Outcome], progressed: Progressed | None = None
) -> Job[Outcome]:
    """Take these tickets out of their groups."""
    return decide(desk, ids, lambda ticket: UnlinkTicket(id=ticket), done, progressed)


def unlink_pair(desk: Desk, ticket: TicketId, other: TicketId, done: Done[Unlinked]) -> Job[Unlinked]:
    """Take away what links these two."""
    return _do(desk, "unlink", UnlinkTicket(id=ticket, other=other), done)


def split(desk: Desk, raw: RawId, done: Done[Unlinked]) -> Job[Unlinked]:
    """Make a ticket of its own from a merged repeat."""
    return _do(desk, "split", SplitRepeat(id=raw), done)


def check_link(desk: Desk, which: LinkId, done: Done[TicketRow]) -> Job[TicketRow]:
    """Tick off a potential link."""
    return _do(desk, "check-link", CheckLink(id=which), done)


def plan_close_linked(desk: Desk, ticket: TicketId, done: Done[CloseReport], failed: Failed) -> Job[CloseReport]:
    """Ask what closing with all linked duplicates would do, after all that was decided before is done."""
    return desk.jobs.start(
        "plan-close-linked",
        Lane.DO,
        lambda _progress, cancel: desk.app.ask(PlanCloseLinked(id=ticket), cancel=cancel),
        done,
        failed=failed,
    )


def close_linked(
    desk: Desk, ticket: TicketId, verdict: Verdict, done: Done[CloseReport], failed: Failed
) -> Job[CloseReport]:
    """Close a ticket with all that is linked under it, as one step."""
    return _do(desk, "close-linked", CloseLinked(id=ticket, verdict=verdict), done, failed)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a ticket is, or two are, a duplicate or not, and the names of the rules by which it was decided."""

    explanation: Explanation
    deciders: frozenset[str]


def explain(desk: Desk, ticket: TicketId, other: TicketId | None, done: Done[Reasons], failed: Failed) -> Job[Reasons]:
    """Ask every rule about a ticket, or about two; a newer request drops this one."""

    def work(_progress: Callable[[Progress], None], cancel: CancelToken) -> Reasons:
        explanation = desk.app.ask(ExplainDedup(id=ticket, other=other), cancel=cancel)
        return Reasons(explanation, deciders(desk.app.ask(GetDuplicates(id=ticket), cancel=cancel), ticket, other))

    return desk.jobs.start("explain", Lane.ASK, work, done, failed=failed)


def deciders(tree: DuplicateTree, ticket: TicketId, other: TicketId | None) -> frozenset[str]:
    """Who decided: by whom the two are linked; of one ticket, by whom it came under another, and what was merged."""
    if other is not None:
        return frozenset(link.by for link in tree.links if {link.ticket.id, link.here} == {ticket, other})
    under = {link.by for link in tree.links if ticket == (link.here if link.is_first else link.ticket.id)}
    return frozenset(under | {repeat.rule for repeat in tree.repeats if tree.first.id == ticket})


# -- rules ---------------------------------------------------------------------------------------------------------


def load_rules(desk: Desk, done: Done[RuleList], failed: Failed) -> Job[RuleList]:
    """Read the rules in force and what they did."""
    return _ask(desk, "rules", ListDedupRules(), done, failed)


def check_rules(desk: Desk, text: str, done: Done[RuleCheck], failed: Failed) -> Job[RuleCheck]:
    """Ask whether a text could be put in force; a newer request drops this one."""
    return _ask(desk, "check-rules", CheckDedupRules(text=text), done, failed)


def save_rules(desk: Desk, text: str, done: Done[RulesSaved], failed: Failed) -> Job[RulesSaved]:
    """Put a text in force."""
    return _do(desk, "save-rules", SaveDedupRules(text=text), done, failed)


def simulate(
    desk: Desk, text: str | None, since: str, done: Done[Simulation], failed: Failed, progressed: Progressed
) -> Job[Simulation]:
    """Replay a draft (None: the rules in force) over stored items without writing anything."""

    return desk.jobs.start(
        "simulate",
        Lane.LONG,
        lambda progress, cancel: desk.app.ask(SimulateDedup(rules=text, since=since), progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


def design_window(
    desk: Desk, rule: str, text: str | None, since: str, done: Done[GapReport], failed: Failed, progressed: Progressed
) -> Job[GapReport]:
    """Ask for the gaps between arrivals for each key of a rule of a draft (None: of the rules in force)."""
    return desk.jobs.start(
        "design-window",
        Lane.LONG,
        lambda progress, cancel: desk.app.ask(
            DesignWindow(rule=rule, rules=text, since=since), progress=progress, cancel=cancel
        ),
        done,
        failed=failed,
        progressed=progressed,
    )
