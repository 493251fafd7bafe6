"""What a group of duplicates is made of, as intake, decisions and looking need it."""

from collections.abc import Sequence

from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId
from triage_app.services.dedup_shapes import Link
from triage_app.services.ports import UnitOfWork


def first_of(uow: UnitOfWork, ticket: TicketId) -> TicketId:
    """The first ticket of the group that a ticket belongs to: itself where it stands under no other."""
    link = uow.duplicates.above(ticket)
    return ticket if link is None else link.primary


def unchecked_links(uow: UnitOfWork, ticket: TicketId) -> Sequence[Link]:
    """The potential links (level note) of a first ticket that nobody has ticked off or waived."""
    return [
        each
        for each in uow.duplicates.links(ticket)
        if each.primary == ticket and each.level is Level.NOTE and not each.checked
    ]


def waiting_words(ticket: TicketId, number: int) -> str:
    """Why a ticket cannot be closed yet, and what to do."""
    links = "1 potential link that is" if number == 1 else f"{number} potential links that are"
    return (
        f"Ticket {ticket} has {links} not checked yet. Look at each and tick it off, or waive it "
        f"(`check-link`; `duplicates {ticket}` names them), or unlink it."
    )
