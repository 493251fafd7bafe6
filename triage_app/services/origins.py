"""Whom nothing is learnt from: forgetting somebody, learning from them again, and who is forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.labels import Example
from triage_app.domain.learning import latest_words
from triage_app.domain.poison import Origin, OriginKind, remembered, remembered_examples
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse
from triage_app.services.learning_commands import ForgetOrigin, RecallOrigin
from triage_app.services.learning_queries import ListForgotten
from triage_app.services.learning_shapes import Forgotten, ForgottenList
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result

MAX_VALUE = 320
"""Characters of a mail address at most (RFC 3696, errata), and of any other origin."""

CHANGES = changed(ChangeKind.MODELS)


def forget_origin(command: ForgetOrigin, ports: Ports, context: Context) -> Callable[[UnitOfWork], Result[Forgotten]]:
    """Read the dataset's examples, then, in the transaction, note that nothing is learnt from somebody any more.

    The answer counts the examples and corrections that fall away at the next training. Raises InvalidState where that
    is so already, InvalidInput for nobody.
    """
    dataset = ports.datasets.get(command.dataset)
    origin = Origin(command.kind, _normal(command.kind, command.value))
    own = ports.datasets.examples(dataset.name)

    def finish(uow: UnitOfWork) -> Result[Forgotten]:
        if _found(uow, dataset.name, origin) is not None:
            raise InvalidState(f"Nothing is learnt from {origin.kind.value} {origin.value} already.")
        forgotten = Forgotten(dataset.name, origin.kind, origin.value, context.now, context.actor)
        uow.forgotten.add(forgotten)
        counted = replace(forgotten, examples=_count(origin, own, uow, dataset.name))
        return Result(counted, CHANGES, Inverse(forgot=forgotten))

    return finish


def recall_origin(command: RecallOrigin, uow: UnitOfWork, _ports: Ports, _context: Context) -> Result[Forgotten]:
    """Learn from somebody again, from the next training on. Raises NotFound where they are not forgotten."""
    value = _normal(command.kind, command.value)
    found = _found(uow, command.dataset, Origin(command.kind, value))
    if found is None:
        raise NotFound(
            f"The {command.kind.value} {value} is not forgotten in {command.dataset}. `forgotten` says who is."
        )
    recalled = uow.forgotten.remove(command.dataset, command.kind, found.value)
    return Result(recalled, CHANGES, Inverse(recalled=recalled))


def list_forgotten(query: ListForgotten, uow: UnitOfWork, ports: Ports, _context: Context) -> ForgottenList:
    """Whom nothing is learnt from, each with how many examples and corrections that leaves out now."""
    dataset = ports.datasets.get(query.dataset).name
    found = uow.forgotten.all(dataset)
    if not found:
        return ForgottenList(())
    own = ports.datasets.examples(dataset)
    return ForgottenList(
        tuple(replace(each, examples=_count(Origin(each.kind, each.value), own, uow, dataset)) for each in found)
    )


def _found(uow: UnitOfWork, dataset: str, origin: Origin) -> Forgotten | None:
    wanted = (origin.kind, origin.value.casefold())
    return next((each for each in uow.forgotten.all(dataset) if (each.kind, each.value.casefold()) == wanted), None)


def _count(origin: Origin, own: Sequence[Example], uow: UnitOfWork, dataset: str) -> int:
    """How many of a dataset's examples, and of the words of people that stand, come from somebody."""
    words = latest_words(uow.corrections.all(dataset))
    return len(own) + len(words) - len(remembered_examples(own, [origin])) - len(remembered(words, [origin]))


def _normal(kind: OriginKind, value: str) -> str:
    """As it is kept: senders in lower case, a domain without `@` before it. Raises InvalidInput for nobody."""
    text = value.strip()
    if kind is OriginKind.SENDER:
        text = text.casefold().removeprefix("@").rstrip(".")
    if not text or len(text) > MAX_VALUE or not text.isprintable():
        raise InvalidInput(
            f"{value[:80]!r} names no {kind.value}: give 1 to {MAX_VALUE} characters, as the tickets show them."
        )
    return text
