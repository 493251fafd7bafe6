"""Runs a training child: hands over the data, passes on progress, stops it on request, and says why it failed."""

import json
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic
from typing import IO, Any, Final

from triage_app.adapters.classify import training
from triage_app.domain.errors import InvalidInput, TrainingFailed
from triage_app.domain.labels import LABEL_PREFIX, Dataset, Example, Training, to_token
from triage_app.domain.wording import for_model
from triage_app.services.context import CancelToken, Progress

LOSSES: Final = ("softmax", "ova")
"""Losses whose output has one row for each label, which the reasons are computed from."""

LIMITS: Final[dict[str, tuple[float, float]]] = {
    "dim": (1, 1_000),
    "epoch": (1, 1_000),
    "lr": (0.0001, 10.0),
    "word_ngrams": (1, 5),
    "min_n": (0, 10),
    "max_n": (0, 10),
    "min_count": (1, 1_000_000),
    "bucket": (1, 10_000_000),
    "seed": (0, 2**31 - 1),
    "thread": (1, 64),
    "autotune": (0, 86_400),
}
"""The least and the greatest value of each numeric option."""

_PROGRESS = re.compile(rb"Progress:\s{1,10}(\d{1,3})\.\d%(?:[^\r\n]{0,80}avg\.loss:\s{1,10}(\d{1,9}(?:\.\d{1,9})?))?")
_Step = tuple[int, float | None]
"""Percent done, and the loss."""

_TICK = 0.05
_TAIL = 4_000


def check_options(options: Training, where: str) -> None:
    """Raise InvalidInput that names `where` and the option that is out of range."""
    for name, (least, most) in LIMITS.items():
        value = getattr(options, name)
        if not least <= value <= most:
            raise InvalidInput(f"{where}: {name} is {value}; it must be between {least:g} and {most:g}.")
    if options.loss not in LOSSES:
        raise InvalidInput(f"{where}: loss is {options.loss!r}; it must be one of {', '.join(LOSSES)}.")
    if options.min_n > options.max_n:
        raise InvalidInput(f"{where}: min_n is {options.min_n} and above max_n, which is {options.max_n}.")


def check_examples(dataset: Dataset, examples: Sequence[Example]) -> None:
    """Raise TrainingFailed where no useful model can come of it: no text, one label only, one left out or unknown."""
    where = f"Dataset {dataset.name}"
    counts = dict.fromkeys(dataset.labels, 0)
    for example in examples:
        if example.text:
            counts[example.label] = counts.get(example.label, 0) + 1
    found = [label for label, count in counts.items() if count]
    if not found:
        raise TrainingFailed(f"{where} has no example with text. Add lines to data.txt or give a file with examples.")
    if len(found) == 1:
        raise TrainingFailed(
            f"{where} has examples of one label only ({found[0]}). A model needs at least two labels to tell apart."
        )
    missing = [label for label, count in counts.items() if not count]
    if missing:
        raise TrainingFailed(
            f"{where} has no example of {_names(missing)}, so the model could never suggest it. "
            "Add examples, or take the label out of dataset.toml."
        )
    unknown = [label for label in found if dataset.labels and label not in dataset.labels]
    if unknown:
        raise TrainingFailed(
            f"{where} does not have the label {_names(unknown)} of the examples. Add it to labels in dataset.toml, "
            "or correct the examples."
        )


