import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from triage_app.adapters.workers.analyser import ProcessAnalyser, parts
from triage_app.adapters.workers.messages import Analyse, Bounds, Run
from triage_app.domain.errors import AnalysisFailed, Cancelled
from triage_app.domain.item import Form, RawId
from triage_app.domain.labels import ModelId, Training
from triage_app.domain.learning import Model
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.shapes import Analysis, PendingItem

BOUNDS = Bounds(seconds=1.0, memory=200_000_000, idle=60.0)


def item(number: int, content: bytes = b"") -> PendingItem:
    return PendingItem(
        RawId(number), "files", Form.MAIL, content or str(number).encode(), datetime(2026, 1, 1, tzinfo=UTC)
    )


def run(items: Sequence[PendingItem], models: Sequence[Model]) -> Sequence[Analysis]:
    """Does what the content says: a stand-in for what hostile content makes real analysis do."""
    return [_one(each) for each in items]


def _one(each: PendingItem) -> Analysis:
    if each.content == b"loop":
        re.match(r"(a+)+$", "a" * 64 + "!")  # holds the interpreter's lock for years
    if each.content == b"allocate":
        return Analysis(subject=str(len(bytearray(2_000_000_000))))
    if each.content == b"exit":
        os._exit(3)
    if each.content == b"raise":
        raise ValueError("cannot be")
    return Analysis(subject=each.content.decode(), sender=str(os.getpid()))


def make() -> Analyse:
    return run


def make_counting(folder: Path) -> Analyse:
    """Leaves a file for each start, and one for each set of models made ready."""
    (folder / f"started-{os.getpid()}").touch()

    def counting(items: Sequence[PendingItem], models: Sequence[Model]) -> Sequence[Analysis]:
        if not items:
            (folder / f"warmed-{os.getpid()}-{len(models)}").touch()
        return run(items, models)

    return counting


def make_reading() -> Run:
    """Reads by a draft, or analyses by models, as a real worker does."""

    def either(items: Sequence[PendingItem], work: Sequence[Model] | Draft) -> Sequence[Analysis | Reading]:
        if not isinstance(work, Draft):
            return run(items, work)
        return [Reading(subject=f"{_one(each).subject} by {len(work.texts)}") for each in items]

    return either


def make_nothing() -> Analyse:
    raise FileNotFoundError("the model folder is gone")


@pytest.fixture(scope="module")
def analyser() -> Iterator[ProcessAnalyser]:
    one = ProcessAnalyser(make, bounds=BOUNDS)
    yield one
    one.close()


def subjects(found: Sequence[Analysis]) -> list[str]:
    return [each.code or each.subject for each in found]


def test_batches_come_back_in_order_with_their_items(analyser: ProcessAnalyser) -> None:
    batches = [[item(start + number) for number in range(100)] for start in range(0, 700, 100)]

    answers = list(analyser.analyse(batches, ()))

    assert [list(batch) for batch, _ in answers] == batches
    assert [subjects(found) for _, found in answers] == [[str(each.id) for each in batch] for batch in batches]


def test_a_large_batch_keeps_both_workers_busy_and_a_small_one_only_one(analyser: ProcessAnalyser) -> None:
    many = [item(number) for number in range(256)]
    few = many[:8]

    [(_, wide)] = analyser.analyse([many], ())
    [(_, narrow)] = analyser.analyse([few], ())

    assert len({each.sender for each in narrow}) == 1
    assert len({each.sender for each in wide}) == min(2, os.cpu_count() or 1)


def test_batches_are_taken_only_a_few_ahead(analyser: ProcessAnalyser) -> None:
    taken = 0

    def endless() -> Iterator[list[PendingItem]]:
        nonlocal taken
        while True:
            taken += 1
            yield [item(taken)]

    answers = analyser.analyse(endless(), ())
    for _ in range(5):
        next(answers)
    answers.close()  # type: ignore[attr-defined]  # the port promises an iterator, this one is a generator

    assert taken <= 8


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"loop", "stalled"), (b"allocate", "too_large"), (b"exit", "worker_died"), (b"raise", "failed")],
)
def test_a_hostile_item_is_named_and_the_others_go_on(analyser: ProcessAnalyser, content: bytes, code: str) -> None:
    if content == b"allocate" and sys.platform != "linux":
        pytest.skip("only Linux enforces the limit of memory")
    batch = [item(1), item(2), item(3, content), item(4), item(5)]

    [(_, found)] = analyser.analyse([batch], ())

    assert subjects(found) == ["1", "2", code, "4", "5"]
    assert found[2].reason.endswith((".", "item."))
    assert found[2].form is Form.MAIL


def test_several_hostile_items_in_one_batch_are_each_named(analyser: ProcessAnalyser) -> None:
    batch = [item(1, b"exit"), item(2), item(3, b"raise"), item(4, b"exit"), item(5)]

    [(_, found)] = analyser.analyse([batch], ())

    assert subjects(found) == ["worker_died", "2", "failed", "worker_died", "5"]


