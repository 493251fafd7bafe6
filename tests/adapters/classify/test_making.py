import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.classify.conftest import BIG, DATASET, EXAMPLES, many
from triage_app.adapters.classify.making import make
from triage_app.domain.calibrating import LEAST
from triage_app.domain.errors import Cancelled, TrainingFailed
from triage_app.services.context import CancelToken, Progress, ignore_progress


def test_both_trainings_lie_in_the_folder_and_are_of_the_same_options(tmp_path: Path) -> None:
    made = make(tmp_path, BIG, many(400), progress=ignore_progress, cancel=CancelToken())
    assert made.path.is_relative_to(tmp_path)
    assert made.options == BIG.training
    assert made.side.measured is not None
    assert made.side.measured.quality.n >= LEAST


def test_examples_without_text_and_twins_change_nothing_of_what_is_held_back(tmp_path: Path) -> None:
    # given texts of which each stands there three times: a copy in training would give the held-back one away
    examples = [each for each in many(300) for _ in range(3)]
    made = make(
        tmp_path, BIG, [*examples, replace(examples[0], text="")], progress=ignore_progress, cancel=CancelToken()
    )
    assert made.side.measured is not None
    assert made.side.measured.quality.n % 3 == 0
    assert made.side.measured.quality.accuracy < 0.97


def test_too_few_examples_are_trained_without_a_calibration(tmp_path: Path) -> None:
    made = make(tmp_path, DATASET, EXAMPLES, progress=ignore_progress, cancel=CancelToken())
    assert made.path.is_file()
    assert (made.side.measured, set(made.side.labels)) == (None, set(DATASET.labels))


def test_cancelling_ends_both_trainings(tmp_path: Path) -> None:
    endless, cancel, ticks = replace(BIG, training=replace(BIG.training, epoch=1_000)), CancelToken(), itertools.count()

    def stop(_progress: Progress) -> None:
        if next(ticks) == 1:
            cancel.cancel()

    with pytest.raises(Cancelled):
        make(tmp_path, endless, many(600) * 20, progress=stop, cancel=cancel)


def test_when_one_training_fails_the_other_ends_and_the_reason_is_told(tmp_path: Path) -> None:
    wild = replace(BIG, training=replace(BIG.training, lr=1e30, loss="softmax", epoch=1_000))
    with pytest.raises(TrainingFailed, match="NaN"):
        make(tmp_path, wild, many(300), progress=ignore_progress, cancel=CancelToken())
