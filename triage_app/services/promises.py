"""The gate's promise, measured on what people decided: a label that breaks it is only suggested until it is mended."""

from collections.abc import Iterable

from triage_app.domain.labels import Dataset, Held, ModelId
from triage_app.domain.learning import Correction, Model
from triage_app.domain.promise import NEWEST, is_broken, kept
from triage_app.domain.proportions import share_of, wilson
from triage_app.domain.relabelling import label_now, words_now
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.learning_queries import GetPromise
from triage_app.services.learning_shapes import LabelPromise, Promise
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.renaming import suspended_now


def get_promise(query: GetPromise, uow: UnitOfWork, ports: Ports, _context: Context) -> Promise:
    """The promise of the version in force for each label that people decided on; empty where there is no model."""
    return promise_of(ports.datasets.get(query.dataset), uow)


def promise_of(dataset: Dataset, uow: UnitOfWork) -> Promise:
    """The promise of a dataset's version in force."""
    model = uow.models.active(dataset.name)
    if model is None:
        return Promise(dataset.name, ModelId(""), dataset.threshold, (), ())
    found = [label_promise(uow, dataset, model, label) for label in dataset.labels]
    told = tuple(each for each in found if each.n)
    return Promise(
        dataset=dataset.name,
        model_id=model.id,
        wanted=dataset.threshold,
        labels=told,
        broken=tuple(in_words(each) for each in told if each.broken),
    )


def label_promise(uow: UnitOfWork, dataset: Dataset, model: Model, label: str) -> LabelPromise:
    """How a version did on a label lately.

    Counted are decisions on what it found to be this label with at least the confidence that the gate asks for, also
    while the label is only suggested; text that is unlike anything it was taught is not its fault.
    """
    names = [label, *(old for old in model.labels if old not in dataset.labels and label_now(old, dataset) == label)]
    found = [
        word
        for name in names
        for word in uow.corrections.newest_of(model.id, name, least=dataset.threshold, limit=2 * NEWEST)
    ]
    found.sort(key=lambda word: word.id, reverse=True)
    newest = tuple(words_now(found[: 2 * NEWEST], dataset.history))
    right, n = kept(newest)
    low, high = wilson(right, n)
    return LabelPromise(
        label=label,
        n=n,
        right=right,
        wanted=dataset.threshold,
        achieved=share_of(right, n),
        low=low,
        high=high,
        broken=is_broken(right, n, dataset.threshold),
    )


def keep_promise(uow: UnitOfWork, ports: Ports, correction: Correction) -> bool:
    """After a decision was made or taken back: suspend its label or bring it back; True where that changed anything.

    To be called in the transaction of the decision.
    """
    if not correction.best or correction.held is Held.STRANGE:
        return False
    model = uow.models.active(correction.dataset)
    if model is None or model.id != correction.model_id:
        return False
    dataset = ports.datasets.get(correction.dataset)
    (now,) = words_now((correction,), dataset.history)
    suspended = suspended_now(model, dataset)
    broken = label_promise(uow, dataset, model, now.best).broken
    if broken == (now.best in suspended):
        return False
    others = tuple(each for each in suspended if each != now.best)
    uow.models.set_suspended(model.id, (*others, now.best) if broken else others)
    return True


def keep_promises(uow: UnitOfWork, ports: Ports, tickets: Iterable[TicketId]) -> bool:
    """The same for all that was ever decided on some tickets, after decisions on them were taken back."""
    changed = False
    for ticket in tickets:
        asked: set[tuple[str, str, str]] = set()
        for each in uow.corrections.of_ticket(ticket):
            key = (each.dataset, each.model_id, each.best)
            if key not in asked:
                asked.add(key)
                changed |= keep_promise(uow, ports, each)
    return changed


def keep_all_promises(uow: UnitOfWork, dataset: Dataset) -> bool:
    """The same for every label of a dataset, whose threshold was changed."""
    model = uow.models.active(dataset.name)
    if model is None:
        return False
    broken = tuple(label for label in dataset.labels if label_promise(uow, dataset, model, label).broken)
    if set(broken) == set(suspended_now(model, dataset)):
        return False
    uow.models.set_suspended(model.id, broken)
    return True


def in_words(promise: LabelPromise) -> str:
    """One sentence for a label that breaks it."""
    return (
        f"{promise.label}: {promise.right} of the last {promise.n} answers were right ({promise.achieved:.0%}, "
        f"95 % interval {promise.low:.0%} to {promise.high:.0%}), wanted are {promise.wanted:.0%}. It is only "
        "suggested until it is right again or another version is in force."
    )
