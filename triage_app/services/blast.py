"""The blast radius of a correction: which open tickets would get another suggestion if it were learnt."""

from triage_app.domain.errors import InvalidState
from triage_app.domain.labels import Dataset, Gate, Prediction
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.labelling import own_label
from triage_app.services.learning_queries import GetBlastRadius
from triage_app.services.learning_shapes import Blast, BlastRadius
from triage_app.services.open_texts import LOOKED_AT, texts_of
from triage_app.services.ports import Ports
from triage_app.services.renaming import known_now, loaded, suspended_now

Change = tuple[TicketId, Prediction, Prediction]


def get_blast_radius(query: GetBlastRadius, ports: Ports, context: Context) -> BlastRadius:
    """Teach the version in force the ticket's text with this label, for a moment, and judge the open tickets again.

    Looked at are the newest 2,000 that nobody labelled; both suggestions of each are those of the gate, as the version
    gives them today. Nothing of it is kept, and no transaction is open meanwhile. Raises InvalidState where no version
    is in force, ModelRefused for a bad file.
    """
    dataset = ports.datasets.get(query.dataset)
    label = own_label(dataset, query.label)
    with ports.storage.read() as uow:
        ticket = uow.tickets.row(query.id).id
        model = uow.models.active(dataset.name)
        if model is None:
            raise InvalidState(
                f"{dataset.name} has no model yet, so that nothing is learnt from a correction before one is trained: "
                f"`triage train --dataset {dataset.name}`."
            )
        newest = [each for each in uow.candidates.newest(dataset.name, LOOKED_AT) if each != ticket]
        texts = texts_of(uow, ports, (ticket, *newest), dataset, context.cancel)
    classifier = loaded(ports.models, model, dataset)
    gate = Gate(dataset, suspended_now(model, dataset))
    text = texts.pop(ticket, "")
    pairs = classifier.if_taught(text, label, tuple(texts.values()), count=len(dataset.labels))
    changes: list[Change] = []
    for (number, other), pair in zip(texts.items(), pairs, strict=True):
        if pair is None:
            continue
        before, after = (gate.decide(other, answer, model.id) for answer in pair)
        if before.label != after.label:
            changes.append((number, before, after))
    changes.sort(key=lambda change: (-change[2].confidence, -change[0]))
    with ports.storage.read() as uow:
        rows = {row.id: row.subject for row in uow.tickets.rows([number for number, _, _ in changes])}
    blasts = tuple(
        Blast(number, rows[number], before.label, before.confidence, after.label, after.confidence)
        for number, before, after in changes
        if number in rows
    )
    tried = _tried(dataset, ticket, label, len(texts), text, is_new=label not in known_now(model, dataset))
    return BlastRadius(ticket, label, len(texts), blasts, tried)


def _tried(dataset: Dataset, ticket: TicketId, label: str, judged: int, text: str, *, is_new: bool) -> str:
    if not text:
        return f"Ticket {ticket} has no text that {dataset.name} reads: nothing is learnt from it."
    if is_new:
        return f"The version in force does not know {label} yet: what would change shows after a training."
    return (
        f"The version in force was taught for a moment that the text of ticket {ticket} is {label}, and the newest "
        f"{judged:,} open tickets that nobody has reviewed were judged again. An estimate: a full training may differ."
    )