def _names(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")


def check_prepared(examples: Sequence[Example]) -> None:
    """Raise InvalidInput for a text that was not prepared and would be read as a label or as several lines."""
    if any("\n" in each.text or LABEL_PREFIX in each.text for each in examples):
        raise InvalidInput("An example's text has a line end or a label prefix in it. Prepare texts before training.")


def data_lines(examples: Sequence[Example]) -> bytes:
    """The training file: one line `__label__Label text` for each example with text, as `for_model` gives it.

    Raises InvalidInput as `check_prepared`.
    """
    check_prepared(examples)
    tokens = {label: to_token(label) for label in {example.label for example in examples}}
    return "".join(
        [f"{tokens[example.label]} {for_model(example.text)}\n" for example in examples if example.text]
    ).encode()


def run_training(
    folder: Path, data: bytes, options: Training, *,
    root: Path, progress: Callable[[Progress], None], cancel: CancelToken,
) -> Path:  # fmt: skip
    """The model file that a child made in this empty folder. Raises TrainingFailed with the reason, or Cancelled.

    The child is gone when this returns or raises, and it goes by itself, with `root` (the folder or one around it), if
    this process is killed. Progress is FastText's own, in percent with the loss, about ten times a second; with one
    thread it tells nothing until the end, and the seconds are counted instead.
    """
    (folder / training.DATA).write_bytes(data)
    return _run(folder, training.MODEL, options, 0, root=root, progress=progress, cancel=cancel)


def tune(
    folder: Path, data: bytes, judged: bytes, options: Training, *,
    root: Path, progress: Callable[[Progress], None], cancel: CancelToken,
) -> Training:  # fmt: skip
    """The options for which FastText's own search, `options.autotune` seconds long, finds the best F1 on `judged`.

    It looks at epochs, learning rate, word and character n-grams; what bounds the size of the model stays. Not
    repeatable, since it goes by the clock. Otherwise as `run_training`.
    """
    (folder / training.DATA).write_bytes(data)
    (folder / training.JUDGED).write_bytes(judged)
    made = _run(folder, training.OPTIONS, options, options.autotune, root=root, progress=progress, cancel=cancel)
    found: dict[str, Any] = json.loads(made.read_text("ascii"))
    tuned = replace(options, autotune=0, **found)
    check_options(tuned, "What autotune found")
    return tuned


def _run(
    folder: Path, result: str, options: Training, seconds: int, *,
    root: Path, progress: Callable[[Progress], None], cancel: CancelToken,
) -> Path:  # fmt: skip
    if not sys.executable:
        raise TrainingFailed("There is no Python interpreter to train with: training needs an installed Python.")
    request = {
        "folder": str(folder.resolve()),
        "root": str(root.resolve()),
        "options": asdict(options),
        "seconds": seconds,
    }
    # -P: the script's own folder must not stand before the library's modules.
    with subprocess.Popen(
        [sys.executable, "-P", str(Path(training.__file__).resolve())],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as child:  # fmt: skip
        news: queue.SimpleQueue[_Step | None] = queue.SimpleQueue()
        tail = bytearray()
        assert child.stdin is not None
        assert child.stderr is not None
        listener = threading.Thread(target=_listen, args=(child.stderr, news, tail), daemon=True)
        listener.start()
        try:
            _ask(child.stdin, json.dumps(request))
            _watch(news, "tuning" if seconds else "training", progress, cancel)
            code = child.wait()
        except BaseException:
            # Stopped before its standard input ends: that would have it clean up while we do.
            child.kill()
            child.wait()
            raise
        finally:
            listener.join()
    made = folder / result
    if code != 0 or not made.is_file():
        raise TrainingFailed(_reason(code, bytes(tail)))
    return made


def _ask(stdin: IO[bytes], request: str) -> None:
    try:
        stdin.write(request.encode() + b"\n")
        stdin.flush()
    except OSError:
        # It died at once; its exit code and last words say why.
        return


def _watch(
    news: "queue.SimpleQueue[_Step | None]", what: str, progress: Callable[[Progress], None], cancel: CancelToken
) -> None:
    progress(Progress(0, 0, f"seconds of {what}"))
    began, told, silent = monotonic(), 0, True
    while True:
        cancel.check()
        try:
            step = news.get(timeout=_TICK)
        except queue.Empty:
            seconds = int(monotonic() - began)
            if silent and seconds > told:
                told = seconds
                progress(Progress(seconds, 0, f"seconds of {what}"))
            continue
        if step is None:
            return
        silent = False
        percent, loss = step
        progress(Progress(percent, 100, "percent trained" if what == "training" else "percent tuned", loss=loss))


def _listen(stderr: IO[bytes], news: "queue.SimpleQueue[_Step | None]", tail: bytearray) -> None:
    last = -1
    while chunk := stderr.read1(1 << 14):  # type: ignore[attr-defined] # Popen gives a BufferedReader.
        tail += chunk
        found = _PROGRESS.findall(tail)
        if found and int(found[-1][0]) > last:
            last = int(found[-1][0])
            news.put((min(last, 100), float(found[-1][1]) if found[-1][1] else None))
        del tail[:-_TAIL]
    news.put(None)


def _reason(code: int, tail: bytes) -> str:
    words = tail.decode("utf-8", "replace")
    _, found, said = words.rpartition(training.FAILED)
    if found:
        return f"Training failed: {said.strip()}. The model in force stays. Look at the dataset's training options."
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        cause = " (often for want of memory)" if name == "SIGKILL" else ""
        return f"Training was ended by {name}{cause}. The model in force stays. Train again with smaller options."
    last = " ".join(words.split())[-300:]
    return f"Training ended with exit code {code} and no model: {last or 'it said nothing'}. The model in force stays."


def sweep(folder: Path, fresh: Path) -> None:
    """Remove work folders beside `fresh` that a killed program left behind more than a day before `fresh` was made."""
    limit = fresh.stat().st_mtime - 86_400
    for old in folder.glob(".training-*"):
        if old != fresh and old.stat().st_mtime < limit:
            shutil.rmtree(old, ignore_errors=True)
