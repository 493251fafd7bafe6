"""What datasets other than the category do to a ticket: a queue, a tag, or the playbook that fits."""

from collections.abc import Iterable
from dataclasses import dataclass

from triage_app.domain.labels import Dataset, Effect, Prediction, Tier

_ANSWERED = frozenset({Tier.MODEL, Tier.KEYWORD, Tier.PERSON})


@dataclass(frozen=True, slots=True)
class TicketTag:
    """A dataset's label on a ticket and what it stands for there."""

    dataset: str
    effect: Effect
    label: str


def tags_of(answers: Iterable[tuple[Dataset, Prediction]]) -> tuple[TicketTag, ...]:
    """What datasets with their answers give a ticket; where only the default answered, they give nothing."""
    return tuple(
        TicketTag(dataset.name, dataset.effect, answer.label)
        for dataset, answer in answers
        if dataset.effect is not Effect.CATEGORY and answer.tier in _ANSWERED
    )
