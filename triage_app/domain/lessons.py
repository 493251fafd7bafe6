"""What a version is taught and what it is judged on: a dataset's own examples and what people said, without those whom
nothing is learnt from, without what is too much from one, and with a part held back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from triage_app.domain.holdout import held_back
from triage_app.domain.labels import Example
from triage_app.domain.learning import Correction, LearningRules, latest_words, learnt_from
from triage_app.domain.poison import Origin, OriginKind, Surplus, guard, remembered, remembered_examples
from triage_app.domain.wording import prepare


@dataclass(frozen=True, slots=True)
class Lessons:
    """Prepared examples to learn from, the held-back corrections that judge, how many words of people there are (those
    taken back not counted), and sentences for a person about what was left out.
    """

    examples: tuple[Example, ...]
    judging: tuple[Example, ...]
    corrections: int
    notes: tuple[str, ...]


def lessons(
    own: Sequence[Example],
    corrections: Sequence[Correction],
    labels: Collection[str],
    forgotten: Collection[Origin] = (),
    rules: LearningRules | None = None,
    own_domains: Collection[str] = (),
) -> Lessons:
    """All that is taught of a dataset's own examples and its corrections (by id, with those taken back).

    Where an example and a correction have one text with different labels, people win. An example with the text of a
    held-back correction is not taught either. Nobody alone decides on the judging: the share that one may give holds
    for the held-back part as well.
    """
    rules = rules or LearningRules()
    words = latest_words(remembered(corrections, forgotten))
    held = held_back(corrections)
    teaching = guard((word for word in words if word.ticket not in held), rules.largest_share, own_domains)
    judging = guard((word for word in words if word.ticket in held), rules.largest_share, own_domains)
    learnt = learnt_from(teaching.kept, labels)
    judges = learnt_from(judging.kept, labels)
    said = {example.text: example.label for example in learnt}
    unseen = {prepare(word.text) for word in words if word.ticket in held}
    kept = remembered_examples(own, forgotten)
    prepared = [replace(each, text=prepare(each.text)) for each in kept]
    taught = [each for each in prepared if each.text not in unseen and said.get(each.text, each.label) == each.label]
    return Lessons(
        (*taught, *learnt),
        judges,
        len(latest_words(corrections)),
        (
            *_forgotten_words(len(own) - len(kept), len(latest_words(corrections)) - len(words)),
            *(_surplus_words(each, rules.largest_share) for each in teaching.surplus),
        ),
    )


def _forgotten_words(examples: int, corrections: int) -> tuple[str, ...]:
    if not examples and not corrections:
        return ()
    left_out = f"{_count(examples, 'example')} and {_count(corrections, 'correction')}"
    return (f"Left out were {left_out} of those whom nothing is learnt from.",)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _surplus_words(surplus: Surplus, share: float) -> str:
    kind, value = surplus.origin.kind, surplus.origin.value
    whom = f"the domain {value}" if kind is OriginKind.SENDER and "@" not in value else f"{kind.value} {value}"
    return (
        f"Left out were the {surplus.left_out} oldest corrections of {whom}, so that nobody gives more than "
        f"{share:.0%} of what corrections teach."
    )
