import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.classify.conftest import (
    BIG,
    BIG_ID,
    DATASET,
    EXAMPLES,
    MODEL_ID,
    OPTIONS,
    Train,
    Trained,
    many,
    model_of,
)
from triage_app.adapters.classify.model_files import WorkspaceModels, load_classifier
from triage_app.adapters.classify.side_file import Side, to_bytes
from triage_app.adapters.classify.signing import seal, side_path, signature_path, workspace_key, write_signature
from triage_app.domain.errors import Cancelled, InvalidInput, ModelRefused, TrainingFailed
from triage_app.domain.labels import Example, ModelId
from triage_app.domain.wording import for_model
from triage_app.services.context import CancelToken, Progress, ignore_progress


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_training_leaves_a_model_its_signature_and_the_key(trained: Trained) -> None:
    assert files(trained.workspace) == [
        "keys/models.key", "models/small/small-1.bin", "models/small/small-1.cal", "models/small/small-1.sig",
    ]  # fmt: skip


def test_a_model_is_loaded_once_and_kept(trained: Trained) -> None:
    with ThreadPoolExecutor(8) as pool:
        loaded = {id(each) for each in pool.map(lambda _: trained.models.load(trained.model), range(16))}
    assert len(loaded) == 1
    assert trained.models.load(trained.model).model_id == MODEL_ID


def test_a_worker_loads_it_with_path_and_key_alone(trained: Trained) -> None:
    classifier = load_classifier(trained.path, DATASET.name, MODEL_ID, trained.models.key())
    assert classifier.predict(["lost my phone"], count=1, explain_from=None)[0].scores[0].label == "Device Lost"


def test_an_altered_model_is_refused_wherever_it_is_asked_for(tmp_path: Path, train: Train) -> None:
    made = train(tmp_path)
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 4
    made.path.write_bytes(content)
    with pytest.raises(ModelRefused):
        made.models.verify(made.model)
    with pytest.raises(ModelRefused):
        made.models.load(made.model)
    with pytest.raises(ModelRefused):
        load_classifier(made.path, DATASET.name, MODEL_ID, made.models.key())


def test_what_was_found_good_is_looked_at_again_when_another_file_takes_its_place(tmp_path: Path, train: Train) -> None:
    # given a model that was verified twice, the second time from memory
    made = train(tmp_path)
    for _ in range(2):
        made.models.verify(made.model)
    # when its file is replaced, or its signature taken away
    content = made.path.read_bytes()
    other = tmp_path / "other.bin"
    other.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    other.replace(made.path)
    # then it is refused, and found good again with its own
    with pytest.raises(ModelRefused, match="altered"):
        made.models.verify(made.model)
    other.write_bytes(content)
    other.replace(made.path)
    made.models.verify(made.model)
    signature_path(made.path).unlink()
    with pytest.raises(ModelRefused, match="no signature"):
        made.models.verify(made.model)


def test_a_file_that_is_signed_but_not_the_one_that_was_noted_is_refused(trained: Trained) -> None:
    with pytest.raises(ModelRefused, match="not the one"):
        trained.models.verify(replace(trained.model, file_sha256="0" * 64))


def test_a_model_of_another_workspace_is_refused(tmp_path: Path, trained: Trained) -> None:
    own = WorkspaceModels(tmp_path)
    target = own.path(DATASET.name, MODEL_ID)
    target.parent.mkdir(parents=True)
    target.write_bytes(trained.path.read_bytes())
    for path_of in (signature_path, side_path):
        path_of(target).write_bytes(path_of(trained.path).read_bytes())
    with pytest.raises(ModelRefused, match="comes from elsewhere"):
        own.load(trained.model)


