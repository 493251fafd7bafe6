"""What to do next month: concrete sentences drawn from the figures of the last one."""

from collections.abc import Iterator, Mapping
from typing import Final

from triage_app.domain.drift import MUCH
from triage_app.services.learning_shapes import MonthReport, Promise, Share
from triage_app.services.tallying import LEAST_MEASURED

FEW_EXAMPLES: Final = 20
FEW_FIRED: Final = 5
"""Decided answers of a keyword below which it is not judged."""

UNSEEN: Final = 20
"""Predictions of a source from which on it is told that nobody decided any."""

OFTEN: Final = 5
"""Times that two labels were taken for each other from which on it is told."""

MOST_NAMED: Final = 5


def advice(report: MonthReport, promise: Promise, examples: Mapping[str, int]) -> tuple[str, ...]:
    """What to do next, the most urgent first; `examples` says how many each label has."""
    found = (
        *_promises(report, promise),
        *_fallen(report),
        *_keywords(report),
        *_confusions(report),
        *_drifted(report),
        *_unseen(report),
        *_few(report, examples),
        *_unmeasured(report),
    )
    if found or not report.predictions:
        return found or ("Nothing came in this month: check that the sources run.",)
    return ("Nothing stands out: go on as before.",)


def _promises(report: MonthReport, promise: Promise) -> Iterator[str]:
    for each in promise.labels:
        if each.broken:
            wrong = each.n - each.right
            yield (
                f"{each.label} breaks the promise of {each.wanted:.0%}: {each.right} of the last {each.n} were right. "
                f"Look at the {wrong} that were corrected, then train with them."
            )
    live = {each.label for each in promise.labels if each.broken}
    mended = [each.label for each in report.promise if each.broken and each.label not in live]
    if mended:
        yield f"The promise was broken in {report.month} and is kept by now: {_named(mended)}. Nothing to do for these."


def _fallen(report: MonthReport) -> Iterator[str]:
    if _is_below(report.accuracy, report.accuracy_before):
        yield (
            f"Accuracy fell from {report.accuracy_before.share:.0%} to {report.accuracy.share:.0%}: audit the labels "
            f"(`triage audit --dataset {report.dataset}`) and train with the corrections."
        )
    fallen = [each.name for each in report.labels if _is_below(each.accuracy, each.before)]
    if fallen:
        yield f"Right less often than the month before: {_named(fallen)}. Label more of these from the review queue."


def _keywords(report: MonthReport) -> Iterator[str]:
    for each in report.keywords:
        if each.fired >= FEW_FIRED and 2 * each.wrong >= each.fired:
            yield (
                f'The keyword "{each.text}" for {each.label} was wrong {each.wrong} of {each.fired} times: lower its '
                "weight or remove it."
            )


def _confusions(report: MonthReport) -> Iterator[str]:
    for each in report.confusions[:3]:
        if each.n >= OFTEN:
            yield (
                f"{each.shown} was corrected to {each.truth} {each.n} times: label more of both, or merge them if "
                "nobody can tell them apart."
            )


def _drifted(report: MonthReport) -> Iterator[str]:
    much = {each.what: each for each in report.drift if each.size >= MUCH}
    if "vocabulary" in much:
        yield "The words have changed much: train with this month's corrections."
    if "scores" in much:
        yield "The model's scores have changed much: evaluate it on what came in lately, then train."
    for what in ("sources", "labels"):
        if what in much:
            yield f"What comes in has changed much. {much[what].sentence} Check that this is meant."


def _unseen(report: MonthReport) -> Iterator[str]:
    unseen = [
        f"{each.name} ({each.predictions:,})"
        for each in report.sources
        if each.predictions >= UNSEEN and not each.accuracy.n
    ]
    if unseen:
        yield f"Nobody decided on anything from {_named(unseen)}: look at some, so that their figures can be known."
    default = next((each for each in report.tiers if each.name == "default"), None)
    if default is not None and 2 * default.predictions > report.predictions >= UNSEEN:
        yield (
            f"Neither model nor keywords answered {default.predictions:,} of {report.predictions:,}: label what the "
            "review queue shows, or add keywords."
        )


def _few(report: MonthReport, examples: Mapping[str, int]) -> Iterator[str]:
    few = [f"{label} ({number})" for label, number in examples.items() if number < FEW_EXAMPLES]
    if few and report.predictions:
        yield f"Fewer than {FEW_EXAMPLES} examples: {_named(few)}. Label more of these, or merge them."


def _unmeasured(report: MonthReport) -> Iterator[str]:
    if report.decided and report.measured < LEAST_MEASURED:
        yield (
            f"The time of {report.measured} decisions was measured, too few to say what was saved: decide in the desk, "
            "which measures, or give `--seconds`."
        )


def _is_below(now: Share, before: Share) -> bool:
    """Whether a share is surely lower: the intervals do not meet."""
    return bool(now.n and before.n) and now.high < before.low


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
