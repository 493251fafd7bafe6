"""Models: trained from corrections, put in force, gone back to, and refused when altered."""

import subprocess
import sys
from pathlib import Path

import pytest

from triage_app.domain.errors import InvalidInput, ModelRefused, NotFound, TrainingFailed
from triage_app.domain.labels import ModelId
from triage_app.services.app import App
from triage_app.services.commands import CorrectLabel, ImportFiles, TrainModel, Undo, UseModel
from triage_app.services.queries import ClassifyText, GetBalance, ListDatasets, ListModels, ListTickets

ODD = "zorble flim quandary of the wombat treaty"


def active(app: App) -> ModelId:
    (model,) = [each for each in app.ask(ListModels(dataset="category")).models if each.active]
    return model.id


def test_the_first_import_makes_the_first_model(demo: App) -> None:
    (model,) = demo.ask(ListModels()).models
    assert model.active
    assert model.examples > 500
    assert model.parent is None


def test_a_new_version_has_learnt_the_corrections_and_the_old_one_is_a_step_away(demo: App) -> None:
    # given a ticket that a person corrected against what the model says of it
    ticket = demo.ask(ListTickets(limit=1)).tickets[0]
    first = active(demo)
    wanted = "Vulnerability" if ticket.category != "Vulnerability" else "Spam"
    demo.execute(CorrectLabel(ticket.id, wanted))
    # when
    model = demo.execute(TrainModel())
    # then it is in force, without a restart
    assert active(demo) == model.id != first
    assert (model.corrections, model.parent) == (1, first)
    assert demo.ask(ClassifyText("I lost my laptop on the bus")).model_id == model.id
    # and going back, or undoing the going back, is one step
    demo.execute(UseModel(first))
    assert active(demo) == first
    demo.execute(Undo())
    assert active(demo) == model.id


def test_a_name_that_is_new_makes_a_dataset(demo: App, tmp_path: Path) -> None:
    # given labelled lines of another kind
    data = tmp_path / "languages.txt"
    lines = [f"__label__Klingon qapla batleth {n}\n__label__Elvish mellon galadh {n}" for n in range(30)]
    data.write_text("\n".join(lines), encoding="utf-8")
    # when
    demo.execute(TrainModel(dataset="language", data=str(data)))
    # then it stands beside the first one and answers
    assert [each.name for each in demo.ask(ListDatasets()).datasets] == ["category", "language"]
    assert demo.ask(ClassifyText("qapla batleth", dataset="language")).label == "Klingon"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", InvalidInput),
        ("no label at all\n", InvalidInput),
        ("__label__Only one label here\n", TrainingFailed),
    ],
)
def test_data_that_cannot_be_learnt_from_leaves_the_old_model(
    demo: App, tmp_path: Path, text: str, error: type[Exception]
) -> None:
    before = active(demo)
    data = tmp_path / "data.txt"
    data.write_text(text, encoding="utf-8")
    with pytest.raises((error, InvalidInput)):
        demo.execute(TrainModel(data=str(data)))
    assert active(demo) == before


def test_an_unknown_dataset_or_model_is_named(demo: App) -> None:
    with pytest.raises(NotFound, match="colours"):
        demo.execute(TrainModel(dataset="colours"))
    with pytest.raises(NotFound, match="category-1"):
        demo.execute(UseModel(ModelId("category-1")))


def test_an_altered_model_is_refused_and_the_tickets_still_come(demo: App, demo_folder: Path, tmp_path: Path) -> None:
    # given one changed bit in the model's file
    path = demo_folder / "models" / "category" / f"{active(demo)}.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    # when mail comes in
    (tmp_path / "mail.eml").write_bytes(b"Subject: please verify your account\n\nverify your account now\n")
    report = demo.execute(ImportFiles((str(tmp_path / "mail.eml"),)))
    # then it is a ticket, keywords answered, and the report says why
    assert report.ticketed == 1
    assert "category" in report.warnings[0]
    assert demo.ask(ListTickets(limit=1)).tickets[0].tier in {"keyword", "default"}
    assert demo.ask(GetBalance()).difference == 0
    with pytest.raises(ModelRefused):
        demo.execute(UseModel(active(demo)))


def test_with_deterministic_the_same_data_gives_the_same_bytes(demo: App, demo_folder: Path) -> None:
    first, second = (demo.execute(TrainModel(deterministic=True)) for _ in range(2))
    one, other = ((demo_folder / "models" / "category" / f"{each.id}.bin").read_bytes() for each in (first, second))
    assert one == other
    assert first.file_sha256 == second.file_sha256
    assert (first.options.thread, first.options.autotune) == (1, 0)
    with pytest.raises(InvalidInput, match="not both"):
        demo.execute(TrainModel(deterministic=True, autotune=5))


MIDWAY = """
import sys
from pathlib import Path
from triage_app.bootstrap import build
from triage_app.services.commands import TrainModel
app = build(Path(sys.argv[1]))
print("ready", flush=True)
app.execute(TrainModel(data=sys.argv[2]), progress=lambda progress: print(progress.what, flush=True))
"""


def test_a_kill_in_mid_training_leaves_the_old_model_in_force(demo: App, demo_folder: Path, tmp_path: Path) -> None:
    # given a training that takes long, in a program of its own
    before = demo.ask(ListModels()).models
    data = tmp_path / "data.txt"
    with data.open("w", encoding="utf-8") as file:
        for number in range(20_000):
            words = " ".join(f"word{number * step % 4_001}" for step in range(3, 60))
            file.write(f"__label__{('Phishing', 'Spam')[number % 2]} {words}\n")
    command = [sys.executable, "-c", MIDWAY, str(demo_folder), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        for line in program.stdout:
            if "train" in line:
                break
        # when it is killed
        program.kill()
    # then the old version is in force, sound, and answers; what is left of the new one is in nobody's way
    assert demo.ask(ListModels()).models == before
    assert demo.ask(ClassifyText("I lost my laptop on the bus")).model_id == active(demo)
    (model,) = (demo_folder / "models" / "category").glob("*.bin")
    assert model.stem == before[0].id
    assert demo.execute(TrainModel()).parent == before[0].id
