"""Similar tickets, and two of them side by side, as a person reads them on a terminal."""

from collections.abc import Sequence

from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.ticket import TicketRow
from triage_app.services.search_queries import ComparedValue, Comparison, Parts, SimilarList, SimilarTicket

MOST_VALUES = 40
MOST_WORDS = 20
LONGEST_NOTE = 200


def similar(found: SimilarList) -> str:
    """A row for each ticket, the most alike first; below it why, and how it was resolved."""
    if not found.similar:
        return "Nothing is similar."
    header = ["id", "score", "age", "status", "category", "assignee", "subject", "sender"]
    head, *rows = table(header, [_row(each) for each in found.similar]).splitlines()
    lines = [head]
    for row, each in zip(rows, found.similar, strict=True):
        lines.append(row)
        lines.extend(f"    {text}" for text in _below(each))
    blocks = ["\n".join(lines)]
    if found.open or found.past:
        blocks.append(f"Counted in the queue, marked *: {found.open:,} open, {found.past:,} past.")
    return "\n\n".join(blocks)


def comparison(found: Comparison) -> str:
    """How alike and why, what both have, and what only one of them has."""
    rows = [_field(name, here, there) for name, here, there in _fields(found.ticket, found.other)]
    why = "; ".join(unlinked(each) for each in found.reasons) or "nothing in common"
    blocks = [
        f"{found.score:.2f}  {why}\n{_parts(found.parts)}",
        table(["", f"ticket {found.ticket.id}", f"ticket {found.other.id}"], rows),
    ]
    for title, values in (
        ("both have", found.both),
        (f"only ticket {found.ticket.id} has", found.only_here),
        (f"only ticket {found.other.id} had", found.only_there),
    ):
        if values:
            blocks.append(_values(title, values))
    for ticket, words in ((found.ticket, found.words_here), (found.other, found.words_there)):
        if words:
            blocks.append(f"words only in ticket {ticket.id}: {unlinked(', '.join(words[:MOST_WORDS]))}")
    if found.note:
        blocks.append(f"how ticket {found.other.id} was resolved: {unlinked(found.note)}")
    return "\n\n".join(blocks)


def _row(each: SimilarTicket) -> list[str]:
    state = each.verdict or each.status
    return [
        f"{each.id}{'*' if each.strong else ''}",
        f"{each.score:.2f}",
        _age(each.age_days),
        state.replace("_", " "),
        plain(each.category),
        plain(each.assignee),
        unlinked(each.subject),
        unlinked(each.sender),
    ]


def _below(each: SimilarTicket) -> list[str]:
    lines = ["; ".join(unlinked(reason) for reason in each.reasons)] if each.reasons else []
    if each.note:
        short = " ".join(each.note.split())
        cut = f"{short[: LONGEST_NOTE - 1]}…" if len(short) > LONGEST_NOTE else short
        lines.append(f"note: {unlinked(cut)}")
    return lines


def _age(days: float) -> str:
    """How long before the ticket that was asked about; a + for one that came after it."""
    later, size = "+" if days < 0 else "", abs(days)
    if size >= 1:
        return f"{later}{size:,.0f} d"
    minutes = round(size * 24 * 60)
    return f"{later}{minutes // 60} h" if minutes >= 60 else f"{later}{minutes} min"


def _parts(parts: Parts) -> str:
    return (
        f"observables {parts.observables:.2f}, text {parts.text:.2f}, fields {parts.fields:.2f}, time {parts.time:.2f}"
    )


def _fields(here: TicketRow, there: TicketRow) -> Sequence[tuple[str, str, str]]:
    return [
        ("subject", here.subject, there.subject),
        ("sender", here.sender, there.sender),
        ("received", f"{here.received_at:%Y-%m-%d %H:%M}Z", f"{there.received_at:%Y-%m-%d %H:%M}Z"),
        ("status", _state(here), _state(there)),
        ("category", here.category, there.category),
        ("severity", here.severity.word, there.severity.word),
        ("assignee", here.assignee, there.assignee),
    ]


def _state(row: TicketRow) -> str:
    return (row.verdict or row.status).replace("_", " ")


def _field(name: str, here: str, there: str) -> list[str]:
    return [name, unlinked(here), unlinked(there)]


def _values(title: str, values: Sequence[ComparedValue]) -> str:
    rows = [
        [each.kind.replace("_", " "), unlinked(each.value), f"{each.tickets:,}" if each.tickets else ""]
        for each in values[:MOST_VALUES]
    ]
    more = len(values) - MOST_VALUES
    shown = f"{title}\n{table(['kind', 'value', 'tickets'], rows)}"
    return f"{shown}\n{more} more: `--json` has them all." if more > 0 else shown
