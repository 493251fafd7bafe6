"""Builds what a worker process runs: the other half of bootstrap, without database, so that workers start quickly."""

from collections.abc import Callable, Sequence
from pathlib import Path

from triage_app.adapters.classify.datasets import DatasetFolders
from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.adapters.settings import read_settings
from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import Dataset
from triage_app.domain.learning import Model
from triage_app.domain.observable import OwnNames
from triage_app.services.analysis import Judge, analyse
from triage_app.services.ports import Analysis, PendingItem


def build_analysis(
    workspace: Path, shipped: Path
) -> Callable[[Sequence[PendingItem], Sequence[Model]], Sequence[Analysis]]:
    """Stages 2 to 6 with the models in force, each loaded once; `shipped` holds the datasets that come with the
    program.
    """
    settings = read_settings(workspace)
    own = OwnNames.of(settings.own_domains, settings.own_addresses)
    datasets = DatasetFolders(workspace, shipped)
    models = WorkspaceModels(workspace)

    judges: dict[tuple[str, str], Judge] = {}

    def judge(dataset: Dataset, in_force: Sequence[Model]) -> Judge:
        """The dataset's judge with its model in force, kept from batch to batch; a new version makes a new one."""
        model = next((each for each in in_force if each.dataset == dataset.name), None)
        key = (dataset.name, model.id if model else "")
        if key not in judges:
            try:
                judges[key] = Judge(dataset, models.load(model) if model else None)
            except ModelRefused:
                judges[key] = Judge(dataset, None)
        return judges[key]

    def run(items: Sequence[PendingItem], in_force: Sequence[Model]) -> Sequence[Analysis]:
        return analyse(items, [judge(dataset, in_force) for dataset in datasets.all()], own)

    return run
