"""The files of logs: opened once and held, so that one that is renamed, packed or deleted is still read to its end."""

import contextlib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from triage_app.adapters.feeds.paths import unreadable
from triage_app.adapters.feeds.tail_marks import Mark, Opened, rotated_name

MOST_HELD = 100
MOST_LOOKED_AT = 10_000
"""Files under a folder among which a renamed one is looked for."""

_HOLDS = os.name != "nt"
"""Where an open file cannot be renamed, none is held."""


class Files:
    """Opens logs for one feed. Not safe for more than one thread at a time."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], Opened] = {}

    def at(self, path: str) -> Opened | None:
        """The log at a path as it is now, None where there is no file. It is held from now on.

        Raises SourceFailed where it cannot be read."""
        try:
            found = Path(path).stat()
            if not stat.S_ISREG(found.st_mode):
                return None
            held = self._held.pop((found.st_dev, found.st_ino), None)
            if held is None:
                held = Opened.of(Path(path).open("rb", buffering=0))  # noqa: SIM115  closed by `keep`
            return self._hold(Opened.of(held.file))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error) from error

    @contextlib.contextmanager
    def peek(self, path: str) -> "Iterator[Opened | None]":
        """The log at a path as it is now, None where there is none that can be read; only for this one look."""
        with contextlib.ExitStack() as stack:
            opened = None
            with contextlib.suppress(OSError):
                found = Path(path).stat()
                if held := self._held.get((found.st_dev, found.st_ino)):
                    opened = Opened.of(held.file)
                elif stat.S_ISREG(found.st_mode):
                    opened = Opened.of(stack.enter_context(Path(path).open("rb", buffering=0)))
            yield opened

    def where(self, mark: Mark, path: str) -> Opened | None:
        """Where a log is now that is no longer at its path, None where it is gone.

        It is one that is held, or one under the same folder: by its number in the file system, else by what it holds.
        """
        if not (mark.inode or mark.offset):
            return None
        for held in self._held.values():
            if held.inode == mark.inode:
                with contextlib.suppress(OSError):
                    now = Opened.of(held.file)
                    if mark.fits(now):
                        return now
        alike: list[str] = []
        for entry in _under(Path(path).parent):
            if entry.inode() == mark.inode:
                alike.insert(0, entry.path)
            elif rotated_name(entry.name, Path(path).name):
                alike.append(entry.path)
        for each in alike:
            with contextlib.suppress(OSError), self.peek(each) as opened:
                if opened is not None and mark.fits(opened):
                    return self.at(each)
        return None

    def is_renamed(self, mark: Mark, path: str) -> bool:
        """Whether a log that was at a path lies beside it or below under another name."""
        for entry in _under(Path(path).parent):
            if entry.inode() == mark.inode and entry.path != path:
                with contextlib.suppress(OSError), self.peek(entry.path) as opened:
                    if opened is not None and opened.inode == mark.inode and mark.fits(opened):
                        return True
        return False

    def beside(self, path: str) -> "Iterator[tuple[str, Opened]]":
        """The rotated logs in the folder of a path, each for one look."""
        folder, name = Path(path).parent, Path(path).name
        with contextlib.suppress(OSError):
            for each in [entry.path for entry in os.scandir(folder) if rotated_name(entry.name, name)]:
                with self.peek(each) as opened:
                    if opened is not None:
                        yield each, opened

    def sizes(self) -> Mapping[tuple[int, int], int]:
        """How large each held file is now."""
        found = {}
        for key, held in self._held.items():
            with contextlib.suppress(OSError):
                found[key] = Opened.of(held.file).size
        return found

    def keep(self, inodes: Collection[int]) -> None:
        """Close all others."""
        for key in [key for key in self._held if not _HOLDS or key[1] not in inodes]:
            self._held.pop(key).file.close()

    def close(self) -> None:
        """Close all."""
        self.keep(())

    def _hold(self, opened: Opened) -> Opened:
        while len(self._held) >= MOST_HELD:
            self._held.pop(next(iter(self._held))).file.close()
        self._held[opened.device, opened.inode] = opened
        return opened


def _under(folder: Path) -> "Iterator[os.DirEntry[str]]":
    """The files of a folder and of those in it, its own first, up to a number."""
    waiting, count = [folder], 0
    while waiting and count < MOST_LOOKED_AT:
        with contextlib.suppress(OSError), os.scandir(waiting.pop(0)) as entries:
            for entry in entries:
                count += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield entry