def test_items_are_read_by_a_draft_and_a_hostile_one_is_named() -> None:
    replayer = ProcessAnalyser(make_reading, bounds=BOUNDS)
    draft = Draft(("rules: []", None), fully=True)
    batches = [[item(1), item(2, b"exit"), item(3)], [item(4, b"raise")], []]

    answers = list(replayer.replay(batches, draft))
    (_, [analysis]) = next(iter(replayer.analyse([[item(5)]], ())))
    replayer.close()

    assert [list(batch) for batch, _ in answers] == batches
    first, second, third = answers[0][1]
    assert (first.subject, third.subject) == ("1 by 2", "3 by 2")
    assert "exit code 3" in second.reason
    assert "ValueError" in answers[1][1][0].reason
    assert analysis.subject == "5"


def test_workers_are_of_use_after_a_call_that_was_given_up(analyser: ProcessAnalyser) -> None:
    answers = analyser.analyse([[item(number) for number in range(200)] for _ in range(5)], ())
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # the port promises an iterator, this one is a generator

    [(_, found)] = analyser.analyse([[item(7)]], ())

    assert subjects(found) == ["7"]


def test_workers_stay_warm_and_models_are_made_ready_once(tmp_path: Path) -> None:
    analyser = ProcessAnalyser(partial(make_counting, tmp_path), workers=1, bounds=BOUNDS)
    model = Model(
        ModelId("m"),
        "category",
        datetime(2026, 1, 1, tzinfo=UTC),
        ("A", "B"),
        2,
        0,
        "",
        "",
        None,
        Training(),
        active=True,
    )

    for models in ((), (), (model,), (model,)):
        list(analyser.analyse([[item(1)]], models))
    analyser.close()

    assert len(list(tmp_path.glob("started-*"))) == 1
    assert sorted(each.name[-2:] for each in tmp_path.glob("warmed-*")) == ["-0", "-1"]


def test_closing_ends_the_processes_and_a_later_call_starts_others() -> None:
    analyser = ProcessAnalyser(make, workers=1, bounds=BOUNDS)
    [(_, before)] = analyser.analyse([[item(1)]], ())

    analyser.close()

    assert int(before[0].sender) not in {each.pid for each in multiprocessing.active_children()}
    [(_, after)] = analyser.analyse([[item(1)]], ())
    analyser.close()
    assert after[0].sender != before[0].sender


def test_closing_stops_what_is_being_read() -> None:
    analyser = ProcessAnalyser(make, workers=1, bounds=Bounds(seconds=600.0))
    list(analyser.analyse([[item(1)]], ()))
    answers = analyser.analyse([[item(2, b"loop")]], ())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, answers)
        while not analyser.busy:
            pass

        analyser.close()

        with pytest.raises(Cancelled):
            waiting.result(timeout=60)


def test_an_idle_worker_leaves_and_is_replaced_without_a_word() -> None:
    analyser = ProcessAnalyser(make, workers=1, bounds=Bounds(seconds=2.0, idle=0.1))
    [(_, before)] = analyser.analyse([[item(1)]], ())
    for child in multiprocessing.active_children():
        if child.pid == int(before[0].sender):
            child.join(10)
            assert child.exitcode is not None

    [(_, after)] = analyser.analyse([[item(2)]], ())
    analyser.close()

    assert subjects(after) == ["2"]


def test_what_cannot_start_is_an_error_and_no_reason_to_park_items() -> None:
    analyser = ProcessAnalyser(make_nothing, workers=1, bounds=BOUNDS)

    with pytest.raises(AnalysisFailed, match="the model folder is gone"):
        list(analyser.analyse([[item(1)]], ()))
    analyser.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from tests.adapters.workers.test_analyser import BOUNDS, item, make\n"
        "from triage_app.adapters.workers.analyser import ProcessAnalyser\n"
        "if __name__ == '__main__':\n"
        "    [(_, found)] = ProcessAnalyser(make, workers=1, bounds=BOUNDS).analyse([[item(1)]], ())\n"
        "    print(found[0].sender, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    path = tmp_path / "parent.py"
    path.write_text(script)
    with subprocess.Popen(
        [sys.executable, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        # The worker inherits no end of this pipe that would keep it open: it ends when the worker and the parent do.
        os.kill(parent.pid, signal.SIGKILL)
        parent.stdout.read()

    assert not Path(f"/proc/{worker}").exists() or "zombie" in Path(f"/proc/{worker}/status").read_text()


def test_parts_keep_the_order_and_hold_few_bytes() -> None:
    small = [item(number) for number in range(10)]
    large = [item(number, b"x" * 1_500_000) for number in range(3)]

    assert [list(part) for part in parts(small, 2)] == [small]
    assert [len(part) for part in parts(large, 2)] == [1, 1, 1]
    assert [each for part in parts(small * 20, 2) for each in part] == small * 20
