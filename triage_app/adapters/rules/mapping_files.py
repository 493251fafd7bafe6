"""Mappings of alerts, one a file: the workspace's own (`mappings/*.yaml`) before those that ship with the program."""

import threading
from pathlib import Path

from triage_app.adapters.rules.yaml_tree import MAX_BYTES, read_yaml
from triage_app.domain.mapping import AlertMapping, Mappings, compile_mapping
from triage_app.domain.problems import Problems

MAX_FILES = 500

_Stamp = tuple[tuple[str, int, int], ...]


class MappingFiles:
    """`AlertMappings` over two folders. Safe from any thread.

    A file in the workspace replaces the shipped one of the same mapping's name. One that is invalid is left out, and
    so are its alerts' names until it is mended: the alerts themselves are read as those of an unknown product.
    """

    def __init__(self, workspace: Path, shipped: Path) -> None:
        self._folders = (workspace / "mappings", shipped)
        self._lock = threading.Lock()
        self._stamp: _Stamp | None = None
        self._mappings = Mappings()

    def load(self) -> Mappings:
        """The mappings in force; read again when a file of the workspace has changed."""
        with self._lock:
            stamp = _stamp(self._folders[0])
            if stamp != self._stamp:
                self._mappings = self._read()
                self._stamp = stamp
            return self._mappings

    def _read(self) -> Mappings:
        found: dict[str, AlertMapping] = {}
        problems: list[str] = []
        for folder in self._folders:
            for path in _files(folder):
                mapping = _mapping(path, problems)
                if mapping is not None:
                    found.setdefault(mapping.name, mapping)
        return Mappings(tuple(found.values()), problems)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".yaml")[:MAX_FILES]
    except OSError:
        return []


def _stamp(folder: Path) -> _Stamp:
    found = []
    for path in _files(folder):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _mapping(path: Path, told: list[str]) -> AlertMapping | None:
    """What a file says; what is wrong with it is told with its line."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1).decode("utf-8-sig", "replace")
    except OSError as error:
        told.append(f"{path} cannot be read: {error.strerror}. Mend its rights.")
        return None
    problems = Problems()
    tree = read_yaml(text, problems)
    of_yaml = len(problems.found)
    mapping = None if of_yaml else compile_mapping(tree.value, problems)
    for position, (place, sentence) in enumerate(problems.found):
        line = place[0] if position < of_yaml else tree.line_of(place)
        told.append(f"{path.name} line {line}: {sentence}")
    return mapping
