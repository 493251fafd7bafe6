"""Builds what a worker process runs: the other half of bootstrap, without database, so that workers start quickly."""

from collections.abc import Callable, Sequence
from pathlib import Path

from triage_app.adapters.classify.datasets import DatasetFolders
from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.adapters.rules.dedup_file import DedupFile
from triage_app.adapters.rules.mapping_files import MappingFiles
from triage_app.adapters.settings import read_settings
from triage_app.domain.dedup import RuleSet
from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import Dataset
from triage_app.domain.learning import Model
from triage_app.domain.observable import OwnNames
from triage_app.services.analysis import Judge, analyse
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.renaming import loaded, suspended_now
from triage_app.services.replaying import only_rule, read_items
from triage_app.services.shapes import Analysis, PendingItem

MAX_DRAFTS = 8
"""Rule files that a worker keeps compiled: those of the last few trials."""


def build_worker(
    workspace: Path, shipped: Path, shipped_rules: Path, shipped_mappings: Path
) -> Callable[[Sequence[PendingItem], Sequence[Model] | Draft], Sequence[Analysis] | Sequence[Reading]]:
    """Either kind of work: analyses by the models in force, or readings by rules that are only tried."""
    analyse_items = build_analysis(workspace, shipped, shipped_rules, shipped_mappings)
    replay = build_replay(workspace, shipped_rules, shipped_mappings)

    def run(items: Sequence[PendingItem], work: Sequence[Model] | Draft) -> Sequence[Analysis] | Sequence[Reading]:
        return replay(items, work) if isinstance(work, Draft) else analyse_items(items, work)

    return run


def build_replay(
    workspace: Path, shipped_rules: Path, shipped_mappings: Path
) -> Callable[[Sequence[PendingItem], Draft], Sequence[Reading]]:
    """Stages 2 to 4 by the rules of a draft. Raises InvalidRules for a text that is none."""
    settings = read_settings(workspace)
    own = OwnNames.of(settings.own_domains, settings.own_addresses)
    rules = DedupFile(workspace, shipped_rules)
    mappings = MappingFiles(workspace, shipped_mappings)
    drafts: dict[str, RuleSet] = {}

    def rule_set(text: str | None) -> RuleSet:
        if text is None:
            return rules.load()
        if text not in drafts:
            while len(drafts) >= MAX_DRAFTS:
                del drafts[next(iter(drafts))]
            drafts[text] = rules.parse(text)
        return drafts[text]

    def run(items: Sequence[PendingItem], draft: Draft) -> Sequence[Reading]:
        sets = [rule_set(text) for text in draft.texts]
        if draft.only is not None:
            sets = [only_rule(each, draft.only) for each in sets]
        return read_items(items, sets, own, mappings.load(), fully=draft.fully)

    return run


def build_analysis(
    workspace: Path, shipped: Path, shipped_rules: Path, shipped_mappings: Path
) -> Callable[[Sequence[PendingItem], Sequence[Model]], Sequence[Analysis]]:
    """Stages 2 to 6 with the models in force and those in the shadow, each loaded once, and the rules and mappings in
    force, read again when they change.

    `shipped` holds the datasets that come with the program, `shipped_rules` is the file of its rules,
    `shipped_mappings` the folder of its mappings.
    """
    settings = read_settings(workspace)
    own = OwnNames.of(settings.own_domains, settings.own_addresses)
    datasets = DatasetFolders(workspace, shipped)
    models = WorkspaceModels(workspace)
    rules = DedupFile(workspace, shipped_rules)
    mappings = MappingFiles(workspace, shipped_mappings)

    judges: dict[tuple[str, str], tuple[Dataset, tuple[str, ...], Judge]] = {}

    def judge(dataset: Dataset, model: Model | None) -> Judge:
        """A dataset's judge with a model, kept from batch to batch; a new version, an edit of the dataset, or a label
        that is suspended or let answer again makes a new one."""
        key = (dataset.name, model.id if model else "")
        suspended = suspended_now(model, dataset) if model else ()
        known = judges.get(key)
        if known is None or known[0] != dataset or known[1] != suspended:
            try:
                fresh = Judge(dataset, loaded(models, model, dataset) if model else None, suspended)
            except ModelRefused:
                fresh = Judge(dataset, None)
            judges[key] = known = (dataset, suspended, fresh)
        return known[2]

    def run(items: Sequence[PendingItem], in_use: Sequence[Model]) -> Sequence[Analysis]:
        known = {dataset.name: dataset for dataset in datasets.all()}
        unseen = [each for each in in_use if each.shadow and not each.active and each.dataset in known]
        in_force = {each.dataset: each for each in in_use if each not in unseen}
        judges_of = [judge(dataset, in_force.get(name)) for name, dataset in known.items()]
        # A version in the shadow whose file is refused says nothing.
        shadows = [each for each in (judge(known[model.dataset], model) for model in unseen) if each.classifier]
        return analyse(items, judges_of, own, rules.load(), mappings.load(), shadows)

    return run