def test_one_thread_and_a_seed_give_the_same_bytes(tmp_path: Path, train: Train, trained: Trained) -> None:
    again = train(tmp_path / "again")
    other = train(tmp_path / "other", dataset=replace(DATASET, training=replace(OPTIONS, seed=2)))
    assert again.path.read_bytes() == trained.path.read_bytes()
    assert again.model.file_sha256 == trained.model.file_sha256
    assert other.path.read_bytes() != trained.path.read_bytes()


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    models, cancel = WorkspaceModels(tmp_path), CancelToken()
    endless = replace(DATASET, training=replace(OPTIONS, epoch=1_000))

    def stop(_progress: Progress) -> None:
        cancel.cancel()

    with pytest.raises(Cancelled):
        models.train(endless, EXAMPLES * 100, MODEL_ID, progress=stop, cancel=cancel)
    assert files(tmp_path) == ["keys/models.key"]
    assert list((tmp_path / "models" / "small").iterdir()) == []


def test_what_cannot_be_trained_leaves_nothing(tmp_path: Path) -> None:
    models = WorkspaceModels(tmp_path)
    with pytest.raises(TrainingFailed):
        models.train(DATASET, [], MODEL_ID, progress=ignore_progress, cancel=CancelToken())
    wrong = replace(DATASET, training=replace(OPTIONS, dim=0))
    with pytest.raises(InvalidInput, match="dim"):
        models.train(wrong, EXAMPLES, MODEL_ID, progress=ignore_progress, cancel=CancelToken())
    with pytest.raises(InvalidInput, match="Prepare"):
        models.train(
            DATASET, [*EXAMPLES, Example("Phishing", "a\nb")], MODEL_ID, progress=ignore_progress, cancel=CancelToken()
        )
    assert files(tmp_path) == []


def test_an_id_is_used_once(trained: Trained) -> None:
    before = trained.path.read_bytes()
    with pytest.raises(TrainingFailed, match="exists already"):
        trained.models.train(DATASET, EXAMPLES, MODEL_ID, progress=ignore_progress, cancel=CancelToken())
    assert trained.path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a\0b", "x" * 200, "C:x"])
def test_names_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    models = WorkspaceModels(tmp_path)
    with pytest.raises(InvalidInput):
        models.path("small", ModelId(name))
    with pytest.raises(InvalidInput):
        models.path(name, MODEL_ID)


def test_a_folder_with_letters_of_any_script_will_do(tmp_path: Path, train: Train) -> None:
    made = train(tmp_path / "Arbeitsfläche 工作")
    assert made.models.load(made.model).labels


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_program_leaves_the_old_model_and_no_orphan(tmp_path: Path, train: Train) -> None:
    # given a model, and a program that is in the middle of training the next
    made = train(tmp_path)
    code = (
        "import sys, dataclasses; from pathlib import Path\n"
        "from tests.adapters.classify.conftest import *\n"
        "def told(p):\n    print(p.done, flush=True)\n"
        "endless = dataclasses.replace(DATASET, training=dataclasses.replace(OPTIONS, epoch=1000, thread=2))\n"
        "WorkspaceModels(Path(sys.argv[1])).train(endless, EXAMPLES * 300, ModelId('small-2'), "
        "progress=told, cancel=CancelToken())\n"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, cwd=root) as program:
        assert program.stdout is not None
        while program.stdout.readline() not in {b"1\n", b""}:
            pass
        # when
        program.kill()
        program.wait()
    # then its child, which nobody waits for, removes the work folder and ends
    folder = tmp_path / "models" / "small"
    for _ in range(600):
        if not [each for each in folder.iterdir() if each.name.startswith(".")]:
            break
        subprocess.run([sys.executable, "-c", ""], check=True)
    assert sorted(each.name for each in folder.iterdir()) == ["small-1.bin", "small-1.cal", "small-1.sig"]
    assert WorkspaceModels(tmp_path).load(made.model).labels


def test_the_key_is_the_workspaces(trained: Trained) -> None:
    assert trained.models.key() == workspace_key(trained.workspace / "keys" / "models.key")
    assert model_of("").file_sha256 == ""


