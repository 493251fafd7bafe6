from dataclasses import replace
from datetime import timedelta

from tests.adapters.storage.samples import NOW, add_raws, closed, link, new_ticket
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.pattern import NO_PATTERN, Pattern
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import SimilarCount

INVOICES = Pattern("invoice <number> is due", "")


def add_followers(storage: SqlStorage, count: int, pattern: Pattern) -> None:
    """Store that many tickets of a pattern, a minute apart."""
    with storage.write() as uow:
        plain = [new_ticket(raw) for raw in add_raws(uow, count)]
        uow.tickets.add(
            [
                replace(
                    each, received_at=NOW + timedelta(minutes=place), analysis=replace(each.analysis, pattern=pattern)
                )
                for place, each in enumerate(plain)
            ]
        )


def test_a_campaign_counts_all_its_tickets_and_the_open_ones_that_stand_on_their_own(storage: SqlStorage) -> None:
    # given six of a pattern and one of another; one is closed, one linked under another, one taken back
    add_followers(storage, 6, INVOICES)
    add_followers(storage, 1, Pattern("news of the week", ""))
    with storage.write() as uow:
        uow.tickets.set_state(TicketId(2), closed())
        uow.duplicates.add_link(link(TicketId(1), TicketId(3)))
        uow.tickets.remove(TicketId(6))
    # then
    with storage.read() as uow:
        assert uow.campaigns.count(INVOICES) == SimilarCount(open=3, past=2)
        assert uow.campaigns.span(INVOICES) == (NOW, NOW + timedelta(minutes=4))


def test_a_pattern_that_nobody_follows_counts_nothing(storage: SqlStorage) -> None:
    add_followers(storage, 1, INVOICES)
    with storage.write() as uow:
        uow.tickets.remove(TicketId(1))
    with storage.read() as uow:
        assert uow.campaigns.count(INVOICES) == SimilarCount(0, 0)
        assert uow.campaigns.span(INVOICES) is None
        for pattern in (Pattern("no such thing", ""), NO_PATTERN):
            assert uow.campaigns.count(pattern) == SimilarCount(0, 0)
            assert uow.campaigns.span(pattern) is None
