"""A month's figures and the gate's promise, as a person reads them on a terminal."""

from triage_app.cli.tables import plain, table, unlinked
from triage_app.services.learning_shapes import MonthReport, Promise
from triage_app.services.month_pages import NOTE, share_of, share_words, summary, tables


def month(report: MonthReport) -> str:
    """The month in a few sentences, what to do next, then its tables."""
    blocks = [plain(f"{report.dataset}, {report.month}"), "\n".join(map(plain, summary(report)))]
    blocks.append("\n".join(["next", *(f"- {plain(each)}" for each in report.next)]))
    for heading, columns, rows in tables(report):
        blocks.append(f"{plain(heading)}\n{table(columns, [[unlinked(cell) for cell in row] for row in rows])}")
    return "\n\n".join([*blocks, NOTE])


def promise(found: Promise) -> str:
    """Each label with what people decided, then a sentence for each that is broken."""
    if not found.model_id:
        return f"{plain(found.dataset)} has no model yet, so nothing is promised."
    head = f"{plain(found.dataset)}, {plain(found.model_id)}: wanted are {found.wanted:.0%} right"
    if not found.labels:
        return f"{head}\nNobody has decided on an answer of this version yet."
    rows = [
        [plain(each.label), share_words(share_of(each)), "broken" if each.broken else "yes"] for each in found.labels
    ]
    return "\n\n".join([head, table(["label", "right", "kept"], rows), *map(plain, found.broken)])
