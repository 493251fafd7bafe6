"""Campaigns, observables' pages and what queries mean, as a person reads them on a terminal."""

from collections.abc import Sequence

from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.ticket import Status, TicketRow, Verdict
from triage_app.services.search_queries import Campaign, CampaignMember, Pivot, QueryReading

LONGEST_VALUE = 60
MOST_ROWS = 40


def campaign(found: Campaign) -> str:
    """A campaign: how large it is, the template, then a row for each ticket with what stands in the slots."""
    follow = [each for each in found.members if each.follows]
    strangers = len(found.members) - len(follow)
    blocks = [
        f"{found.total} tickets, {found.open} open, {found.first:%Y-%m-%d %H:%M}Z to {found.last:%Y-%m-%d %H:%M}Z",
        _indented(found.template) if found.template.strip() else "There is no text.",
    ]
    if found.subjects_only:
        blocks.append(
            f"The texts of the {len(found.members)} that were read are too different: only subjects are compared."
        )
    elif strangers:
        blocks.append(f"{strangers} of the {len(found.members)} that were read have another text.")
    if found.slots:
        rows = [[each.name, each.kind, str(each.values)] for each in found.slots]
        blocks.append(table(["slot", "holds", "different values"], rows))
    blocks.append(_members(found, [*follow, *(each for each in found.members if not each.follows)]))
    return "\n\n".join(blocks)


def _members(found: Campaign, members: Sequence[CampaignMember]) -> str:
    has_recipients = any(each.recipients for each in members)
    to = ["to"] if has_recipients else []
    header = ["id", "received", "status", "sender", *to, *(each.name for each in found.slots)]
    rows = [
        [
            str(each.ticket),
            f"{each.received_at:%Y-%m-%d %H:%M}",
            _state(each.status, each.verdict),
            unlinked(each.sender),
            *([unlinked("; ".join(each.recipients))] if has_recipients else []),
            *(unlinked(value[:LONGEST_VALUE]) for value in each.values),
        ]
        for each in members[:MOST_ROWS]
    ]
    more = len(members) - MOST_ROWS
    return table(header, rows) + (f"\n\n{more} more rows: `--json` has them all." if more > 0 else "")


def pivot(found: Pivot) -> str:
    """An observable: how often and when it was seen, what became of its tickets, what appears with it."""
    marks = [
        name for name, holds in (("own", found.own), ("allowed", found.allowed), ("ignored", found.ignored)) if holds
    ]
    name = f"{found.kind.replace('_', ' ')}  {plain(found.defanged)}"
    blocks = [f"{name}  ({', '.join(marks)})" if marks else name]
    if found.first is None or found.last is None:
        return "\n\n".join([*blocks, "It is in no ticket."])
    seen = f"{found.total} tickets, first seen {found.first:%Y-%m-%d %H:%M}Z, last seen {found.last:%Y-%m-%d %H:%M}Z"
    of = "" if found.counted == found.total else f" (of the newest {found.counted})"
    figures = [
        ("open", str(found.open)),
        ("categories", _counts(found.categories)),
        ("verdicts", _counts(found.verdicts)),
    ]
    blocks.append("\n".join([seen, *(f"{name + of}: {text}" for name, text in figures if text)]))
    if found.tickets:
        header = ["id", "received", "status", "category", "subject", "sender"]
        blocks.append(f"tickets\n{table(header, [_ticket(each) for each in found.tickets])}")
    if found.neighbours:
        limited = "" if found.looked_at == found.total else f" (in the newest {found.looked_at} tickets)"
        rows = [
            [each.kind.value.replace("_", " "), plain(each.defanged), str(each.together), str(each.tickets)]
            for each in found.neighbours
        ]
        blocks.append(f"appears with{limited}\n{table(['kind', 'value', 'together', 'tickets'], rows)}")
    return "\n\n".join(blocks)


def _ticket(row: TicketRow) -> list[str]:
    return [
        str(row.id),
        f"{row.received_at:%Y-%m-%d %H:%M}",
        _state(row.status, row.verdict),
        plain(row.category),
        unlinked(row.subject),
        unlinked(row.sender),
    ]


def _state(status: Status, verdict: Verdict | None) -> str:
    return (verdict or status).replace("_", " ")


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{plain(name).replace('_', ' ')} {number}" for name, number in counts)


def _indented(text: str) -> str:
    return "\n".join(f"    {unlinked(line)}".rstrip() for line in text.splitlines())


def query(found: QueryReading) -> str:
    """What a query means: its parts, all of which must hold, then what is wrong with it and how it could go on."""
    blocks = []
    if found.chips:
        rows = [
            [f"{each.start + 1}-{each.end}", "not" if each.excluded else "", each.field or "words", plain(each.value)]
            for each in found.chips
        ]
        blocks.append(table(["characters", "", "field", "value"], rows))
    if found.problem is not None:
        blocks.append(f"At character {found.problem.start + 1}: {plain(found.problem.message)}")
    if found.completions:
        rows = [[plain(each.text), plain(each.meaning)] for each in found.completions]
        blocks.append(f"It could go on with:\n{table(['', 'meaning'], rows)}")
    return "\n\n".join(blocks) or "It asks for everything."
