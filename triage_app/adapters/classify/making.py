"""Makes a model: two trainings at once, one on all examples for use, one on a part to learn what its scores mean."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from triage_app.adapters.classify.fasttext_model import FastTextClassifier
from triage_app.adapters.classify.side_file import STRANGE, Measured, Side, steps_of
from triage_app.adapters.classify.trainer import data_lines, run_training, tune
from triage_app.domain.calibrating import LEAST, fit, quality
from triage_app.domain.errors import InvalidInput
from triage_app.domain.evaluation import Split
from triage_app.domain.labels import Dataset, Example, ModelId, Training, without_ignored
from triage_app.domain.likeness import familiarity, known_of, units_of
from triage_app.domain.splitting import Parts, groups_of, held_back
from triage_app.domain.wording import for_model
from triage_app.services.context import CancelToken, Progress, ignore_progress

_TICK: Final = 0.05


@dataclass(frozen=True, slots=True)
class Made:
    """A model file, what belongs beside it, and the options that were used."""

    path: Path
    side: Side
    options: Training


def make(
    work: Path, dataset: Dataset, examples: Sequence[Example], *,
    progress: Callable[[Progress], None], cancel: CancelToken, is_calibrated: bool = True,
) -> Made:  # fmt: skip
    """Train on prepared texts in this empty folder, which goes if the program is killed.

    A fifth is held back by groups of near-identical texts (`splitting.held_back`) and judged by a model of the rest;
    the calibration that comes of it is that of the model of all. Where fewer than `LEAST` texts can be held back there
    is none, nor where none is wanted. Raises InvalidInput for texts that were not prepared, TrainingFailed, Cancelled.
    """
    taught = [each for each in examples if each.text]
    if dataset.ignored:
        shorter = [replace(each, text=without_ignored(dataset, each.text)) for each in taught]
        taught = [each for each in shorter if each.text]
    data = data_lines(taught)
    options, parts = dataset.training, None
    if options.autotune:
        parts = _parted(taught, options)
        options = _tuned(work, taught, parts, options, progress, cancel)
    halt = CancelToken()
    whole = work / "whole"
    whole.mkdir()
    if not is_calibrated:
        path = run_training(whole, data, options, root=work, progress=progress, cancel=cancel)
        return Made(path, Side(_labels(taught), None), options)
    with ThreadPoolExecutor(1, "calibration") as pool:
        measuring = pool.submit(_measure, work, dataset, taught, parts, options, halt)
        try:
            path = run_training(whole, data, options, root=work, progress=progress, cancel=cancel)
            _wait(measuring, progress, cancel)
        except BaseException:
            halt.cancel()
            raise
        return Made(path, Side(_labels(taught), measuring.result()), options)


def _wait(measuring: Future[Measured | None], progress: Callable[[Progress], None], cancel: CancelToken) -> None:
    if not measuring.done():
        progress(Progress(0, 0, "calibrating"))
    while not measuring.done():
        cancel.check()
        wait((measuring,), _TICK)


def _labels(examples: Sequence[Example]) -> tuple[str, ...]:
    return tuple(sorted({each.label for each in examples}))


def _parted(examples: Sequence[Example], options: Training) -> Parts | None:
    """What is held back; None where it is too little to say anything."""
    try:
        parts = held_back(examples, groups_of(examples), Split.GROUP, seed=options.seed)
    except InvalidInput:
        return None
    return parts if len(parts.held) >= LEAST else None


def _tuned(
    work: Path, examples: Sequence[Example], parts: Parts | None, options: Training,
    progress: Callable[[Progress], None], cancel: CancelToken,
) -> Training:  # fmt: skip
    """Better options, looked for within the part that is not held back, so that this part still judges them fairly."""
    if parts is None:
        return replace(options, autotune=0)
    inner = [examples[place] for place in parts.train]
    again = _parted(inner, replace(options, seed=options.seed + 1))
    if again is None:
        return replace(options, autotune=0)
    folder = work / "tuning"
    folder.mkdir()
    learnt, judged = (data_lines([inner[place] for place in places]) for places in (again.train, again.held))
    return tune(folder, learnt, judged, options, root=work, progress=progress, cancel=cancel)


def _measure(
    work: Path, dataset: Dataset, examples: Sequence[Example], parts: Parts | None, options: Training, halt: CancelToken
) -> Measured | None:
    parts = parts or _parted(examples, options)
    if parts is None:
        return None
    halt.check()
    folder = work / "part"
    folder.mkdir()
    lines = data_lines([examples[place] for place in parts.train])
    path = run_training(folder, lines, options, root=work, progress=ignore_progress, cancel=halt)
    texts = [for_model(each.text) for each in examples]
    units = units_of(texts)
    held = np.zeros(len(texts), np.bool_)
    held[list(parts.held)] = True
    judged = units.only(held)
    familiar = familiarity(known_of(units.only(~held)), judged)
    labels = _labels(examples)
    places = {label: place for place, label in enumerate(labels)}
    truth = np.array([places[examples[place].label] for place in parts.held], np.int64)
    halt.check()
    model = FastTextClassifier(path, ModelId(f"{dataset.name}-part"))
    scores = model.scores([texts[place] for place in parts.held], labels)
    least = float(np.quantile(familiar, STRANGE))
    return Measured(
        fit(scores, truth, familiar, judged.counts),
        steps_of(familiar),
        least,
        known_of(units),
        quality(scores, truth, familiar, judged.counts, dataset.threshold, least),
    )
