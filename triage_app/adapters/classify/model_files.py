"""The ModelFiles port: signed model files under the workspace, each loaded once, and new ones made by training."""

import re
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from triage_app.adapters.classify.fasttext_model import FastTextClassifier
from triage_app.adapters.classify.making import make
from triage_app.adapters.classify.side_file import Side, read_side, to_bytes
from triage_app.adapters.classify.signing import (
    ModelKey,
    seal,
    side_path,
    signature_path,
    verify,
    workspace_key,
    write_signature,
)
from triage_app.adapters.classify.trainer import check_examples, check_options, check_prepared, sweep
from triage_app.domain.errors import InvalidInput, ModelRefused, TrainingFailed
from triage_app.domain.labels import Dataset, Example, ModelId
from triage_app.domain.learning import Model
from triage_app.services.context import CancelToken, Progress
from triage_app.services.ports import Trained

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_KEPT: Final = 8
_Verified = tuple[str, tuple[tuple[int, int, int, int], ...]]
"""The SHA-256 that was wanted, and what the files were like then."""


def load_classifier(path: Path, dataset: str, model_id: ModelId, key: ModelKey) -> FastTextClassifier:
    """A model from its file, for any process: needs neither database nor workspace.

    Raises ModelRefused where the file or its calibration is missing, unsigned, altered, or signed for another dataset,
    version or workspace; FastText never sees such a one. One that an earlier version made without a calibration gives
    its bare scores.
    """
    verify(path, dataset, model_id, key)
    return FastTextClassifier(path, model_id, _side_of(path, model_id))


def _side_of(path: Path, model_id: ModelId) -> Side | None:
    side = side_path(path)
    return read_side(side, model_id) if side.exists() else None


class WorkspaceModels:
    """Model files of one workspace: `models/DATASET/MODEL_ID.bin`, its calibration in `.cal` and the signature of both
    in `.sig` beside it, the key in `keys/models.key`.

    Safe from any thread. Up to eight models stay loaded; the one that was not asked for the longest goes first.
    """

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / "models"
        self._key_path = workspace / "keys" / "models.key"
        self._loaded: dict[tuple[str, ModelId], FastTextClassifier] = {}
        self._verified: dict[tuple[str, ModelId], _Verified] = {}
        self._lock = threading.Lock()

    def path(self, dataset: str, model_id: ModelId) -> Path:
        """Where a model's file lies; raises InvalidInput for a name that could lead elsewhere."""
        for name in (dataset, model_id):
            if not _NAME.fullmatch(name):
                raise InvalidInput(f"{name!r} cannot be part of a file name. Use letters, digits, dot, - and _.")
        return self._folder / dataset / f"{model_id}.bin"

    def key(self) -> ModelKey:
        """The workspace's signing key, made at first need; what `load_classifier` needs beside `path`."""
        return workspace_key(self._key_path)

    def verify(self, model: Model) -> None:
        """Raise ModelRefused for a file that is missing, unsigned or altered; loads nothing.

        A file is read again when it, its signature or the key was written or replaced: pushed alerts ask many times a
        second. Whoever loads it looks at its whole content anyway.
        """
        path = self.path(model.dataset, model.id)
        name = (model.dataset, model.id)
        seen = (
            model.file_sha256,
            tuple(_stamp(each) for each in (path, side_path(path), signature_path(path), self._key_path)),
        )
        if self._verified.get(name) != seen:
            self._read_whole(model)
            self._verified[name] = seen

    def _read_whole(self, model: Model) -> None:
        sha256 = verify(self.path(model.dataset, model.id), model.dataset, model.id, self.key())
        if model.file_sha256 and sha256 != model.file_sha256:
            raise ModelRefused(
                f"The file of model {model.id} of {model.dataset} is not the one that the workspace has noted. "
                "Train again, or put an earlier version in force with use-model."
            )

    def load(self, model: Model) -> FastTextClassifier:
        """The model, loaded once and kept; raises ModelRefused for a file that is unsigned, altered or unreadable."""
        name = (model.dataset, model.id)
        with self._lock:
            classifier = self._loaded.pop(name, None)
            if classifier is None:
                self._read_whole(model)
                path = self.path(model.dataset, model.id)
                classifier = FastTextClassifier(path, model.id, _side_of(path, model.id))
            self._loaded[name] = classifier
            while len(self._loaded) > _KEPT:
                del self._loaded[next(iter(self._loaded))]
            return classifier

    def train(
        self, dataset: Dataset, examples: Sequence[Example], model_id: ModelId, *,
        progress: Callable[[Progress], None], cancel: CancelToken,
    ) -> Trained:  # fmt: skip
        """Train on prepared texts in child processes, calibrate on a part held back, write and sign the files.

        They appear whole, the model last, or not at all. With `thread=1` the same examples and seed give the same
        bytes. Quality is None where the examples were too few to hold any back. Raises InvalidInput for options out of
        range, TrainingFailed, or Cancelled; both leave nothing.
        """
        target = self.path(dataset.name, model_id)
        check_options(dataset.training, f"Dataset {dataset.name}, training")
        check_examples(dataset, examples)
        check_prepared(examples)
        if target.exists():
            raise TrainingFailed(f"The model {model_id} of {dataset.name} exists already. Choose another id.")
        cancel.check()
        key = self.key()
        target.parent.mkdir(parents=True, exist_ok=True)
        work = target.parent / f".training-{model_id}-{secrets.token_hex(4)}"
        work.mkdir()
        try:
            sweep(target.parent, work)
            made = make(work, dataset, examples, progress=progress, cancel=cancel)
            side = work / "side.cal"
            side.write_bytes(to_bytes(made.side))
            sha256, signature = seal(made.path, dataset.name, model_id, key, side=side)
            cancel.check()
            write_signature(target, signature)
            side.replace(side_path(target))
            made.path.replace(target)
        except OSError as error:
            signature_path(target).unlink(missing_ok=True)
            side_path(target).unlink(missing_ok=True)
            raise TrainingFailed(f"The model could not be written: {error}. The model in force stays.") from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
        progress(Progress(100, 100, "percent trained"))
        return Trained(sha256, made.side.measured.quality if made.side.measured else None, made.options)

    def trial(
        self, dataset: Dataset, examples: Sequence[Example], *,
        progress: Callable[[Progress], None], cancel: CancelToken, is_calibrated: bool = True,
    ) -> FastTextClassifier:  # fmt: skip
        """Train on prepared texts a model that exists in memory only, in half the time where it need not be calibrated.

        Raises as `train`.
        """
        check_options(dataset.training, f"Dataset {dataset.name}, training")
        check_examples(dataset, examples)
        with TemporaryDirectory(prefix="triage-trial-") as folder:
            made = make(Path(folder), dataset, examples, progress=progress, cancel=cancel, is_calibrated=is_calibrated)
            return FastTextClassifier(made.path, ModelId(f"{dataset.name}-trial"), made.side)


def _stamp(path: Path) -> tuple[int, int, int, int]:
    """What changes with a file's content; the time of its last change of any kind is the system's own, not the
    writer's. All zero where it is not there.
    """
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0, 0)
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
