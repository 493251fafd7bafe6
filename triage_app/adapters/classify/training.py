"""The child that trains: a script of its own, so that it can be stopped, may crash, and starts within milliseconds.

It is started by file name and imports nothing of this package. The first line on standard input is the request as JSON;
that standard input ends is the sign that the parent is gone, whereupon the child removes the work folder and leaves.
FastText writes its progress to standard error; so does the child its reason when it fails, after `FAILED`.
"""

import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any, Final

FAILED: Final = "triage-failed: "
DATA: Final = "data.txt"
MODEL: Final = "model.bin"
JUDGED: Final = "judged.txt"
OPTIONS: Final = "options.json"
MEMORY: Final = 4 * 1024**3
"""Bytes of address space (where the system can limit it): options that need more fail alone, not with the machine."""


def main() -> int:
    """Train as the request on standard input says; the exit code is 0 where the model was written."""
    first = b""
    while not first.endswith(b"\n"):
        # Straight from the descriptor: a buffer's lock would be held by the thread below when the interpreter ends.
        piece = os.read(0, 4096)
        if not piece:
            return 1
        first += piece
    request = json.loads(first)
    # Relative ASCII names below, since FastText on Windows cannot open a path with other letters.
    folder = Path(request["folder"])
    os.chdir(folder)
    threading.Thread(target=_leave_with_parent, args=(Path(request["root"]),), daemon=True).start()
    _limit_memory()
    try:
        _train(request["options"], seconds=request["seconds"])
    except MemoryError:
        sys.stderr.write(f"\n{FAILED}not enough memory for these options\n")
        return 1
    except (RuntimeError, ValueError, TypeError, ImportError, OSError) as error:
        sys.stderr.write(f"\n{FAILED}{error}\n")
        return 1
    return 0


def _train(options: dict[str, Any], *, seconds: int) -> None:
    """Write the model; with `seconds`, look that long for the options that judge a second file best and write them."""
    # The binding itself: the wrapper around it costs a quarter of a second for NumPy, which training does not need.
    import fasttext_pybind as fasttext  # noqa: PLC0415

    arguments = fasttext.args()
    settings = {
        "input": DATA, "output": "", "saveOutput": False, "model": fasttext.model_name.supervised,
        "loss": getattr(fasttext.loss_name, options["loss"]), "lr": options["lr"], "dim": options["dim"],
        "epoch": options["epoch"], "minCount": options["min_count"], "minCountLabel": 0, "minn": options["min_n"],
        "maxn": options["max_n"], "wordNgrams": options["word_ngrams"], "bucket": options["bucket"], "ws": 5, "neg": 5,
        "thread": options["thread"], "seed": options["seed"], "lrUpdateRate": 100, "t": 1e-4, "label": "__label__",
        "pretrainedVectors": "", "verbose": 2,
    }  # fmt: skip
    if options["word_ngrams"] <= 1 and options["max_n"] == 0:
        settings["bucket"] = 0
    if seconds:
        settings |= {"autotuneValidationFile": JUDGED, "autotuneDuration": seconds, "verbose": 2}
    for name, value in settings.items():
        setattr(arguments, name, value)
    if seconds:
        # What bounds the size of the model stays as it is, and so does what the answers mean.
        for name in ("loss", "bucket", "dim", "minCount"):
            arguments.setManual(name)
    model = fasttext.fasttext()
    fasttext.train(model, arguments)
    if not seconds:
        model.saveModel(MODEL)
        return
    best = model.getArgs()
    found = {
        "epoch": best.epoch, "lr": best.lr, "word_ngrams": best.wordNgrams, "min_n": best.minn, "max_n": best.maxn,
    }  # fmt: skip
    Path(OPTIONS).write_text(json.dumps(found), "ascii")


def _leave_with_parent(root: Path) -> None:
    while os.read(0, 4096):
        pass
    os.chdir(root.parent)
    shutil.rmtree(root, ignore_errors=True)
    os._exit(2)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if most < 0 else min(MEMORY, most), most))


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
