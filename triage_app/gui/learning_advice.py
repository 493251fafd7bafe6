"""What to do next about a dataset's labels and models: from what is known, the most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage_app.domain.learning import Model
from triage_app.gui import wording
from triage_app.services.learning_shapes import Promise, ReviewQueue

ENOUGH = 20
"""From so many new corrections on a training is advised."""

NAMED = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence, and what its button says and does: the id of an action of the desk; empty for none."""

    sentence: str
    button: str = ""
    act: str = ""


def fresh_corrections(models: Sequence[Model], corrections: int) -> int:
    """How many corrections the newest version does not know."""
    known = models[0].corrections if models else 0
    return max(0, corrections - known)


def waiting(models: Sequence[Model]) -> Model | None:
    """The newest version, if it came after the one in force and is not in force itself."""
    newest = models[0] if models else None
    return newest if newest is not None and not newest.active else None


def next_steps(
    models: Sequence[Model], corrections: int, promise: Promise | None, review: ReviewQueue | None
) -> tuple[Step, ...]:
    """What to do, the most pressing first; `models` from the newest on. Never empty."""
    if not models:
        return (Step("There is no model yet. Train the first version.", "Train a version", "train"),)
    steps = []
    broken = [label.label for label in promise.labels if label.broken] if promise is not None else []
    if broken:
        names = ", ".join(broken[:NAMED]) + (f" and {len(broken) - NAMED} more" if len(broken) > NAMED else "")
        steps.append(
            Step(
                f"{names} was wrong too often and is only suggested: see whether its examples are right.",
                "Audit the labels",
                "learn-audit",
            )
        )
    challenger = waiting(models)
    if challenger is not None:
        steps.append(Step(f"{challenger.id} is newer than the version in use.", "Look at the versions", "learn-models"))
    fresh = fresh_corrections(models, corrections)
    if fresh >= ENOUGH or (fresh and broken):
        new = wording.counted(fresh, "correction is", "corrections are")
        steps.append(Step(f"{new} new: a training learns from them.", "Train a new version", "train"))
    if review is not None and review.items:
        kinds = wording.counted(len(review.items), "kind of open tickets", "kinds of open tickets")
        steps.append(Step(f"People's word on {kinds} would teach the most.", "Label them", "learn-review"))
    if not steps:
        more = f" {wording.counted(fresh, 'correction is', 'corrections are')} new." if fresh else ""
        steps.append(Step(f"Nothing is pressing.{more}"))
    return tuple(steps)
