"""YAML to plain values with the line of each: from the parser's events, without recursion, and with limits.

Values are those of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema). Anchors, aliases and tags are
refused: no rule needs them, and an alias is how a small file becomes a large one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from triage_app.domain.problems import Path, Problems

MAX_BYTES = 256_000
MAX_DEPTH = 12
MAX_VALUES = 20_000

_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.\d{1,30}|\d{1,30}(?:\.\d{0,30})?)(?:[eE][-+]?\d{1,3})?")
_NO_KEY = object()


@dataclass(slots=True)
class YamlTree:
    """What a file says: plain dicts, lists and scalars, and the line (from 1 on) where the value of each path is."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(slots=True)
class _Open:
    """A list or map that is being read."""

    path: Path
    items: list[object] | None
    entries: dict[object, object] | None
    key: object = _NO_KEY


class _Stop(Exception):
    """Reading cannot go on; the problem is noted."""


def read_yaml(text: str, problems: Problems) -> YamlTree:
    """The tree of one document; what keeps it from being read, and every key that stands twice, goes to `problems`.

    Problems are noted under the path of the line's number alone: `(line,)`.
    """
    # Only who reads rules pays for the parser.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        problems.add((1,), f"The file is larger than {MAX_BYTES // 1000} KB.")
        return YamlTree()
    reader = _Reader(problems)
    try:
        reader.take(YAML(typ="safe", pure=True).parse(text))
    except _Stop:
        return YamlTree()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(part) for part in (error.context, error.problem) if part)
        problems.add((mark.line + 1 if mark else 1,), f"This is not valid YAML: {said[:300]}.")
        return YamlTree()
    except (YAMLError, ValueError, RecursionError) as error:
        problems.add((_line_of_control(text),), f"This is not valid YAML: {' '.join(str(error).split())[:300]}")
        return YamlTree()
    return reader.tree


def _line_of_control(text: str) -> int:
    """Where the first character stands that no YAML may hold."""
    for number, line in enumerate(text.split("\n"), 1):
        if any(not (char.isprintable() or char in "\t\r") for char in line):
            return number
    return 1


class _Reader:
    """Builds the tree from events, one open list or map on top of the other."""

    def __init__(self, problems: Problems) -> None:
        self.tree = YamlTree()
        self._problems = problems
        self._open: list[_Open] = []
        self._documents = 0
        self._values = 0

    def take(self, events: Iterator[Any]) -> None:
        for event in events:
            kind = type(event).__name__
            line = event.start_mark.line + 1
            if kind == "DocumentStartEvent":
                self._documents += 1
                if self._documents > 1:
                    self._stop(line, "A rule file is one document: remove the second `---`.")
            elif kind == "AliasEvent" or getattr(event, "anchor", None):
                self._stop(line, "Anchors (&) and aliases (*) are not allowed: write it out, or quote the text.")
            elif kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent"):
                self._begin(event, kind, line)
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                closed = self._open.pop()
                if not self._open:
                    self.tree.value = closed.entries if closed.items is None else closed.items

    def _stop(self, line: int, text: str) -> None:
        self._problems.add((line,), text)
        raise _Stop

    def _begin(self, event: Any, kind: str, line: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            self._stop(line, f"The file holds more than {MAX_VALUES} values.")
        if len(self._open) >= MAX_DEPTH:
            self._stop(line, f"The file is nested deeper than {MAX_DEPTH} levels.")
        if event.tag and str(event.tag) != "!":
            self._stop(line, f"Tags such as {str(event.tag)[:40]} are not allowed.")
        top = self._open[-1] if self._open else None
        if top is not None and top.entries is not None and top.key is _NO_KEY:
            self._key(event, kind, line, top)
            return
        path: Path = ()
        if top is not None:
            step = len(top.items) if top.items is not None else str(top.key)
            path = (*top.path, step)
        self.tree.lines.setdefault(path, line)
        value: object
        if kind == "ScalarEvent":
            value = _scalar(event)
        else:
            value = {} if kind == "MappingStartEvent" else []
            self._open.append(
                _Open(path, value if isinstance(value, list) else None, value if isinstance(value, dict) else None)
            )
        if top is None:
            self.tree.value = value
        elif top.items is not None:
            top.items.append(value)
        elif top.entries is not None:
            top.entries[top.key] = value
            top.key = _NO_KEY

    def _key(self, event: Any, kind: str, line: int, top: _Open) -> None:
        if kind != "ScalarEvent":
            self._stop(line, "A key must be a text.")
        key = str(event.value)
        if top.entries is not None and key in top.entries:
            self._problems.add((line,), f"The key {key[:60]!r} stands twice in the same map.")
        top.key = key
        self.tree.lines[(*top.path, key)] = line


def _scalar(event: Any) -> object:
    """A scalar's value: quoted text stays text."""
    text = str(event.value)
    if event.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
