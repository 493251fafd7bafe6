"""The gate's promise: of a model's answers, as many are right as was wanted, label by label."""

from collections.abc import Iterable
from typing import Final

from triage_app.domain.learning import Correction
from triage_app.domain.proportions import wilson
from triage_app.domain.ticket import TicketId

NEWEST: Final = 200
"""Decisions that count for a label: the last ones, so that it can mend."""

LEAST: Final = 10
"""Decisions below which nothing is said of a label."""


def kept(corrections: Iterable[Correction]) -> tuple[int, int]:
    """(right, n) of the last `NEWEST` tickets that were decided: right where people settled on what the model found.

    Of several decisions on a ticket the newest one by time, then by id, stands; those taken back do not count.
    """
    newest: dict[TicketId, Correction] = {}
    for each in corrections:
        known = newest.get(each.ticket)
        if not each.undone and (known is None or (each.at, each.id) > (known.at, known.id)):
            newest[each.ticket] = each
    last = sorted(newest.values(), key=lambda each: (each.at, each.id), reverse=True)[:NEWEST]
    return sum(each.new == each.best for each in last), len(last)


def is_broken(right: int, n: int, wanted: float) -> bool:
    """Whether the achieved precision is surely below the wanted one: the upper end of its 95 % interval is.

    Never with fewer than `LEAST` decisions.
    """
    return n >= LEAST and wilson(right, n)[1] < wanted
