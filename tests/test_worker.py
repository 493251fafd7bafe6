"""What worker processes run."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.team import team
from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.bootstrap import models_dir, shipped_mappings, starter_rules
from triage_app.domain.dedup import RuleName
from triage_app.domain.errors import InvalidRules
from triage_app.domain.item import Form, RawId
from triage_app.domain.labels import Dataset, Example, Held, ModelId, Tier, Training
from triage_app.domain.learning import Model
from triage_app.domain.observable import ObservableKind
from triage_app.services.context import CancelToken, ignore_progress
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.shapes import Analysis, PendingItem
from triage_app.worker import MAX_DRAFTS, build_analysis, build_replay, build_worker

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_an_item_is_read_searched_and_classified_by_the_workspaces_settings(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('user = "maria"\nown_domains = ["example.com"]\n', encoding="utf-8")
    run = build_analysis(tmp_path, models_dir(), starter_rules(), shipped_mappings())
    mail = b"From: a@example.com\nSubject: please verify your account\n\nsee http://evil.example/x"
    (found,) = run([PendingItem(RawId(1), "files", Form.MAIL, mail, NOW)], ())
    assert found.subject == "please verify your account"
    assert "http://evil.example/x" in [each.observable.value for each in found.sightings]
    assert {each.value for each in found.own if each.kind is ObservableKind.DOMAIN} == {"example.com"}
    assert found.predictions[0].label == "Phishing"


def test_keys_are_those_of_the_rules_in_force(tmp_path: Path) -> None:
    run = build_analysis(tmp_path, models_dir(), starter_rules(), shipped_mappings())
    alert = PendingItem(RawId(1), "files", Form.ALERT, b'{"title": "Scan", "host": "web01"}', NOW)
    (found,) = run([alert], ())
    assert [key.rule for key in found.keys] == ["alert-storm"]
    # when somebody writes rules
    (tmp_path / "rules").mkdir()
    rules = tmp_path / "rules" / "dedup.yaml"
    rules.write_text("rules: [{name: mine, key: host.name, window: forever, level: link}]", encoding="utf-8")
    # then the next batch is read by them, and mistakes made later change nothing
    (found,) = run([alert], ())
    assert [(key.rule, key.values) for key in found.keys] == [("mine", ("web01",))]
    rules.write_text("rules: [{name: mine}]", encoding="utf-8")
    (found,) = run([alert], ())
    assert [key.rule for key in found.keys] == ["mine"]


def test_versions_in_the_shadow_answer_beside_the_one_in_force_and_for_their_dataset_alone(tmp_path: Path) -> None:
    with team(tmp_path) as it:
        shadow = replace(it.train(), active=False, shadow=True)
        first = it.versions()[1]
    run = build_analysis(tmp_path, models_dir(), starter_rules(), shipped_mappings())
    item = PendingItem(RawId(1), "files", Form.ALERT, b'{"title": "router switch cable"}', NOW)
    gone = replace(shadow, dataset="gone")
    (found,) = run([item], (replace(first, active=True), shadow, gone))
    assert [(each.dataset, each.model_id) for each in found.predictions] == [("category", ""), ("team", first.id)]
    assert [(each.dataset, each.model_id, each.label) for each in found.shadows] == [("team", shadow.id, "Network")]
    # what is in force is never in the shadow, whatever it says of itself
    (found,) = run([item], (replace(first, active=True, shadow=True),))
    assert [each.model_id for each in found.predictions] == ["", first.id]
    assert found.shadows == ()


def test_nothing_to_do_is_done(tmp_path: Path) -> None:
    assert build_analysis(tmp_path, models_dir(), starter_rules(), shipped_mappings())((), ()) == ()


def test_a_worker_loads_no_database_and_no_window() -> None:
    program = "import sys, triage_app.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"sqlalchemy", "sqlite3", "PySide6", "asyncio", "click"}


RULES = "rules:\n  - {{name: {name}, key: subject, window: forever, level: link, enabled: {enabled}}}\n"


def test_rules_are_tried_beside_those_in_force(tmp_path: Path) -> None:
    # given rules in force, a draft, and a rule that is off
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "dedup.yaml").write_text(RULES.format(name="mine", enabled="true"), encoding="utf-8")
    run = build_worker(tmp_path, models_dir(), starter_rules(), shipped_mappings())
    items = [PendingItem(RawId(1), "files", Form.MAIL, b"Subject: hello\n\n", NOW)]
    tried, off = RULES.format(name="tried", enabled="true"), RULES.format(name="off", enabled="false")

    def rules(draft: Draft) -> list[list[str]]:
        (found,) = run(items, draft)
        assert isinstance(found, Reading)
        return [[key.rule for key in keys] for keys in found.keys]

    # then
    assert rules(Draft((tried, None, off))) == [["tried"], ["mine"], []]
    assert rules(Draft((off,), only=RuleName("off"))) == [["off"]]
    assert rules(Draft((None,), only=RuleName("other"))) == [[]]
    assert rules(Draft(())) == []
    (analysis,) = run(items, ())
    assert isinstance(analysis, Analysis)
    assert [key.rule for key in analysis.keys] == ["mine"]


def test_many_drafts_do_not_pile_up(tmp_path: Path) -> None:
    run = build_replay(tmp_path, starter_rules(), shipped_mappings())
    for number in range(MAX_DRAFTS * 3):
        draft = Draft((RULES.format(name=f"r{number}", enabled="true"),) * 2)
        (found,) = run([PendingItem(RawId(1), "files", Form.MAIL, b"Subject: hello\n\n", NOW)], draft)
        assert [key.rule for keys in found.keys for key in keys] == [f"r{number}"] * 2
    with pytest.raises(InvalidRules):
        run((), Draft(("rules: 5",)))


def test_a_label_that_is_suspended_and_an_edited_dataset_count_from_the_next_batch_on(tmp_path: Path) -> None:
    # given a dataset with a model
    folder = tmp_path / "datasets" / "fruit"
    folder.mkdir(parents=True)
    toml = 'name = "fruit"\ntitle = "Fruit"\ndefault = "none"\nlabels = [{}"pear", "none"]\nthreshold = 0.5\n'
    (folder / "dataset.toml").write_text(toml.format('"apple", '), encoding="utf-8")
    options = Training(dim=8, epoch=50, lr=0.5, bucket=1_000, thread=1)
    dataset = Dataset("fruit", "Fruit", ("apple", "pear", "none"), "none", training=options)
    taught = [
        Example(label, f"{word} {word}") for label, word in (("apple", "red"), ("pear", "green"), ("none", "dull"))
    ]
    name = ModelId("fruit-1")
    made = WorkspaceModels(tmp_path).train(dataset, taught * 10, name, progress=ignore_progress, cancel=CancelToken())
    model = Model(name, "fruit", NOW, dataset.labels, 30, 0, "", made.sha256, None, made.options, active=True)
    run = build_analysis(tmp_path, tmp_path / "none", starter_rules(), shipped_mappings())
    items = [PendingItem(RawId(1), "files", Form.MAIL, b"Subject: red red\n\n", NOW)]

    def answer(model: Model) -> tuple[str, Tier, Held | None]:
        ((found,),) = (each.predictions for each in run(items, (model,)))
        return found.label, found.tier, found.held

    assert answer(model) == ("apple", Tier.MODEL, None)
    # when its label is suspended, and let answer again
    assert answer(replace(model, suspended=("apple",))) == ("none", Tier.DEFAULT, Held.PROMISE)
    assert answer(model) == ("apple", Tier.MODEL, None)
    # and when the dataset no longer has it
    (folder / "dataset.toml").write_text(toml.format(""), encoding="utf-8")
    assert answer(model) == ("none", Tier.DEFAULT, None)
