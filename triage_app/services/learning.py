"""What is asked of and about the models: classify a text, evaluate, export the corrections."""

from triage_app.domain.errors import InvalidInput, InvalidState, ModelRefused
from triage_app.domain.evaluation import Evaluation
from triage_app.domain.exports import to_csv, to_fasttext, to_jsonl
from triage_app.domain.labels import Dataset, ModelAnswer
from triage_app.domain.metrics import evaluate
from triage_app.domain.wording import prepare
from triage_app.services.analysis import Judge
from triage_app.services.context import Context, Progress
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import (
    Classification,
    ClassifyText,
    Document,
    EvaluateModel,
    ExportCorrections,
    ExportFormat,
)

CHUNK = 1_000
"""Texts between two looks at the cancel token."""

MEDIA_TYPES = {
    ExportFormat.FASTTEXT: "text/plain",
    ExportFormat.CSV: "text/csv",
    ExportFormat.JSONL: "application/jsonl",
}
ENDINGS = {ExportFormat.FASTTEXT: "txt", ExportFormat.CSV: "csv", ExportFormat.JSONL: "jsonl"}
WRITERS = {ExportFormat.FASTTEXT: to_fasttext, ExportFormat.CSV: to_csv, ExportFormat.JSONL: to_jsonl}


def classify_text(query: ClassifyText, uow: UnitOfWork, ports: Ports, _context: Context) -> Classification:
    """The gate's answer for a text; keywords and default alone where no model is in force or it was refused."""
    judge = _judge(query.dataset, uow, ports)
    prediction = judge.predictions([prepare(query.text)])[0]
    return Classification(
        prediction.dataset,
        prediction.label,
        prediction.confidence,
        prediction.tier,
        prediction.model_id,
        prediction.alternatives,
        prediction.reasons,
    )


def evaluate_model(query: EvaluateModel, uow: UnitOfWork, ports: Ports, context: Context) -> Evaluation:
    """Measure the model in force on examples.

    Raises InvalidState where there is no model, ModelRefused for a bad file.
    """
    dataset = ports.datasets.get(query.dataset)
    model = uow.models.active(dataset.name)
    if model is None:
        raise InvalidState(
            f"{dataset.name} has no model yet. Train one first: `triage train --dataset {dataset.name}`."
        )
    classifier = ports.models.load(model)
    if query.data is None:
        raise InvalidInput("Give a file with labelled examples: `triage evaluate --data FILE`.")
    examples = ports.datasets.read_examples(query.data)
    answers: list[ModelAnswer] = []
    for start in range(0, len(examples), CHUNK):
        context.cancel.check()
        texts = [prepare(each.text) for each in examples[start : start + CHUNK]]
        answers += classifier.predict(texts, count=1, explain_from=None)
        context.progress(Progress(start + len(texts), len(examples), "texts judged"))
    scores = [answer.scores[0] if answer.scores else None for answer in answers]
    return evaluate([each.label for each in examples], scores, dataset)


def export_corrections(query: ExportCorrections, uow: UnitOfWork, ports: Ports, context: Context) -> Document:
    """All corrections of a dataset as one text; FastText lines leave out what was taken back."""
    dataset = ports.datasets.get(query.dataset)
    corrections = list(uow.corrections.all(dataset.name))
    name = f"corrections-{dataset.name}-{context.now:%Y-%m-%d}.{ENDINGS[query.format]}"
    return Document(name, MEDIA_TYPES[query.format], len(corrections), WRITERS[query.format](corrections))


def _judge(name: str, uow: UnitOfWork, ports: Ports) -> Judge:
    dataset: Dataset = ports.datasets.get(name)
    model = uow.models.active(name)
    if model is None:
        return Judge(dataset, None)
    try:
        return Judge(dataset, ports.models.load(model))
    except ModelRefused:
        return Judge(dataset, None)
