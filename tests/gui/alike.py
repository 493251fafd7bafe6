"""Similar tickets made by hand for tests of the desk."""

from dataclasses import replace
from typing import Any

from tests.gui.groups import NOW
from triage_app.domain.ticket import Status, TicketId
from triage_app.services.search_queries import Parts, SimilarList, SimilarTicket

HIT = SimilarTicket(
    TicketId(0), 0.62, Parts(0.5, 0.7, 0.2, 0.9), ("same attachment, seen in 3 tickets", "71 % of words"), True,
    "Invoice overdue", "billing@partner.example", Status.NEW, None, "Phishing", "", "", 3.0, NOW, 0,
)  # fmt: skip


def a_hit(ticket: int, **fields: Any) -> SimilarTicket:
    """A similar ticket."""
    return replace(HIT, id=TicketId(ticket), **fields)


def a_list(*hits: SimilarTicket, still_open: int = 3, past: int = 12) -> SimilarList:
    """An answer."""
    return SimilarList(hits, still_open, past)
