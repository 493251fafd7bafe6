"""The workspace's rule file, `rules/dedup.yaml`: checked with line numbers, written atomically, kept in force."""

import contextlib
import hashlib
import os
import tempfile
import threading
from pathlib import Path

from triage_app.adapters.rules.yaml_tree import MAX_BYTES, YamlTree, read_yaml
from triage_app.domain.dedup import RuleSet
from triage_app.domain.errors import InvalidRules, StorageFailed
from triage_app.domain.problems import Path as TreePath
from triage_app.domain.problems import Problems
from triage_app.domain.rule_tree import compile_rules

FILE_NAME = "dedup.yaml"
IN_FORCE = ".dedup.in-force.yaml"
"""A copy of the last valid text, so that also the next start has it."""

_Stamp = tuple[int, int, int]


class DedupFile:
    """`DedupRules` over a file. `shipped` is the file of starter rules. Safe from any thread and between processes."""

    def __init__(self, workspace: Path, shipped: Path) -> None:
        self._folder = workspace / "rules"
        self._path = self._folder / FILE_NAME
        self._copy = self._folder / IN_FORCE
        self._shipped = shipped
        self._lock = threading.Lock()
        self._stamp: _Stamp | None = None
        self._rules: RuleSet | None = None

    def load(self) -> RuleSet:
        """The rules in force; read again when the file has changed. A file that is invalid, or cannot be read, leaves
        the last valid rules.
        """
        with self._lock:
            stamp = self._stamp_now()
            if self._rules is None or stamp != self._stamp:
                self._rules = self._read(stamp)
                self._stamp = stamp
            return self._rules

    def text(self) -> str:
        """The file's text as it stands, valid or not; the starter rules where there is none."""
        return self._text_of(self._path if self._path.exists() else self._shipped)

    def parse(self, text: str) -> RuleSet:
        """Rules from YAML; raises InvalidRules with every problem and its line."""
        problems = Problems()
        tree = read_yaml(text, problems)
        if problems.found and tree.value is None:
            raise InvalidRules(_by_line(problems, YamlTree()))
        lines = text.split("\n")
        rules = compile_rules(tree.value, problems, lambda path: _place(path, tree, lines))
        if problems.found:
            raise InvalidRules(_by_line(problems, tree))
        return RuleSet(rules, config_id(text))

    def save(self, text: str) -> RuleSet:
        """Check, then write atomically. Raises InvalidRules, or StorageFailed where the file cannot be written."""
        rules = self.parse(text)
        with self._lock:
            try:
                _write(self._path, text)
                _write(self._copy, text)
            except OSError as error:
                raise StorageFailed(
                    f"{self._path} cannot be written: {error.strerror}. Free the disk or mend the folder's rights."
                ) from error
            self._rules, self._stamp = rules, self._stamp_now()
        return rules

    def _read(self, stamp: _Stamp | None) -> RuleSet:
        if stamp is None:
            return self.parse(self._text_of(self._shipped))
        try:
            text = self._text_of(self._path)
            rules = self.parse(text)
        except (InvalidRules, StorageFailed):
            return self._rules or self._last_valid()
        # A workspace that cannot be written still has its rules.
        with contextlib.suppress(OSError):
            if not self._copy.exists() or self._text_of(self._copy) != text:
                _write(self._copy, text)
        return rules

    def _last_valid(self) -> RuleSet:
        """What was in force before the file became invalid, also before this start."""
        if self._copy.exists():
            with contextlib.suppress(InvalidRules, StorageFailed):
                return self.parse(self._text_of(self._copy))
        return self.parse(self._text_of(self._shipped))

    def _stamp_now(self) -> _Stamp | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError:
            # It may be there, and what was in force stays: intake does not stop for it.
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    @staticmethod
    def _text_of(path: Path) -> str:
        try:
            with path.open("rb") as file:
                # One more than is allowed, so that a file that is too large is found out without being read whole.
                return file.read(MAX_BYTES + 1).decode("utf-8-sig", "replace")
        except OSError as error:
            raise StorageFailed(f"{path} cannot be read: {error.strerror}. Mend its rights.") from error


def config_id(text: str) -> str:
    """The name of this very text: decisions are stored with it."""
    return f"dedup-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _by_line(problems: Problems, tree: YamlTree) -> list[tuple[int, str]]:
    """Problems with their lines, by line. One of the YAML itself has its line as its path."""
    found = [
        (path[0] if len(path) == 1 and isinstance(path[0], int) else tree.line_of(path), text)
        for path, text in problems.found
    ]
    return sorted(found, key=lambda each: each[0])


def _place(path: TreePath, tree: YamlTree, lines: list[str]) -> tuple[int, str]:
    """Where a rule begins, and its own text: up to the next one, without what leads over to that."""
    *before, position = path
    first = tree.line_of(path)
    following = tree.lines.get((*before, int(position) + 1))
    last = following - 1 if following else len(lines)
    own = lines[first - 1 : last]
    while own and (not own[-1].strip() or own[-1].lstrip().startswith("#")):
        own.pop()
    return first, "\n".join(own)


def _write(path: Path, text: str) -> None:
    """The whole file or nothing: written beside it, made durable, then put in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
