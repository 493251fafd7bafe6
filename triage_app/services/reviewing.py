"""The review queue, and the label of one ticket given to all that have nearly the same text."""

from collections.abc import Callable

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset
from triage_app.domain.near import near_groups
from triage_app.domain.reviewing import choose, uncertainty
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.labelling import own_label
from triage_app.services.learning_commands import TellCluster
from triage_app.services.learning_queries import GetReviewQueue, PlanTellCluster
from triage_app.services.learning_shapes import LabelTold, ReviewItem, ReviewQueue
from triage_app.services.open_texts import LOOKED_AT, read_texts, texts_of
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.triage import decide_all

NAMED = 100
"""Tickets of a kind that an item names."""

MOST = 1_000


def get_review_queue(query: GetReviewQueue, uow: UnitOfWork, ports: Ports, context: Context) -> ReviewQueue:
    """The open tickets that teach the most, one for each kind of text, of the newest 2,000 that nobody labelled."""
    if not 1 <= query.limit <= MOST:
        raise InvalidInput(f"A review queue has 1 to {MOST:,} lines; {query.limit} were asked for.")
    dataset = ports.datasets.get(query.dataset)
    newest = uow.candidates.newest(dataset.name, LOOKED_AT)
    total = len(newest) if len(newest) < LOOKED_AT else uow.candidates.count(dataset.name)
    texts = texts_of(uow, ports, newest, dataset, context.cancel)
    said = uow.candidates.predictions(newest, dataset.name)
    ids = tuple(texts)
    doubts = [uncertainty(said.get(each)) for each in ids]
    picks = choose([texts[each] for each in ids], doubts, query.limit)
    rows = {row.id: row for row in uow.tickets.rows([ids[pick.places[0]] for pick in picks])}
    items = []
    for pick in picks:
        ticket = ids[pick.places[0]]
        prediction = said.get(ticket)
        items.append(
            ReviewItem(
                ticket=ticket,
                subject=rows[ticket].subject,
                label=prediction.label if prediction else dataset.default,
                confidence=prediction.confidence if prediction else 0.0,
                uncertainty=pick.uncertainty,
                score=pick.score,
                size=len(pick.places),
                tickets=tuple(ids[place] for place in pick.places[:NAMED]),
            )
        )
    return ReviewQueue(dataset.name, total, tuple(items), len(newest))


def plan_tell_cluster(query: PlanTellCluster, uow: UnitOfWork, ports: Ports, context: Context) -> LabelTold:
    """Which tickets would get the label: the ticket itself, and the open ones like it that nobody labelled."""
    dataset = ports.datasets.get(query.dataset)
    label = own_label(dataset, query.label)
    return LabelTold(label, _cluster(uow, ports, query.id, dataset, context), planned=True)


def tell_cluster(command: TellCluster, ports: Ports, context: Context) -> Callable[[UnitOfWork], Result[LabelTold]]:
    """Give a label to a ticket and to the open ones like it that nobody labelled; their texts are read beforehand."""
    dataset = ports.datasets.get(command.dataset)
    label = own_label(dataset, command.label)
    with ports.storage.read() as reading:
        cluster = _cluster(reading, ports, command.id, dataset, context)
        texts = dict(read_texts(reading, ports, cluster, dataset, context.cancel))

    def finish(uow: UnitOfWork) -> Result[LabelTold]:
        # Somebody may have closed or labelled some of them meanwhile.
        still = {command.id, *uow.candidates.newest(dataset.name, 2 * LOOKED_AT)}
        wanted = {each: texts.get(each, "") for each in cluster if each in still}
        told = decide_all(uow, ports, wanted, dataset, label, context, f"told with ticket {command.id}")
        return Result(LabelTold(label, told.value), told.changes, told.inverse)

    return finish


def _cluster(
    uow: UnitOfWork, ports: Ports, ticket: TicketId, dataset: Dataset, context: Context
) -> tuple[TicketId, ...]:
    """The ticket and the open ones, of the newest 2,000 that nobody labelled, whose texts are nearly the same."""
    first = uow.tickets.row(ticket).id
    newest = uow.candidates.newest(dataset.name, LOOKED_AT)
    texts = texts_of(uow, ports, (first, *(each for each in newest if each != first)), dataset, context.cancel)
    if first not in texts:
        return (first,)
    groups = near_groups(tuple(texts.values()))
    return tuple(each for each, group in zip(texts, groups, strict=True) if group == groups[0])
