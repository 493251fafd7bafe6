"""Logs that grow: each whole line of JSON is an alert, taken once however the log is rotated."""

import contextlib
import glob
import logging
import stat
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from triage_app.adapters.feeds.paths import unreadable, whole_path
from triage_app.adapters.feeds.tail_alerts import Alerts, Only
from triage_app.adapters.feeds.tail_files import Files
from triage_app.adapters.feeds.tail_lines import Bounds, last_line_start, lines_from
from triage_app.adapters.feeds.tail_marks import Mark, Opened, Position, first_line
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import RawItem
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Field, FieldKind, Manifest, Source, Tested
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page

LOOK_SECONDS = 0.5
"""How often a log is looked at while it is waited for."""

GRACE_SECONDS = 10.0
"""A rotated log is read on until the next one was written to so much later than it."""

_BOUNDS = Bounds()
_BEGUN = "begun"
_LOG = logging.getLogger(__name__)

MANIFEST = Manifest(
    "tail",
    "Log of alerts (JSON lines)",
    "Follows files with one JSON object a line, such as eve.json of Suricata and alerts.json of Wazuh, also when they "
    "are rotated. Nothing is written to them.",
    (
        Field(
            "paths",
            "Files",
            "One whole path a line; `*` and `?` stand for any part of a name: /var/log/suricata/eve*.json.",
            FieldKind.LIST,
            required=True,
        ),
        Field(
            "start",
            "Start",
            "Where a file is begun that is there when the source is first followed.",
            FieldKind.CHOICE,
            "beginning",
            choices=("beginning", "end"),
        ),
        Field(
            "only",
            "Only",
            "NAME=VALUE in each line, such as event_type=alert for Suricata: other lines are left out, and counted. "
            "Several values of one name are alternatives. Empty: take every line.",
            FieldKind.LIST,
        ),
    ),
)


class TailConnector:
    """Logs that are followed. `grace` as in `GRACE_SECONDS`."""

    def __init__(self, bounds: Bounds = _BOUNDS, grace: float = GRACE_SECONDS) -> None:
        self._bounds = bounds
        self._grace = grace

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "TailFeed":
        """Check the paths; the files need not be there yet, but their folders."""
        del secrets
        alerts = Alerts(source, Only.of(source), self._bounds.line)
        return TailFeed(alerts, _patterns(source), self._bounds, int(self._grace * 1e9))

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Look at each file."""
        del secrets
        Only.of(source)
        files, details = Files(), []
        count = total = 0
        try:
            for pattern in _patterns(source):
                found = _matches(pattern)
                opened = [(path, log) for path in found if (log := files.at(path)) is not None]
                details += [f"{path}: {log.size} bytes" for path, log in opened]
                if not opened:
                    details.append(f"{pattern}: not there yet")
                count += len(opened)
                total += sum(log.size for _, log in opened)
        finally:
            files.close()
        return Tested(f"{count} files with {total} bytes can be read.", "", tuple(details))


@dataclass(frozen=True, slots=True)
class _Look:
    """What a path looks like from outside."""

    inode: int
    size: int
    written: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read at once, how much of it the filter left out, and the mark behind it."""

    items: tuple[RawItem, ...]
    skipped: int
    mark: Mark


