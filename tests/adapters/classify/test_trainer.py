import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.classify.conftest import DATASET, EXAMPLES, OPTIONS
from triage_app.adapters.classify import training
from triage_app.adapters.classify.trainer import check_examples, check_options, data_lines, run_training, sweep
from triage_app.domain.errors import Cancelled, InvalidInput, TrainingFailed
from triage_app.domain.labels import Example, Training
from triage_app.services.context import CancelToken, Progress, ignore_progress

ENDLESS = replace(OPTIONS, epoch=1_000_000)


def test_progress_comes_from_the_training_itself(tmp_path: Path) -> None:
    seen: list[Progress] = []
    options = replace(OPTIONS, epoch=300, thread=2, lr=0.001)  # slow, so that the loss falls to the end
    made = run_training(
        tmp_path, data_lines(EXAMPLES * 200), options, root=tmp_path, progress=seen.append, cancel=CancelToken()
    )
    assert made.is_file()
    done = [each.done for each in seen if each.total == 100]
    assert done == sorted(set(done))
    assert done[-1] == 100
    assert len(done) > 2
    losses = [each.loss for each in seen if each.loss is not None]
    assert losses[-1] < losses[0]
    assert seen[0] == Progress(0, 0, "seconds of training")


def test_where_fasttext_is_silent_the_seconds_are_counted(tmp_path: Path) -> None:
    cancel = CancelToken()
    seen: list[Progress] = []

    def listen(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        run_training(tmp_path, data_lines(EXAMPLES), ENDLESS, root=tmp_path, progress=listen, cancel=cancel)
    assert [(each.done, each.total) for each in seen] == [(0, 0), (1, 0)]


def test_cancelling_ends_the_child(tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(_progress: Progress) -> None:
        cancel.cancel()

    with pytest.raises(Cancelled):
        run_training(tmp_path, data_lines(EXAMPLES), ENDLESS, root=tmp_path, progress=stop, cancel=cancel)
    assert not (tmp_path / training.MODEL).exists()


def test_an_error_in_the_listener_ends_the_child_too(tmp_path: Path) -> None:
    def broken(_progress: Progress) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        run_training(tmp_path, data_lines(EXAMPLES), ENDLESS, root=tmp_path, progress=broken, cancel=CancelToken())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_child_that_is_killed_is_reported_with_the_signal(tmp_path: Path, children: Callable[[], set[int]]) -> None:
    before = children()

    def kill(_progress: Progress) -> None:
        for child in children() - before:
            os.kill(child, signal.SIGKILL)

    with pytest.raises(TrainingFailed, match=r"SIGKILL.*memory.*stays"):
        run_training(tmp_path, data_lines(EXAMPLES), ENDLESS, root=tmp_path, progress=kill, cancel=CancelToken())


@pytest.fixture
def children() -> Callable[[], set[int]]:
    """The ids of this program's child programs."""

    def read() -> set[int]:
        tasks = Path("/proc/self/task")
        if not tasks.is_dir():
            pytest.skip("needs /proc")
        return {int(each) for task in tasks.iterdir() for each in (task / "children").read_text().split()}

    return read


@pytest.mark.skipif(sys.platform == "win32", reason="memory is limited on POSIX only")
def test_options_that_need_too_much_memory_fail_alone(tmp_path: Path) -> None:
    huge = replace(OPTIONS, dim=1_000, bucket=10_000_000)
    with pytest.raises(TrainingFailed, match="not enough memory"):
        run_training(
            tmp_path, data_lines(EXAMPLES), huge, root=tmp_path, progress=ignore_progress, cancel=CancelToken()
        )


def test_a_learning_rate_that_explodes_is_reported(tmp_path: Path) -> None:
    wild = replace(OPTIONS, lr=1e30, loss="softmax")
    with pytest.raises(TrainingFailed, match="NaN"):
        run_training(
            tmp_path, data_lines(EXAMPLES), wild, root=tmp_path, progress=ignore_progress, cancel=CancelToken()
        )


def test_an_interpreter_that_cannot_train_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "broken.py"
    script.write_text("import sys; sys.stderr.write('no such library'); sys.exit(7)")
    monkeypatch.setattr(training, "__file__", str(script))
    with pytest.raises(TrainingFailed, match=r"exit code 7.*no such library"):
        run_training(
            tmp_path, data_lines(EXAMPLES), OPTIONS, root=tmp_path, progress=ignore_progress, cancel=CancelToken()
        )
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(TrainingFailed, match="no Python interpreter"):
        run_training(
            tmp_path, data_lines(EXAMPLES), OPTIONS, root=tmp_path, progress=ignore_progress, cancel=CancelToken()
        )


@pytest.mark.parametrize(
    ("examples", "reason"),
    [
        ([], "no example with text"),
        ([Example("A", "")], "no example with text"),
        ([Example("A", "x")], "one label only"),
        ([Example("A", "x"), Example("A", "y"), Example("B", "")], "one label only"),
        ([Example("A", "x"), Example("B", "y")], "no example of C"),
        ([Example("A", "x"), Example("B", "y"), Example("C", "z"), Example("D", "d")], "does not have the label D"),
    ],
)
def test_examples_that_no_model_can_come_of_are_named(examples: list[Example], reason: str) -> None:
    with pytest.raises(TrainingFailed, match=reason):
        check_examples(replace(DATASET, labels=("A", "B", "C")), examples)


def test_one_example_for_each_label_is_enough() -> None:
    check_examples(replace(DATASET, labels=("A", "B")), [Example("A", "x"), Example("B", "y")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"dim": 0}, {"dim": 100_000}, {"epoch": 0}, {"lr": 0.0}, {"lr": float("nan")}, {"lr": float("inf")},
        {"bucket": 0}, {"word_ngrams": 0}, {"thread": 0}, {"seed": -1}, {"loss": "hs"}, {"min_n": 4, "max_n": 3},
    ],
)  # fmt: skip
def test_options_out_of_range_are_named(wrong: dict[str, object]) -> None:
    options = replace(Training(), **wrong)  # type: ignore[arg-type] # the point of the test
    with pytest.raises(InvalidInput, match=f"here: {next(iter(wrong))}"):
        check_options(options, "here")
    check_options(Training(), "here")


def test_a_text_that_was_not_prepared_cannot_smuggle_in_a_label() -> None:
    for text in ("x\n__label__B y", "x __label__B", "x\n"):
        with pytest.raises(InvalidInput, match="Prepare"):
            data_lines([Example("A", text)])
    assert data_lines([Example("A b", "x"), Example("C", ""), Example("ü", "é")]) == (
        "__label__A%20b x\n__label__ü é\n".encode()
    )


def test_only_old_work_folders_are_swept(tmp_path: Path) -> None:
    fresh, old, young = (tmp_path / f".training-{name}" for name in ("fresh", "old", "young"))
    for each in (fresh, old, young):
        each.mkdir()
    now = fresh.stat().st_mtime
    os.utime(old, (now - 90_000, now - 90_000))
    os.utime(young, (now - 80_000, now - 80_000))
    sweep(tmp_path, fresh)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".training-fresh", ".training-young"]
