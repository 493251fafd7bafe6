"""What is asked of the models: classify a text."""

from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import Dataset, without_ignored
from triage_app.domain.wording import prepare
from triage_app.services.analysis import Judge
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import Classification, ClassifyText
from triage_app.services.renaming import loaded, suspended_now


def classify_text(query: ClassifyText, uow: UnitOfWork, ports: Ports, _context: Context) -> Classification:
    """The gate's answer for a text; keywords and default alone where no model is in force or it was refused."""
    judge = _judge(query.dataset, uow, ports)
    prediction = judge.predictions([without_ignored(judge.dataset, prepare(query.text))])[0]
    return Classification(
        prediction.dataset,
        prediction.label,
        prediction.confidence,
        prediction.tier,
        prediction.model_id,
        prediction.alternatives,
        prediction.reasons,
        prediction.best,
        prediction.held,
        prediction.likeness,
    )


def _judge(name: str, uow: UnitOfWork, ports: Ports) -> Judge:
    dataset: Dataset = ports.datasets.get(name)
    model = uow.models.active(name)
    if model is None:
        return Judge(dataset, None)
    try:
        return Judge(dataset, loaded(ports.models, model, dataset), suspended_now(model, dataset))
    except ModelRefused:
        return Judge(dataset, None)