class TailFeed:
    """Open logs. `grace` in nanoseconds."""

    def __init__(self, alerts: Alerts, patterns: Sequence[str], bounds: Bounds, grace: int) -> None:
        self._alerts = alerts
        self._from_end = alerts.source.settings["start"] == "end"
        self._patterns = patterns
        self._bounds = bounds
        self._grace = grace
        self._files = Files()
        self._looks: dict[str, _Look | None] = {}
        self._sizes: Mapping[tuple[int, int], int] = {}
        self._positions: dict[str, Position] = {}
        self._paths: dict[str, bool] = {}
        self._moved: set[str] = set()

    @property
    def tls(self) -> str:
        """Files have none."""
        return ""

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What was written since. Trouble with one file is raised after the others had their turn."""
        grievance: SourceFailed | None = None
        self._sizes = self._files.sizes()
        followed = [path for path in cursors if self._is_wanted(path)]
        self._positions = {path: Position.read(cursors[path].position, path) for path in followed}
        # To each path, whether it was known or looked for before.
        self._paths = dict.fromkeys(followed, True)
        for pattern in self._patterns:
            for path in _matches(pattern):
                self._paths[path] = self._paths.get(path, False) or pattern in cursors
        self._moved = {path for path in followed if self._has_moved(path)}
        for path in list(self._paths):
            if cancel.cancelled:
                return
            try:
                yield from self._path(path, cancel)
            except SourceFailed as error:
                grievance = grievance or error
        for pattern in self._patterns:
            if glob.has_magic(pattern) and pattern not in cursors and not cancel.cancelled:
                # What appears from now on is read from its beginning.
                yield Page((), Cursor(pattern, 0, _BEGUN))
        marks = [mark for each in self._positions.values() for mark in (each.current, *each.older)]
        self._files.keep({mark.inode for mark in marks})
        if grievance is not None:
            raise grievance

    def settled(self, page: Page) -> None:
        """Nothing is done to a log."""

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Return when a log has grown, was rotated or has appeared."""
        now, pause = time.monotonic(), threading.Event()
        end, look = now + seconds, now + LOOK_SECONDS
        while not cancel.cancelled and (now := time.monotonic()) < end:
            if now >= look:
                if self._changed():
                    return
                look = time.monotonic() + LOOK_SECONDS
            pause.wait(min(0.1, end - now))

    def close(self) -> None:
        """Let go of the files."""
        self._files.close()

    def _is_wanted(self, path: str) -> bool:
        """Whether a cursor is that of a log which the settings still name."""
        return any(PurePath(path).match(each) for each in self._patterns) and not (
            path in self._patterns and glob.has_magic(path)
        )

    def _has_moved(self, path: str) -> bool:
        """Whether the log that was at a path is there no longer."""
        if path in self._looks and _look(path) == self._looks[path]:
            return False
        with contextlib.suppress(OSError), self._files.peek(path) as log:
            return log is None or not self._is_at(path, self._positions[path].current, log)
        return False

    def _is_at(self, path: str, mark: Mark, log: Opened) -> bool:
        """Whether a log is still at its path. Another file that begins alike may be a copy of it that took its place,
        as where logs are fetched from another machine, unless the first one lies there, too."""
        return mark.fits(log) and (log.inode == mark.inode or not self._files.is_renamed(mark, path))

    def _changed(self) -> bool:
        paths = (path for pattern in self._patterns for path in _matches(pattern))
        return any(_look(path) != self._looks.get(path) for path in paths) or self._files.sizes() != self._sizes

    def _path(self, path: str, cancel: CancelToken) -> Iterator[Page]:
        """What is new in the log at a path, after what is left of those that were there before."""
        stored = told = self._positions.get(path)
        if stored is not None and not stored.older and path in self._looks and _look(path) == self._looks[path]:
            return
        self._looks.pop(path, None)
        log = self._files.at(path)
        try:
            self._positions[path] = self._placed(path, stored, log)
            for mark in self._positions[path].older:
                for read in self._older(path, mark, log, cancel):
                    told = self._positions[path]
                    yield self._page(path, read.items, read.skipped)
            current = self._positions[path].current
            where = log or self._files.where(current, path)
            if where is not None:
                for read in self._read(path, current, where, cancel):
                    told = self._positions[path]
                    yield self._page(path, read.items, read.skipped)
        except OSError as error:
            raise unreadable(path, error) from error
        if cancel.cancelled:
            return
        if told != self._positions[path]:
            yield self._page(path)
        self._looks[path] = None if log is None else _Look(log.inode, log.size, log.written)

    def _placed(self, path: str, stored: Position | None, log: Opened | None) -> Position:
        """The position with the log that is at the path now as its current one."""
        if stored is None:
            if log is None:
                # What was rotated before is told from what will be by its times.
                before = [(each.written, first_line(each)) for _, each in self._files.beside(path)]
                written = max((when for when, _ in before), default=0)
                return Position(Mark(path, written=written), past=tuple(line for _, line in before))
            mark = self._known(path, log, self._displaced()) or self._first(path, log)
            return Position(mark, past=(mark.generation,) if mark.generation else ())
        current = stored.current
        if log is None:
            return stored
        there = self._is_at(path, current, log)
        if there and current.offset:
            return replace(stored, current=replace(current, inode=log.inode))
        # What nothing was read of may have come and gone in the same file.
        self._moved.discard(path)
        displaced = [*self._displaced(), current]
        between = self._between(path, stored, displaced)
        if there:
            now = replace(current, inode=log.inode, written=log.written)
            return replace(stored, current=now, older=(*stored.older, *between))
        known = self._known(path, log, displaced)
        older = (*stored.older, current, *between)
        return replace(
            stored,
            current=known or Mark(path, log.inode, log.written),
            older=tuple(mark for mark in older if mark != known),
        )

    def _known(self, path: str, log: Opened, displaced: Sequence[Mark]) -> Mark | None:
        """The mark of a log that came to a path, None for one that was never seen."""
        return next((mark for mark in displaced if (mark.offset or mark.inode) and self._is_at(path, mark, log)), None)

    def _first(self, path: str, log: Opened) -> Mark:
        """Where a log is begun that was never seen."""
        mark = Mark(path, log.inode, log.written)
        if self._from_end and not self._paths[path]:
            offset, within = last_line_start(log, self._bounds)
            if offset:
                return replace(mark.moved(log, offset, within=within), generation=first_line(log))
        return mark

    def _displaced(self) -> list[Mark]:
        """The marks of logs that are no longer at the path that they had."""
        older = [mark for position in self._positions.values() for mark in position.older]
        return older + [self._positions[path].current for path in self._moved]

    def _between(self, path: str, stored: Position, displaced: Sequence[Mark]) -> list[Mark]:
        """Logs that came to the path and were rotated away before they were seen there, the oldest first."""
        found = []
        for name, log in self._files.beside(path):
            if name in self._paths or self._known(name, log, displaced) is not None:
                continue
            last = stored.current.written
            if log.written > last or (log.written == last and first_line(log) not in stored.past):
                found.append(Mark(path, log.inode, log.written))
        return sorted(found, key=lambda each: each.written)

    def _older(self, path: str, mark: Mark, log: Opened | None, cancel: CancelToken) -> Iterator[_Read]:
        """What is new in a log that was rotated away. It is left when its writer has gone over to the next one."""
        where = self._files.where(mark, path)
        if where is None:
            _LOG.warning("%s was rotated and is gone; whatever followed its byte %d was not read.", path, mark.offset)
        elif not self._is_followed(mark, path, where):
            ended = log is not None and log.written >= where.written + self._grace
            for read in self._read(path, mark, where, cancel, final=ended):
                mark = read.mark
                yield read
            if not ended or cancel.cancelled:
                return
        self._positions[path] = self._positions[path].with_mark(mark, None)

    def _is_followed(self, mark: Mark, path: str, where: Opened) -> bool:
        """Whether a log was renamed to a path that is followed for itself."""
        return any(
            each.current.same_log(mark) and each.current.inode == where.inode
            for other, each in self._positions.items()
            if other != path
        )

    def _read(self, path: str, mark: Mark, log: Opened, cancel: CancelToken, *, final: bool = False) -> Iterator[_Read]:
        """The lines after a mark, page by page; the mark behind each then stands in the position."""
        while not cancel.cancelled:
            batch = lines_from(log, mark.offset, self._bounds, within=mark.within, final=final)
            if (batch.end, batch.within) == (mark.offset, mark.within):
                return
            log = Opened.of(log.file)
            if not mark.fits(log) or log.size < batch.end:
                return  # it was emptied while it was read
            position = self._positions[path]
            number = mark.generation or position.new_generation(log)
            items, skipped = self._alerts.of(batch, path, mark.path, number)
            after = mark.moved(log, batch.end, within=batch.within)
            if batch.lines:
                after = replace(after, generation=number)
            self._positions[path] = position.with_mark(mark, after)
            mark = after
            yield _Read(items, skipped, mark)

    def _page(self, path: str, items: tuple[RawItem, ...] = (), skipped: int = 0) -> Page:
        position = self._positions[path]
        return Page(items, Cursor(path, position.current.generation, str(position)), skipped=skipped)


def _patterns(source: Source) -> tuple[str, ...]:
    """The paths of a source; raises SourceFailed for one that can lead to nothing."""
    found = []
    for line in source.settings["paths"].splitlines():
        if not line.strip():
            continue
        path = whole_path(source, "paths", line)
        folder = path.parent
        if path.is_dir():
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{source.name}: paths = {path} is a folder. Name the files in it, such as {path}/*.json.",
            )
        if not glob.has_magic(str(folder)):
            try:
                next(folder.iterdir(), None)
            except OSError as error:
                raise unreadable(str(folder), error) from error
        found.append(str(path))
    return tuple(dict.fromkeys(found))


def _matches(pattern: str) -> list[str]:
    """The paths of a pattern; a plain path also where there is no file yet."""
    if not glob.has_magic(pattern):
        return [pattern]
    return sorted(glob.glob(pattern))  # noqa: PTH207  there is magic in folders, too


def _look(path: str) -> _Look | None:
    with contextlib.suppress(OSError):
        found = Path(path).stat()
        if stat.S_ISREG(found.st_mode):
            return _Look(found.st_ino, found.st_size, found.st_mtime_ns)
    return None
