import pytest

from triage_app.domain.labels import Dataset, Effect, ModelId, Prediction, Tier
from triage_app.domain.tags import TicketTag, tags_of


def dataset(effect: Effect) -> Dataset:
    return Dataset("desk", "Desk", ("A", "B"), "B", effect=effect)


def answer(tier: Tier) -> Prediction:
    return Prediction("desk", "A", 0.9, tier, ModelId("m"))


@pytest.mark.parametrize("effect", [Effect.QUEUE, Effect.TAG, Effect.PLAYBOOK])
@pytest.mark.parametrize("tier", [Tier.MODEL, Tier.KEYWORD])
def test_an_answer_gives_what_its_dataset_stands_for(effect: Effect, tier: Tier) -> None:
    assert tags_of([(dataset(effect), answer(tier))]) == (TicketTag("desk", effect, "A"),)


def test_the_default_gives_nothing_and_neither_does_the_category() -> None:
    assert tags_of([(dataset(Effect.TAG), answer(Tier.DEFAULT)), (dataset(Effect.CATEGORY), answer(Tier.MODEL))]) == ()
