"""The blast radius of a correction: how long it takes, and how far it agrees with full trainings, on real tickets.

    sh run bench blast [CORRECTIONS]

18,000 service-desk tickets are the examples (2,000 of them twice, so that there are 20,000) and 2,000 mails are open:
others of these tickets, and for each correction 20 that resemble it, in which 10 to 40 % of the words are others. A
ticket that the version in force gets wrong is corrected. `quick` is the answer of `blast-radius`. The truth is what
changes between full trainings without and with the correction, in two of three seeds, each calibrated and with one
thread, so that the same data give the same model. How much changes by chance alone is printed beside: between trainings
with and without one example twice.
"""

import json
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from tests.bench.classify import load
from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.bootstrap import build
from triage_app.domain.labels import Dataset, Example, Gate
from triage_app.domain.ticket import TicketId
from triage_app.domain.wording import prepare
from triage_app.services.app import LocalApp
from triage_app.services.commands import ImportFiles, TrainModel
from triage_app.services.context import CancelToken, ignore_progress
from triage_app.services.learning_queries import GetBlastRadius
from triage_app.services.open_texts import LOOKED_AT, read_texts

OPEN = 2_000
ALIKE = 20
SEEDS = (0, 1, 2)
LIMIT = 1.0
Gated = Mapping[TicketId, str]


def variant(text: str, share: float, words: Sequence[str], chance: random.Random) -> str:
    """The text with this share of its words replaced."""
    own = text.split()
    for place in chance.sample(range(len(own)), max(1, round(share * len(own)))):
        own[place] = chance.choice(words)
    return " ".join(own)


def trained(
    folder: Path, dataset: Dataset, examples: Sequence[Example], seed: int, texts: Mapping[TicketId, str]
) -> tuple[Gated, float]:
    """What the gate says of each open ticket after a full training, and how long the training took."""
    options = replace(dataset.training, seed=seed, thread=1)
    began = perf_counter()
    model = WorkspaceModels(folder).trial(
        replace(dataset, training=options), examples, progress=ignore_progress, cancel=CancelToken()
    )
    took = perf_counter() - began
    gate = Gate(dataset)
    answers = model.predict(tuple(texts.values()), count=len(dataset.labels), explain_from=None)
    pairs = zip(texts.items(), answers, strict=True)
    return {ticket: gate.decide(text, answer, model.model_id).label for (ticket, text), answer in pairs}, took


def changed(before: Sequence[Gated], after: Sequence[Gated]) -> set[TicketId]:
    """The tickets whose suggestion changes in most of the seeds."""
    return {
        each
        for each in before[0]
        if 2 * sum(one[each] != other[each] for one, other in zip(before, after, strict=True)) > len(before)
    }


def main() -> int:
    """Print times and agreement; the exit code is 1 where an answer takes longer than a second."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    chance = random.Random(3)
    examples = load()
    chance.shuffle(examples)
    taught, rest = examples[:18_000], examples[18_000:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "tickets.jsonl"
        lines = [{"label": each.label, "text": each.text} for each in (*taught, *taught[:OPEN])]
        data.write_text("".join(json.dumps(each) + "\n" for each in lines))
        app = build(folder / "workspace")
        assert isinstance(app, LocalApp)
        try:
            app.execute(TrainModel(dataset="tickets", data=str(data)))
            ports = app._ports
            with ports.storage.read() as uow:
                model = uow.models.active("tickets")
            assert model is not None
            classifier = ports.models.load(model)
            said = classifier.predict([prepare(each.text) for each in rest], count=1, explain_from=None)
            wrong = [each for each, answer in zip(rest, said, strict=True) if answer.scores[0].label != each.label]
            corrected = chance.sample(wrong, number)
            words = " ".join(each.text for each in taught[:3_000]).split()
            alike = [
                variant(each.text, share, words, chance)
                for each in corrected
                for share in (0.1, 0.2, 0.3, 0.4)
                for _ in range(ALIKE // 4)
            ]
            others = [each.text for each in rest if each not in corrected][: OPEN - len(alike) - number]
            mails = folder / "mails"
            mails.mkdir()
            for place, text in enumerate((*(each.text for each in corrected), *alike, *others)):
                (mails / f"{place:05}.eml").write_text(f"Message-ID: <{place}@example.org>\n\n{text}\n")
            app.execute(ImportFiles((str(mails),)))
            # A process that has just started: no model is loaded, no text was read.
            app.close()
            app = build(folder / "workspace")
            assert isinstance(app, LocalApp)
            ports = app._ports
            dataset = ports.datasets.get("tickets")
            with ports.storage.read() as uow:
                texts = dict(
                    read_texts(uow, ports, uow.candidates.newest("tickets", LOOKED_AT), dataset, CancelToken())
                )
            numbers = {text: ticket for ticket, text in texts.items()}
            tickets = [numbers[prepare(each.text)] for each in corrected]
            quick, times = [], []
            for ticket, each in zip(tickets, corrected, strict=True):
                began = perf_counter()
                radius = app.ask(GetBlastRadius(ticket, each.label, dataset="tickets"))
                times.append(perf_counter() - began)
                quick.append({change.ticket for change in radius.changes})
            own = [Example(each.label, prepare(each.text)) for each in (*taught, *taught[:OPEN])]
            print(f"{len(own):,} examples, {len(texts):,} open tickets; seconds for each answer:")
            then = ", ".join(f"{each:.2f}" for each in times[1:])
            print(f"  first, with nothing in memory {times[0]:.2f}   then {then}")
            before, trainings = [], []
            for seed in SEEDS:
                gated, took = trained(folder, dataset, own, seed, texts)
                before.append(gated)
                trainings.append(took)
            print(f"  a full training and calibration, one thread {min(trainings):.2f}")
            twice = [trained(folder, dataset, [*own, own[5]], seed, texts)[0] for seed in SEEDS]
            print(f"changes by chance alone, with one example twice: {len(changed(before, twice))}")
            sums = [0, 0, 0]
            for ticket, each, named in zip(tickets, corrected, quick, strict=True):
                more = [*own, Example(each.label, texts[ticket])]
                after = [trained(folder, dataset, more, seed, texts)[0] for seed in SEEDS]
                truth = changed(before, after) - {ticket}
                sums = [sums[0] + len(named), sums[1] + len(truth), sums[2] + len(named & truth)]
                both = len(named & truth)
                print(f"  ticket {ticket} is {each.label}: quick {len(named)}, truth {len(truth)}, both {both}")
            print(f"precision {sums[2] / max(sums[0], 1):.2f}   recall {sums[2] / max(sums[1], 1):.2f}")
        finally:
            app.close()
    return 0 if max(times) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
