"""Labels as people say them."""

from dataclasses import replace

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset
from triage_app.domain.learning import Correction, Decision
from triage_app.domain.relabelling import label_now
from triage_app.domain.ticket import TicketId
from triage_app.services.inverse import TagBefore
from triage_app.services.ports import Ports, UnitOfWork


def own_label(dataset: Dataset, wanted: str) -> str:
    """The dataset's own spelling of a label, whatever the case; raises InvalidInput with the labels there are."""
    for label in dataset.labels:
        if label.casefold() == wanted.strip().casefold():
            return label
    raise InvalidInput(f"{dataset.name} has no label {wanted!r}. It has: {', '.join(dataset.labels)}.")


def in_todays_words(word: Correction, ports: Ports) -> Correction:
    """A decision that is being made, with the names that labels have by now: a ticket may show one from before."""
    dataset = next((each for each in ports.datasets.all() if each.name == word.dataset), None)
    if dataset is None or not dataset.history:
        return word
    old, new, best = (label_now(label, dataset) for label in (word.old, word.new, word.best))
    decision = word.decision
    if decision is not Decision.STOOD:
        decision = Decision.CONFIRMED if old == new else Decision.CORRECTED
    return replace(word, old=old, new=new, best=best, decision=decision)


def tag(uow: UnitOfWork, ticket: TicketId, dataset: Dataset, label: str) -> TagBefore:
    """Give a ticket a label of a dataset other than the category; returns what the dataset gave it before."""
    given = uow.tags.of((ticket,)).get(ticket, ())
    before = next((each for each in given if each.dataset == dataset.name), None)
    uow.tags.set(ticket, dataset.name, dataset.effect, label)
    if before is None:
        return TagBefore(ticket, dataset.name, dataset.effect, "", label)
    return TagBefore(ticket, dataset.name, before.effect, before.label, label)
