"""The Datasets port: folders with `data.txt`, `keywords.yaml`, `dataset.toml`; the workspace's before the program's."""

import json
import re
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from triage_app.adapters.classify.dataset_files import read_dataset
from triage_app.adapters.classify.look import preview_of
from triage_app.adapters.classify.reading import look_at, read_examples
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.labels import LABEL_PREFIX, UNCLASSIFIED, Dataset, Example, Training, check_label, to_token
from triage_app.services.learning_shapes import ExamplePreview
from triage_app.services.ports import FileReader

FIRST: Final = "category"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")
_FEW: Final = 3_000
_UPDATES: Final = 30_000
_MOST_EPOCHS: Final = 200

_Stamp = tuple[tuple[int, int] | None, ...]


class DatasetFolders:
    """Datasets under `WORKSPACE/datasets`, then under the folder that ships with the program. Safe from any thread.

    A folder is read again when the time or size of one of its files has changed. `files` finds mail in folders of
    examples; without it only files of examples can be read.
    """

    def __init__(self, workspace: Path, shipped: Path, files: FileReader | None = None) -> None:
        self._files = files
        self._own = workspace / "datasets"
        self._roots = (self._own, shipped)
        self._read: dict[Path, tuple[_Stamp, Dataset]] = {}
        self._lock = threading.Lock()

    def all(self) -> Sequence[Dataset]:
        """All datasets, `category` first, then by name; raises InvalidInput for a broken one."""
        names = {
            folder.name
            for root in self._roots
            if root.is_dir()
            for folder in root.iterdir()
            if _NAME.fullmatch(folder.name) and (folder / "dataset.toml").is_file()
        }
        return [self.get(name) for name in sorted(names, key=lambda name: (name != FIRST, name))]

    def get(self, name: str) -> Dataset:
        """One dataset; raises NotFound, or InvalidInput that names the file and key that are wrong."""
        folder = self._folder(name)
        stamp = tuple(_stamp(folder / file) for file in ("dataset.toml", "keywords.yaml", "data.txt"))
        with self._lock:
            known = self._read.get(folder)
            if known is None or known[0] != stamp:
                dataset = read_dataset(folder)
                if not dataset.labels:
                    dataset = replace(dataset, labels=_labels(read_examples(folder / "data.txt")))
                self._read[folder] = known = (stamp, dataset)
            return known[1]

    def examples(self, name: str) -> Sequence[Example]:
        """Its own labelled examples, texts as written; empty where there is no `data.txt`."""
        path = self._folder(name) / "data.txt"
        return read_examples(path) if path.is_file() and path.stat().st_size else ()

    def create(self, name: str, examples: Sequence[Example]) -> Dataset:
        """A new dataset folder in the workspace with these examples; it appears whole or not at all.

        Its labels are those of the examples, the most frequent first. With few examples it gets more epochs, so that
        the model sees each often enough. Raises InvalidInput for a name or examples that cannot be used, InvalidState
        where the name is taken.
        """
        check_name(name)
        if any((root / name).exists() for root in self._roots):
            raise InvalidState(f"There is a dataset {name} already. Choose another name.")
        for label in {example.label for example in examples}:
            check_label(label)
        labels = _labels(examples)
        if len(labels) < 2:
            raise InvalidInput(
                f"Dataset {name} would have {len(labels)} labels. Give examples of at least two labels to tell apart."
            )
        default = UNCLASSIFIED
        training = Training()
        if len(examples) < _FEW:
            training = replace(training, epoch=min(_MOST_EPOCHS, max(training.epoch, _UPDATES // len(examples))))
        dataset = Dataset(name, name, labels, default, training=training)
        self._own.mkdir(parents=True, exist_ok=True)
        fresh = self._own / f".new-{name}-{secrets.token_hex(4)}"
        fresh.mkdir()
        try:
            (fresh / "data.txt").write_bytes(b"".join(map(data_line, examples)))
            (fresh / "dataset.toml").write_text(dataset_toml(dataset), "utf-8", newline="\n")
            fresh.rename(self._own / name)
        except OSError as error:
            if (self._own / name).exists():
                raise InvalidState(f"There is a dataset {name} already. Choose another name.") from error
            raise InvalidInput(f"The folder of dataset {name} cannot be written: {error}.") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return self.get(name)

    def read_examples(self, path: str, columns: Sequence[str] = ()) -> Sequence[Example]:
        """Labelled examples of a file or folder; InvalidInput has the numbers of the first lines that are broken."""
        return read_examples(Path(path), columns, self._files)

    def preview(self, path: str, columns: Sequence[str] = ()) -> ExamplePreview:
        """What a file or folder holds: the first rows, all labels, and what is broken, by line."""
        return preview_of(look_at(Path(path), columns, self._files))

    def _folder(self, name: str) -> Path:
        if _NAME.fullmatch(name):
            for root in self._roots:
                if (root / name / "dataset.toml").is_file():
                    return root / name
        raise NotFound(f"There is no dataset {name[:80]!r}. The query ListDatasets names those that there are.")


def check_name(name: str) -> None:
    """Raise InvalidInput for a name that could lead out of the folder or that a system reserves."""
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise InvalidInput(
            f"{name[:80]!r} cannot be the name of a dataset. Use up to 64 letters, digits, - and _, "
            "starting with a letter or digit."
        )


def data_line(example: Example) -> bytes:
    """An example as a line of `data.txt`: one line whatever its text holds, and one label whatever it pretends."""
    text = " ".join(example.text.replace(LABEL_PREFIX, "label ").split())
    return f"{to_token(example.label)} {text}\n".encode("utf-8", "replace") if text else b""


def dataset_toml(dataset: Dataset) -> str:
    """The text of a `dataset.toml`. A JSON string without control characters is a TOML basic string (TOML 1.0)."""

    def quoted(value: str) -> str:
        return json.dumps("".join(char if char.isprintable() else " " for char in value), ensure_ascii=False)

    lines = [
        f"name = {quoted(dataset.name)}",
        f"title = {quoted(dataset.title)}",
        f"threshold = {dataset.threshold}",
        f"default = {quoted(dataset.default)}",
        f"fields = [{', '.join(map(quoted, dataset.fields))}]",
        "labels = [",
        *(f"    {quoted(label)}," for label in dataset.labels),
        "]",
        "",
        "[training]",
        *(
            f"{key} = {quoted(value) if isinstance(value, str) else value}"
            for key, value in asdict(dataset.training).items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _labels(examples: Sequence[Example]) -> tuple[str, ...]:
    counts = Counter(example.label for example in examples if example.text.strip())
    return tuple(sorted(counts, key=lambda label: (-counts[label], label)))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
