"""What corrections tell, as a person reads it on a terminal: audit, review queue, second looks, blast radius."""

from triage_app.cli.tables import plain, table, unlinked
from triage_app.services.learning_shapes import BlastRadius, LabelAudit, LabelTold, ReviewQueue, SecondLooks

NAMED = 20
"""Tickets that a line names."""


def audit(found: LabelAudit) -> str:
    """The suspects, the labels that overlap, and how far people agree."""
    suspects = [
        [
            f"{each.doubt:.2f}",
            f"ticket {each.ticket}" if each.ticket else f"line {each.line}",
            plain(each.label),
            plain(each.likely),
            plain(each.who) or "-",
            unlinked(each.excerpt),
        ]
        for each in found.suspects
    ]
    overlaps = [[plain(each.label), plain(each.other), f"{each.share:.1%}", str(each.n)] for each in found.overlaps]
    agreement = [[plain(each.label), f"{each.kappa:.2f}", str(each.n)] for each in found.agreement]
    blocks = [
        f"{plain(found.dataset)}: {found.examined:,} examples and corrections were judged by models of the others."
    ]
    if suspects:
        blocks.append("probably wrong\n" + table(["doubt", "where", "label", "rather", "who", "text"], suspects))
    else:
        blocks.append("None of them looks wrong.")
    if overlaps:
        blocks.append("labels that overlap\n" + table(["label", "is often", "share", "texts"], overlaps))
    if agreement:
        blocks.append("agreement of two people\n" + table(["label", "kappa", "double reviews"], agreement))
    return "\n\n".join(blocks)


def review_queue(queue: ReviewQueue) -> str:
    """A line for each kind of text."""
    if not queue.items:
        return f"Nothing to label: no open ticket of {plain(queue.dataset)} is without a person's word."
    rows = [
        [
            str(each.ticket),
            f"{each.score:.2f}",
            f"{each.uncertainty:.2f}",
            str(each.size),
            plain(each.label),
            f"{each.confidence:4.0%}",
            unlinked(each.subject),
        ]
        for each in queue.items
    ]
    looked_at = f"{queue.open:,} open tickets that nobody has reviewed"
    if queue.looked_at < queue.open:
        looked_at = f"the newest {queue.looked_at:,} of {looked_at}"
    shown = table(["ticket", "worth", "doubt", "alike", "suggested", "conf", "subject"], rows)
    return f"{shown}\n\n{len(rows)} kinds of text among {looked_at}"


def label_told(told: LabelTold) -> str:
    """Which tickets got the label, or would get it."""
    named = ", ".join(map(str, told.tickets[:NAMED]))
    more = f" and {len(told.tickets) - NAMED:,} more" if len(told.tickets) > NAMED else ""
    verb = "would get" if told.planned else "got"
    tickets = "1 ticket" if len(told.tickets) == 1 else f"{len(told.tickets):,} tickets"
    return f"{tickets} {verb} the label {plain(told.label)}: {named}{more}"


def second_looks(waiting: SecondLooks) -> str:
    """A line for each ticket, without what was said before."""
    if not waiting.looks:
        return "No ticket waits for your second opinion."
    rows = [[str(each.ticket), plain(each.dataset), unlinked(each.subject)] for each in waiting.looks]
    return table(["ticket", "dataset", "subject"], rows)


def blast_radius(radius: BlastRadius) -> str:
    """What would change, then what was done to find out."""
    rows = [
        [
            str(each.ticket),
            plain(each.before),
            f"{each.before_confidence:4.0%}",
            plain(each.after),
            f"{each.after_confidence:4.0%}",
            unlinked(each.subject),
        ]
        for each in radius.changes
    ]
    head = f"{len(rows)} of {radius.open:,} open tickets would get another suggestion."
    shown = [table(["ticket", "now", "conf", "then", "conf", "subject"], rows)] if rows else []
    return "\n\n".join([*shown, head, plain(radius.tried)])
