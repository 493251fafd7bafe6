"""The texts that a dataset's model reads of many tickets: from memory, or from their items."""

from collections.abc import Iterator, Sequence

from triage_app.domain.labels import Dataset
from triage_app.domain.parsing import parse
from triage_app.domain.ticket import TicketId
from triage_app.services.analysis import model_text
from triage_app.services.context import CancelToken
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.text_memory import LENGTH

LOOKED_AT = 2_000
"""Open tickets that are looked at, the newest: read from their items they take about half a second."""


def read_texts(
    uow: UnitOfWork, ports: Ports, ids: Sequence[TicketId], dataset: Dataset, cancel: CancelToken
) -> Iterator[tuple[TicketId, str]]:
    """The whole prepared texts of tickets, in no order; what became of no item is left out. Stops when asked to."""
    mappings = ports.mappings.load()
    for item in uow.candidates.first_items(ids):
        cancel.check()
        yield item.ticket, model_text(parse(item.content, item.form, near=item.received_at, mappings=mappings), dataset)


def texts_of(
    uow: UnitOfWork, ports: Ports, ids: Sequence[TicketId], dataset: Dataset, cancel: CancelToken
) -> dict[TicketId, str]:
    """The beginnings of the prepared texts of tickets, in the order given; those read once are remembered."""
    mappings = ports.mappings.load()
    wanted = dict.fromkeys(ids)
    known = ports.texts.known(dataset, wanted, mappings)
    fresh = dict(read_texts(uow, ports, [each for each in wanted if each not in known], dataset, cancel))
    ports.texts.keep(dataset, fresh, mappings)
    known |= {each: text[:LENGTH] for each, text in fresh.items()}
    return {each: known[each] for each in wanted if each in known}