def test_a_model_of_enough_texts_is_calibrated_on_those_held_back(calibrated: Trained) -> None:
    assert calibrated.quality is not None
    assert 100 < calibrated.quality.n < 140
    assert 0.75 < calibrated.quality.accuracy < 1.0
    assert calibrated.quality.ece < 0.15
    model = calibrated.models.load(calibrated.model)
    texts = [each.text for each in many(600)]
    answers = model.predict(texts, count=3, explain_from=None)
    # one in eight is labelled wrongly, which nobody can be surer of than that
    sure = sum(answer.scores[0].confidence for answer in answers) / len(answers)
    assert 0.78 < sure < 0.95
    assert not any(answer.strange for answer in answers)


def test_text_of_another_field_is_strange_and_its_likeness_is_low(calibrated: Trained) -> None:
    model = calibrated.models.load(calibrated.model)
    known = "please verify account password today"
    own, other, letters = model.predict(
        [known, "die römischen kaiser bauten straßen nach norden", "qzx wvj kkp bank"], count=3, explain_from=0.0
    )
    assert (own.scores[0].label, own.strange) == ("Phishing", False)
    assert own.likeness > 0.2
    assert other.strange
    assert letters.strange
    assert other.likeness == letters.likeness == 0.0


def test_too_few_texts_give_bare_scores_and_no_quality(trained: Trained) -> None:
    assert trained.quality is None
    (answer,) = trained.models.load(trained.model).predict(["qzx wvj kkp"], count=1, explain_from=None)
    assert (answer.likeness, answer.strange) == (1.0, False)


