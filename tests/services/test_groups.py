"""What a group of duplicates is made of."""

from tests.fakes.workbench import Item, workbench
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import LinkTickets
from triage_app.services.groups import first_of, unchecked_links, waiting_words

ONE, TWO, THREE = TicketId(1), TicketId(2), TicketId(3)


def test_every_ticket_of_a_group_names_its_first_and_only_potential_links_wait() -> None:
    with workbench() as bench:
        # given two links, one of which is only a possibility
        bench.intake(*[Item("", "")] * 3)
        bench.app.execute(LinkTickets((ONE, TWO)))
        bench.app.execute(LinkTickets((ONE, THREE), level=Level.NOTE))
        with bench.storage.read() as uow:
            # then
            assert [first_of(uow, each) for each in (ONE, TWO, THREE)] == [ONE, ONE, ONE]
            assert [each.other for each in unchecked_links(uow, ONE)] == [THREE]
            assert not unchecked_links(uow, THREE)


def test_the_sentence_counts_what_waits() -> None:
    assert "1 potential link that is" in waiting_words(ONE, 1)
    assert "2 potential links that are" in waiting_words(ONE, 2)
