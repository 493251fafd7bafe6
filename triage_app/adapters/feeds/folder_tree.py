"""The files of a watched folder: which of them are whole by now, and which were taken already."""

import os
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from triage_app.services.context import CancelToken

_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp")
"""Endings that programs give to files that they are still writing."""

LOOK_SECONDS = 0.5
LOOK_SHARE = 20
"""A folder that is waited for is looked at so often, but a large one rests so many times as long as a look takes."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written, replaced, renamed or given other rights; times in nanoseconds."""

    device: int
    inode: int
    size: int
    written: int
    changed: int

    @classmethod
    def of(cls, path: str) -> "Stamp | None":
        """That of a file, or of a link itself; None where there is none. Raises OSError."""
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return None
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Lying:
    """A file that lies in the folder."""

    path: str
    stamp: Stamp

    def is_unchanged(self) -> bool:
        """Whether it still lies there as it did; raises OSError."""
        return Stamp.of(self.path) == self.stamp


class Tree:
    """What is known of a folder from one look to the next. Not safe for more than one thread at a time.

    A file is whole when it looked the same for `settle` seconds. `left_out` is a folder that is not looked into.
    """

    def __init__(self, root: Path, settle: float, left_out: Path | None, *, deep: bool) -> None:
        self._root = root
        self._settle = settle
        self._left_out = left_out and left_out.resolve()
        self._deep = deep
        self._since: dict[str, tuple[Stamp, float]] = {}
        self._taken: dict[str, Stamp] = {}

    @property
    def count(self) -> int:
        """How many files lie there, as far as is known, without empty ones."""
        return len(self._since)

    def look(self) -> tuple[list[Lying], list[OSError]]:
        """The files that are whole and were not taken, the oldest first, and folders that could not be looked into.

        Raises OSError where that is the folder itself."""
        now, errors = time.monotonic(), list[OSError]()
        found: dict[str, tuple[Stamp, float]] = {}
        for path, stamp in _files(self._root, self._left_out, errors, deep=self._deep):
            before = self._since.get(path)
            found[path] = before if before is not None and before[0] == stamp else (stamp, now)
        self._since = found
        self._taken = {path: stamp for path, stamp in self._taken.items() if path in found}
        ready = [
            Lying(path, stamp)
            for path, (stamp, since) in found.items()
            if now - since >= self._settle and self._taken.get(path) != stamp
        ]
        return sorted(ready, key=lambda each: (each.stamp.written, each.path)), errors

    @property
    def is_waiting(self) -> bool:
        """Whether a file may become whole by waiting."""
        now = time.monotonic()
        return any(now - since < self._settle for _, since in self._since.values())

    def take(self, file: Lying) -> None:
        """It was taken as it is."""
        self._taken[file.path] = file.stamp

    def put_away(self, file: Lying) -> None:
        """It lies there no longer."""
        self._since.pop(file.path, None)

    def settle(self, cancel: CancelToken) -> None:
        """Wait until what lies there now could be whole, or until a cancel."""
        _pause(self._settle, cancel)

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Return when there is something to take, or to tell, or after so many seconds, or soon after a cancel."""
        end, rest = time.monotonic() + seconds, LOOK_SECONDS
        while not cancel.cancelled and (left := end - time.monotonic()) > 0:
            _pause(min(rest, left), cancel)
            begin = time.monotonic()
            try:
                ready, errors = self.look()
            except OSError:
                return
            if ready or errors:
                return
            rest = max(LOOK_SECONDS, LOOK_SHARE * (time.monotonic() - begin))


def _files(root: Path, left_out: Path | None, errors: list[OSError], *, deep: bool) -> Iterator[tuple[str, Stamp]]:
    """Files with something in them. No link is followed. Hidden files are left out, and those that are not finished."""
    waiting = [os.fspath(root)]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            if folder == os.fspath(root):
                raise
            if not isinstance(error, FileNotFoundError):
                errors.append(error)
            continue
        names = {entry.name for entry in entries}
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                if deep and _is_wanted(entry, names, left_out):
                    waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and not entry.name.lower().endswith(_UNFINISHED):
                try:
                    stamp = Stamp.of(entry.path)
                except OSError as error:
                    errors.append(error)
                    continue
                if stamp is not None and stamp.size:
                    yield entry.path, stamp


def _is_wanted(entry: "os.DirEntry[str]", names: Collection[str], left_out: Path | None) -> bool:
    """Whether a folder is looked into: not where files are moved to, and not where a Maildir has what is unfinished."""
    if entry.name == "tmp" and "cur" in names and "new" in names:
        return False
    return left_out is None or Path(entry.path).resolve() != left_out


def _pause(seconds: float, cancel: CancelToken) -> None:
    end, pause = time.monotonic() + seconds, threading.Event()
    while not cancel.cancelled and (left := end - time.monotonic()) > 0:
        pause.wait(min(0.1, left))