def test_one_changed_bit_in_either_file_is_refused_before_anything_is_loaded(tmp_path: Path, train: Train) -> None:
    made = train(tmp_path, dataset=BIG, examples=many(300), model_id=BIG_ID)
    for path in (made.path, side_path(made.path)):
        whole = path.read_bytes()
        for place in (0, len(whole) // 3, len(whole) - 1):
            content = bytearray(whole)
            content[place] ^= 1
            path.write_bytes(content)
            with pytest.raises(ModelRefused):
                made.models.load(made.model)
            with pytest.raises(ModelRefused):
                made.models.verify(made.model)
        path.write_bytes(whole)
    assert made.models.load(made.model).labels


def test_a_model_that_an_earlier_version_made_gives_its_bare_scores(tmp_path: Path, train: Train) -> None:
    made = train(tmp_path, dataset=BIG, examples=many(300), model_id=BIG_ID)
    side_path(made.path).unlink()
    write_signature(made.path, seal(made.path, BIG.name, BIG_ID, made.models.key(), side=None)[1])
    (answer,) = made.models.load(made.model).predict(["qzx wvj kkp bank"], count=3, explain_from=None)
    assert (answer.likeness, answer.strange) == (1.0, False)


def test_a_calibration_of_other_labels_is_refused(tmp_path: Path, train: Train) -> None:
    made = train(tmp_path)
    side_path(made.path).write_bytes(to_bytes(Side(("Other", "Labels"), None)))
    write_signature(made.path, seal(made.path, DATASET.name, MODEL_ID, made.models.key(), side=side_path(made.path))[1])
    with pytest.raises(ModelRefused, match="other labels"):
        made.models.load(made.model)


def test_two_calibrated_trainings_with_one_thread_are_the_same_byte_by_byte(
    tmp_path: Path, train: Train, calibrated: Trained
) -> None:
    again = train(tmp_path, dataset=BIG, examples=many(600), model_id=BIG_ID)
    assert again.path.read_bytes() == calibrated.path.read_bytes()
    assert side_path(again.path).read_bytes() == side_path(calibrated.path).read_bytes()
    assert again.quality == calibrated.quality


def test_a_trial_is_calibrated_as_well(tmp_path: Path, calibrated: Trained) -> None:
    trial = WorkspaceModels(tmp_path).trial(BIG, many(600), progress=ignore_progress, cancel=CancelToken())
    texts = [each.text for each in many(40)]
    kept, tried = (
        [answer.scores[0] for answer in model.predict(texts, count=3, explain_from=None)]
        for model in (calibrated.models.load(calibrated.model), trial)
    )
    assert [each.label for each in tried] == [each.label for each in kept]
    assert [each.confidence for each in tried] == pytest.approx([each.confidence for each in kept])
    assert files(tmp_path) == []


def test_ignored_phrases_teach_nothing(tmp_path: Path, train: Train) -> None:
    banner = "sent from the acme gateway"
    examples = [replace(each, text=f"{banner} {each.text}") for each in many(300)]
    made = train(tmp_path, dataset=replace(BIG, ignored=("Sent from the ACME gateway.",)), examples=examples)
    plain = train(tmp_path / "plain", dataset=BIG, examples=many(300))
    assert made.path.read_bytes() == plain.path.read_bytes()


@pytest.mark.parametrize(
    ("labels", "each"),
    [(("A", "B"), 1), (tuple(f"Label {n}" for n in range(500)), 2), (("日本", "Ελληνικά", "العربية"), 30)],
)
def test_labels_with_one_example_five_hundred_of_them_or_of_any_script_train(
    tmp_path: Path, train: Train, labels: tuple[str, ...], each: int
) -> None:
    # given
    examples = [
        Example(label, f"w{place} w{place} x{number} y{place * number} common")
        for place, label in enumerate(labels)
        for number in range(each)
    ]
    dataset = replace(DATASET, labels=labels, training=replace(OPTIONS, epoch=30))
    # when
    made = train(tmp_path, dataset=dataset, examples=examples)
    # then
    model = made.models.load(made.model)
    assert set(model.labels) == set(labels)
    for answer in model.predict(["w0 w0 common", "w1", "zzz"], count=len(labels), explain_from=0.0):
        shares = [score.confidence for score in answer.scores]
        assert shares == sorted(shares, reverse=True)
        assert 0 <= shares[-1] <= shares[0] <= 1
        assert sum(shares) <= 1.001 or made.quality is None


def test_options_are_tuned_within_the_time_that_is_given(tmp_path: Path) -> None:
    models, seen = WorkspaceModels(tmp_path), list[Progress]()
    # given options with which next to nothing is learnt, so that whatever else is tried is better
    searched = replace(BIG, training=replace(BIG.training, autotune=4, thread=2, epoch=1, lr=0.0001))
    made = models.train(searched, many(600), BIG_ID, progress=seen.append, cancel=CancelToken())
    assert made.options.autotune == 0
    assert made.options != replace(searched.training, autotune=0)
    assert (made.options.dim, made.options.loss, made.options.bucket) == (8, "ova", 5_000)
    assert any(each.what.endswith(("of tuning", "tuned")) for each in seen)
    assert made.quality is not None


def test_where_nothing_can_be_held_back_nothing_is_tuned(tmp_path: Path) -> None:
    searched = replace(DATASET, training=replace(OPTIONS, autotune=60))
    made = WorkspaceModels(tmp_path).train(searched, EXAMPLES, MODEL_ID, progress=ignore_progress, cancel=CancelToken())
    assert made.options == OPTIONS


def test_a_trial_that_need_not_be_calibrated_gives_bare_scores(tmp_path: Path) -> None:
    models, token = WorkspaceModels(tmp_path), CancelToken()
    trial = models.trial(BIG, many(600), progress=ignore_progress, cancel=token, is_calibrated=False)
    texts = [each.text for each in many(50)]
    answers = trial.predict(texts, count=3, explain_from=None)
    bare = trial.scores([for_model(text) for text in texts], BIG.labels)
    assert [answer.scores[0].confidence for answer in answers] == pytest.approx(bare.max(axis=1).tolist(), abs=1e-6)
    assert {(answer.likeness, answer.strange) for answer in answers} == {(1.0, False)}
