"""What the desk says about suggestions, promises and what was learnt: who answered, and why not the model."""

from collections.abc import Sequence

from triage_app.domain.labels import Held, LabelChange, Prediction, Tier
from triage_app.domain.ticket import TicketRow
from triage_app.gui import wording
from triage_app.services.learning_shapes import Agreement, BlastRadius, LabelPromise, Promise, Share

HARDLY_ALIKE = 0.05
"""A likeness (0..1) below which a suggestion of the model says how unlike its text is."""
FEW_REVIEWS = 10
KAPPA = ((0.81, "almost always"), (0.61, "mostly"), (0.41, "moderately"), (0.21, "fairly"), (0.0, "hardly"))


def who_answered(prediction: Prediction, threshold: float, promise: LabelPromise | None = None) -> str:
    """Who suggests the label, and where it is not the model, what that found and why it did not answer.

    `promise` is the one of the label that the model found most likely, where it is known.
    """
    model = f" {prediction.model_id}" if prediction.model_id else ""
    if prediction.tier is Tier.MODEL:
        unlike = prediction.likeness < HARDLY_ALIKE
        return f"Suggested by the model{model}{', for a text hardly like what it was taught' if unlike else ''}"
    who = f"Suggested {wording.TIERS[prediction.tier]}"
    why = why_not_the_model(prediction, threshold, promise)
    return f"{who}. {why}" if why else who


def why_not_the_model(prediction: Prediction, threshold: float, promise: LabelPromise | None = None) -> str:
    """Why the model did not answer; empty where it was not asked or found nothing."""
    best = prediction.best
    if best is None or prediction.tier is Tier.MODEL:
        return ""
    found = f"{best.label} {wording.percent(best.confidence)}"
    if prediction.held is Held.STRANGE:
        return f"The model would say {found}, but the text is unlike anything it was taught"
    if prediction.held is Held.PROMISE:
        if promise is not None and promise.label == best.label and promise.n:
            return f"The model says {found}. {broken_promise(promise)}"
        return f"The model says {found}, but it was wrong too often on {best.label} lately: only suggested"
    if best.confidence < threshold:
        return f"The model found {found}, less than the {wording.percent(threshold)} wanted"
    return f"The model found {found}"


def broken_promise(promise: LabelPromise) -> str:
    """`Phishing was right for 61% lately, 80% wanted: only suggested`."""
    achieved, wanted = wording.percent(promise.achieved), wording.percent(promise.wanted)
    return f"{promise.label} was right for {achieved} lately, {wanted} wanted: only suggested"


def likeness(prediction: Prediction) -> str:
    """How much the text is like what the model was taught, as one sentence; empty where no model was asked."""
    if not prediction.model_id or prediction.best is None:
        return ""
    share = wording.percent(prediction.likeness)
    return f"{share} of the texts that the model was tried on are as unfamiliar to it as this one, or more."


def kept_or_changed(row: TicketRow, prediction: Prediction) -> str:
    """What a person made of a suggestion."""
    kept = "confirmed" if row.category == prediction.label else f"suggested was {prediction.label}"
    model = f" {prediction.model_id}" if prediction.model_id else ""
    return f"Reviewed \u00b7 {kept}, {wording.percent(prediction.confidence)}{model}"


def broken(promise: Promise) -> tuple[LabelPromise, ...]:
    """The labels whose promise is broken, the worst first."""
    return tuple(sorted((each for each in promise.labels if each.broken), key=lambda each: each.achieved))


def promises_broken(promise: Promise) -> str:
    """One line for all labels whose promise is broken; empty where none is."""
    labels = broken(promise)
    if not labels:
        return ""
    more = len(labels) - 1
    if not more:
        return f"{broken_promise(labels[0])} until it is mended"
    others = f"so is {wording.count(more)} other label" if more == 1 else f"so are {wording.count(more)} other labels"
    return f"{broken_promise(labels[0])}; {others}"


def would_change(radius: BlastRadius) -> str:
    """`Learnt now, 14 open tickets would change`; empty where none would."""
    number = len(radius.changes)
    if not number:
        return ""
    return f"Learnt now, {wording.counted(number, 'open ticket', 'open tickets')} would change"


def share(measured: Share) -> str:
    """`91%  (88 to 94, 412 decided)`, or that nothing was decided."""
    if not measured.n:
        return "nothing decided yet"
    low, high = (round(value * 100) for value in (measured.low, measured.high))
    return f"{wording.percent(measured.share)}  ({low} to {high}, {wording.count(measured.n)} decided)"


def agreement(measured: Agreement) -> str:
    """A kappa in words (after Landis and Koch 1977), and that few reviews tell little."""
    words = next((word for least, word in KAPPA if measured.kappa >= least), "less than by chance")
    said = f"People agree {words}"
    return f"{said}; too few reviews to be sure" if measured.n < FEW_REVIEWS else said


def label_change(change: LabelChange) -> str:
    """`Spam and Scam became Other`, `Fraud was split off Phishing: wire, iban`."""
    old = listed(change.old)
    if change.words:
        return f"{change.new} was split off {old}: {', '.join(change.words)}"
    return f"{old} became {change.new}"


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
