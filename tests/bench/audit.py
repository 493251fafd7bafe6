"""How many planted mistakes the audit of labels finds, beside a plain ranking, on real service-desk tickets.

    sh run bench audit [SEED]

5 % of the labels are changed at random; counted is how many of those stand within the first 5 % of the list. The audit
goes through the app: examples from the dataset's data, four trainings in child processes, ranking. The plain ranking is
one minus the probability that FastText, trained once on everything with the dataset's options, gives the label.
"""

import json
import random
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.classify import load
from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.bootstrap import build
from triage_app.domain.labels import Dataset, Example
from triage_app.domain.wording import prepare
from triage_app.services.commands import TrainModel
from triage_app.services.context import CancelToken, ignore_progress
from triage_app.services.learning_queries import AuditLabels

SHARE = 0.05
WANTED = 0.6


def planted(examples: list[Example], seed: int) -> tuple[list[Example], set[int]]:
    """The examples with 5 % of the labels changed, and the places of those."""
    chance = random.Random(seed)
    labels = sorted({each.label for each in examples})
    wrong = set(chance.sample(range(len(examples)), int(len(examples) * SHARE)))
    changed = [
        Example(chance.choice([label for label in labels if label != each.label]), each.text)
        if place in wrong
        else each
        for place, each in enumerate(examples)
    ]
    return changed, wrong


def found(order: list[int], wrong: set[int]) -> float:
    """The share of the mistakes that stands among the first 5 %."""
    return len(wrong.intersection(order[: len(wrong)])) / len(wrong)


def plain(examples: list[Example], folder: Path) -> list[int]:
    """Places by one minus the probability of the label, from a model that has seen them all."""
    labels = tuple(sorted({each.label for each in examples}))
    dataset = Dataset("plain", "Plain", labels, labels[0])
    prepared = [Example(each.label, prepare(each.text)) for each in examples]
    model = WorkspaceModels(folder).trial(
        dataset, prepared, progress=ignore_progress, cancel=CancelToken(), is_calibrated=False
    )
    answers = model.predict([each.text for each in prepared], count=len(labels), explain_from=None)
    own = [
        next((score.confidence for score in answer.scores if score.label == each.label), 0.0)
        for each, answer in zip(prepared, answers, strict=True)
    ]
    return sorted(range(len(own)), key=lambda place: own[place])


def main() -> int:
    """Print both shares; the exit code is 1 where the audit finds too few."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    examples, wrong = planted(load(), seed)
    print(f"{len(examples):,} tickets, {len(wrong):,} labels changed (seed {seed})")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "tickets.jsonl"
        data.write_text("".join(json.dumps({"text": each.text, "label": each.label}) + "\n" for each in examples))
        app = build(folder / "workspace")
        try:
            app.execute(TrainModel(dataset="tickets", data=str(data)))
            started = perf_counter()
            audit = app.ask(AuditLabels(dataset="tickets", limit=0))
            took = perf_counter() - started
        finally:
            app.close()
        assert audit.examined == len(examples), f"{audit.examined} of {len(examples)} examined"
        share = found([each.line - 1 for each in audit.suspects], wrong)
        started = perf_counter()
        other = found(plain(examples, folder), wrong)
        plainly = perf_counter() - started
    print(f"audit           {share:6.1%} of them in the first 5 %   {took:5.1f} s")
    print(f"plain ranking   {other:6.1%}                          {plainly:5.1f} s")
    pairs = ", ".join(f"{each.label} as {each.other} {each.share:.1%}" for each in audit.overlaps[:3])
    print(f"labels that overlap most: {pairs}")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
