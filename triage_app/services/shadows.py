"""Versions in the shadow: they judge new tickets beside the one in force, unseen; and how they do."""

from collections.abc import Iterator
from dataclasses import replace

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.learning import Model, latest_words
from triage_app.domain.relabelling import label_now, words_now
from triage_app.domain.ticket import TicketId
from triage_app.services.champions import known
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse, ShadowBefore
from triage_app.services.learning_commands import ShadowModel
from triage_app.services.learning_queries import GetShadow
from triage_app.services.learning_shapes import Disagreement, ShadowAnswer, ShadowReport
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.shapes import Analysis

MOST = 2
"""Versions in the shadow of a dataset: each costs as much time as the one in force."""


def shadow_model(command: ShadowModel, uow: UnitOfWork, ports: Ports, _context: Context) -> Result[Model]:
    """Put a version in the shadow, or out of it, from the next batch of mail on.

    Raises NotFound, ModelRefused for an altered file, and InvalidState for the version in force and for a third one.
    """
    model = known(uow, command.id)
    wanted = {"on": True, "off": False}.get(command.state.strip().casefold())
    if wanted is None:
        raise InvalidInput(f"{command.state!r} is neither on nor off.")
    if model.shadow == wanted:
        raise InvalidState(f"The model {model.id} is {'' if wanted else 'not '}in the shadow already.")
    if wanted:
        if model.active:
            raise InvalidState(f"The model {model.id} is in force: it judges already, and everybody sees it.")
        others = [each.id for each in uow.models.all(model.dataset) if each.shadow]
        if len(others) >= MOST:
            raise InvalidState(f"{' and '.join(others)} are in the shadow already. Take one out with `shadow ID off`.")
        ports.models.verify(model)
    uow.models.set_shadow(model.id, shadow=wanted)
    return Result(
        known(uow, model.id), changed(ChangeKind.MODELS), Inverse(shadow=ShadowBefore(model.id, shadow=model.shadow))
    )


def answers_of(ticket: TicketId, analysis: Analysis) -> Iterator[ShadowAnswer]:
    """What versions in the shadow said of a new ticket, beside what is shown of the same dataset."""
    shown = {each.dataset: each for each in analysis.predictions}
    for each in analysis.shadows:
        in_force = shown[each.dataset]
        yield ShadowAnswer(
            ticket=ticket,
            model_id=each.model_id,
            dataset=each.dataset,
            label=each.label,
            confidence=each.confidence,
            tier=each.tier,
            in_force=in_force.label,
            in_force_confidence=in_force.confidence,
        )


def get_shadow(query: GetShadow, uow: UnitOfWork, ports: Ports, _context: Context) -> ShadowReport:
    """How a version did in the shadow: where it differs, and who was right where a person corrected or confirmed.

    Labels are called as they are now. The disagreements that people decided come first, then the newest; tickets that
    were merged again are left out.
    """
    model = known(uow, query.id)
    dataset = ports.datasets.get(model.dataset)
    words = latest_words(words_now(uow.corrections.all(dataset.name), dataset.history))
    truth = {word.ticket: word.new for word in words}
    judged = right = in_force_right = 0
    differing: list[ShadowAnswer] = []
    for each in uow.shadows.of_model(model.id):
        answer = replace(each, label=label_now(each.label, dataset), in_force=label_now(each.in_force, dataset))
        judged += 1
        said = truth.get(answer.ticket)
        right += said == answer.label
        in_force_right += said == answer.in_force
        if answer.label != answer.in_force:
            differing.append(answer)
    differing.sort(key=lambda each: (each.ticket not in truth, -each.ticket))
    return ShadowReport(
        model=model.id,
        judged=judged,
        differ=len(differing),
        shadow_right=right,
        in_force_right=in_force_right,
        disagreements=_shown(differing[: max(query.limit, 0)], truth, uow),
    )


def _shown(answers: list[ShadowAnswer], truth: dict[TicketId, str], uow: UnitOfWork) -> tuple[Disagreement, ...]:
    subjects = {row.id: row.subject for row in uow.tickets.rows([each.ticket for each in answers])}
    return tuple(
        Disagreement(
            ticket=each.ticket,
            subject=subjects[each.ticket],
            in_force=each.in_force,
            in_force_confidence=each.in_force_confidence,
            shadow=each.label,
            shadow_confidence=each.confidence,
            truth=truth.get(each.ticket, ""),
        )
        for each in answers
        if each.ticket in subjects
    )
