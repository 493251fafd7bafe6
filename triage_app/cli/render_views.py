"""Views, what waits and plans of linking, as a person reads them on a terminal."""

from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.ticket import TicketRow
from triage_app.services.queries import ViewCounts
from triage_app.services.search_commands import Woken
from triage_app.services.search_queries import CountedView, PlannedLink
from triage_app.services.search_shapes import Wake

MOST_ROWS = 40


def views(found: ViewCounts) -> str:
    """How many tickets each view holds, then each saved one with its query."""
    names = ("inbox", "review", "mine", "duplicates", "waiting", "closed", "all", "parked")
    lines = [f"{name:<10}  {getattr(found, name):,}" for name in names]
    if not found.saved:
        return "\n".join(lines)
    rows = [[plain(each.view.name), _count(each), plain(each.view.query), plain(each.problem)] for each in found.saved]
    has_problem = any(row[3] for row in rows)
    header = ["saved view", "tickets", "query", *(["problem"] if has_problem else [])]
    return "\n\n".join(["\n".join(lines), table(header, [row[: len(header)] for row in rows])])


def planned_link(plan: PlannedLink) -> str:
    """What linking would do, or why it is refused."""
    if plan.refused:
        return plain(plan.refused)
    whose = [f"{plan.yours} yours"] if plan.yours else []
    whose += [f"{plan.of_others} somebody else's"] if plan.of_others else []
    many = "1 ticket goes" if len(plan.others) == 1 else f"{len(plan.others)} tickets go"
    of_whom = f" ({', '.join(whose)})" if whose else ""
    head = f"{many} under ticket {plan.first.id} as {plan.level}{of_whom}."
    rows = [_row("first", plan.first), *(_row("", each) for each in plan.others[:MOST_ROWS])]
    blocks = [head, table(["", "id", "category", "sev", "status", "assignee", "sender", "subject"], rows)]
    if len(plan.others) > MOST_ROWS:
        blocks.append(f"{len(plan.others) - MOST_ROWS} more tickets: `--json` has them all.")
    if plan.news:
        blocks.append("\n".join(map(plain, plan.news)))
    return "\n\n".join(blocks)


def woken(found: Woken) -> str:
    """Which tickets came back."""
    if not found.tickets:
        return "No ticket's time has come."
    return f"Back: {', '.join(map(str, found.tickets))}"


def wake(found: Wake) -> str:
    """When a ticket comes back, and why."""
    ways = [] if found.until is None else [f"{found.until:%Y-%m-%d %H:%M}Z"]
    ways += ["when something changes"] if found.on_change else []
    what = "follow-up" if found.follow_up else "back"
    return plain(f"{what} {' or '.join(ways)}, set by {found.who}{f': {found.why}' if found.why else ''}")


def _count(each: CountedView) -> str:
    if each.problem:
        return "-"
    return f"{each.tickets:,}{'' if each.exact else '+'}"


def _row(place: str, row: TicketRow) -> list[str]:
    return [
        place,
        str(row.id),
        plain(row.category),
        row.severity.word,
        row.status.replace("_", " "),
        plain(row.assignee),
        unlinked(row.sender),
        unlinked(row.subject),
    ]
