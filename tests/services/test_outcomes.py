from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.judged import CATEGORY, Alert, Judged, judged
from triage_app.domain.labels import LabelChange
from triage_app.domain.learning import Decision
from triage_app.services.commands import CorrectLabel
from triage_app.services.learning_shapes import Outcome
from triage_app.services.outcomes import outcomes_of


@pytest.fixture
def scene() -> Iterator[Judged]:
    with judged() as found:
        yield found


def outcomes(scene: Judged, *history: LabelChange) -> list[Outcome]:
    with scene.bench.storage.read() as uow:
        return list(outcomes_of(replace(CATEGORY, history=history), uow))


def test_labels_that_were_merged_are_one_also_in_what_was_said_before(scene: Judged) -> None:
    # given a prediction that was corrected to a label with which its own was merged later, and one decided after that
    first, second = scene.take_in([Alert("one"), Alert("two")])
    scene.app.execute(CorrectLabel(first, "Phishing"))
    merge = LabelChange(scene.bench.ports.clock(), "ana", ("Spam", "Phishing"), "Unwanted")
    scene.bench.advance(timedelta(days=1))
    scene.app.execute(CorrectLabel(second, "Phishing"))
    # when
    before, after = outcomes(scene)
    assert (before.label, before.best, before.truth, before.decision) == (
        "Spam", "Spam", "Phishing", Decision.CORRECTED,
    )  # fmt: skip
    before, after = outcomes(scene, merge)
    # then
    assert (before.label, before.best, before.truth, before.decision) == (
        "Unwanted", "Unwanted", "Unwanted", Decision.CONFIRMED,
    )  # fmt: skip
    assert (after.label, after.truth, after.decision) == ("Unwanted", "Phishing", Decision.CORRECTED)


def test_what_nobody_decided_stays_so(scene: Judged) -> None:
    scene.take_in([Alert("one")])
    (found,) = outcomes(scene, LabelChange(scene.bench.ports.clock(), "ana", ("Spam",), "Junk"))
    assert (found.label, found.truth, found.decision) == ("Junk", "", None)
