"""From what a rule file says to rules: every mistake found at once, each with the path to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from triage_app.domain.conditions import compile_condition
from triage_app.domain.dedup import (
    Level,
    Missing,
    Novelty,
    OnClosed,
    Rule,
    RuleName,
    TimeBase,
    Window,
    WindowKind,
    zone_of,
)
from triage_app.domain.durations import duration_of
from triage_app.domain.field_names import wrong_field
from triage_app.domain.fingerprint import compile_key
from triage_app.domain.problems import Path, Problems, hint, shown
from triage_app.domain.ticket import Severity

MAX_RULES = 200
MAX_NAME = 64
MAX_TITLE = 200
HIGHEST_COUNT = 1_000_000_000

KEYS = ("name", "title", "enabled", "when", "key", "window", "level", "on_closed", "missing", "novelty")
WINDOW_KEYS = ("kind", "gap", "calendar", "max_life", "max_count", "time", "zone")
SEVERITIES: Mapping[str, Severity] = {each.word: each for each in Severity}

_Word = TypeVar("_Word", bound=StrEnum)
Place = Callable[[Path], tuple[int, str]]
"""Line and text of a path in the file."""


def compile_rules(tree: object, problems: Problems, place: Place) -> tuple[Rule, ...]:
    """The rules of a file: `tree` is a map with the list `rules`, of plain values. What cannot be used is left out of
    the answer and named in `problems`.
    """
    if not isinstance(tree, Mapping):
        problems.add((), "The file must hold `rules:` with a list of rules; an empty list is `rules: []`.")
        return ()
    for name in tree:
        if name != "rules":
            problems.add((str(name),), f"The key {shown(name)} does not exist{hint(str(name), ('rules',))}")
    if "rules" not in tree:
        problems.add((), "The file has no `rules:`; an empty list is `rules: []`.")
        return ()
    entries = tree["rules"]
    if not isinstance(entries, list):
        problems.add(("rules",), f"rules must be a list, not {shown(entries)}; an empty list is `rules: []`.")
        return ()
    if len(entries) > MAX_RULES:
        problems.add(("rules",), f"There are {len(entries)} rules; at most {MAX_RULES} can be used.")
        return ()
    rules: list[Rule] = []
    names: dict[str, int] = {}
    for position, entry in enumerate(entries):
        path: Path = ("rules", position)
        line, text = place(path)
        if not isinstance(entry, Mapping):
            problems.add(path, f"A rule is a map with name, key, window and level, not {shown(entry)}.")
            continue
        name = entry.get("name")
        if isinstance(name, str) and name in names:
            problems.add((*path, "name"), f"The name {shown(name)} is taken by the rule in line {names[name]}.")
        elif isinstance(name, str):
            names[name] = line
        rules.append(_Reader(entry, path, problems).rule(line, text))
    return tuple(rules)


class _Reader:
    """One rule: its entry, where it stands, and where its problems go."""

    def __init__(self, entry: Mapping[object, object], path: Path, problems: Problems) -> None:
        self._entry = entry
        self._path = path
        self._problems = problems

    def rule(self, line: int, text: str) -> Rule:
        """The rule; with harmless values where the problems say that there are none."""
        for name in self._entry:
            if name not in KEYS:
                self._wrong(str(name), f"The key {shown(name)} does not exist{hint(str(name), KEYS)}")
        written = self._needed("key")
        unwritten = Problems() if written is None else self._problems
        parts, key = compile_key(written, (*self._path, "key"), unwritten, check=wrong_field)
        level, levels = self._level()
        return Rule(
            name=RuleName(self._name()),
            title=self._title(),
            enabled=self._truth("enabled"),
            when=compile_condition(self._entry.get("when"), (*self._path, "when"), self._problems, check=wrong_field),
            parts=parts,
            key=key,
            window=_WindowReader(self._needed("window"), (*self._path, "window"), self._problems).window(),
            level=level,
            levels=levels,
            on_closed=self._word("on_closed", OnClosed.NEW_AND_LINK),
            missing=self._word("missing", Missing.SKIP),
            novelty=self._word("novelty", Novelty.LINK),
            text=text,
            line=line,
        )

    def _wrong(self, key: str, text: str) -> None:
        self._problems.add((*self._path, key), text)

    def _needed(self, key: str) -> object:
        found = self._entry.get(key)
        if found is None:
            self._wrong(key, f"The rule has no {key}.")
        return found

    def _name(self) -> str:
        name = self._needed("name")
        if name is None:
            return ""
        plain = isinstance(name, str) and name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if not isinstance(name, str) or not plain or len(name) > MAX_NAME:
            self._wrong("name", f"The name of a rule is up to {MAX_NAME} letters, digits, - and _, not {shown(name)}.")
            return ""
        return name

    def _title(self) -> str:
        title = self._entry.get("title", "")
        if not isinstance(title, str) or len(title) > MAX_TITLE or not (title.isprintable()):
            self._wrong("title", f"The title must be one line of up to {MAX_TITLE} characters.")
            return ""
        return title

    def _truth(self, key: str) -> bool:
        found = self._entry.get(key, True)
        if not isinstance(found, bool):
            self._wrong(key, f"{key} must be true or false, not {shown(found)}.")
            return False
        return found

    def _word(self, key: str, default: _Word) -> _Word:
        return _one_of(self._entry.get(key, default), type(default), default, (*self._path, key), self._problems)

    def _level(self) -> tuple[Level, Mapping[Severity, Level] | None]:
        """The level, and others by severity."""
        found = self._needed("level")
        path = (*self._path, "level")
        if found is None:
            return Level.SUGGEST, None
        if not isinstance(found, Mapping):
            return _one_of(found, Level, Level.SUGGEST, path, self._problems), None
        levels: dict[Severity, Level] = {}
        for word, value in found.items():
            level = _one_of(value, Level, Level.SUGGEST, (*path, str(word)), self._problems)
            if word in SEVERITIES:
                levels[SEVERITIES[str(word)]] = level
            elif word != "default":
                known = ("default", *SEVERITIES)
                self._problems.add((*path, str(word)), f"{shown(word)} is no severity{hint(str(word), known)}")
        if "default" not in found:
            self._problems.add(path, "Levels by severity need a `default` for all the others.")
            return Level.SUGGEST, None
        return _one_of(found["default"], Level, Level.SUGGEST, path, Problems()), levels or None


class _WindowReader:
    """A window: a word, or a map."""

    def __init__(self, tree: object, path: Path, problems: Problems) -> None:
        self._tree = tree
        self._path = path
        self._problems = problems

    def window(self) -> Window:
        """The window; forever where the problems say that there is none."""
        tree = self._tree
        if tree is None:
            return Window(WindowKind.FOREVER)
        if isinstance(tree, str):
            tree = {"kind": tree}
        if not isinstance(tree, Mapping):
            self._add("", f"A window is a word such as forever, or a map such as {{gap: 5m}}, not {shown(tree)}.")
            return Window(WindowKind.FOREVER)
        for key in tree:
            if key not in WINDOW_KEYS:
                self._add(str(key), f"The key {shown(key)} does not exist{hint(str(key), WINDOW_KEYS)}")
        kind = self._kind(tree)
        gap = self._duration(tree, "gap")
        life = self._duration(tree, "max_life")
        zone = self._zone(tree)
        if kind is WindowKind.GAP and "gap" not in tree:
            self._add("", "A window of kind gap needs its `gap`, such as 5m.")
        if kind not in (WindowKind.HOUR, WindowKind.DAY) and "zone" in tree:
            self._add("zone", "Only the calendar has a time zone.")
        return Window(
            kind=kind,
            gap=gap or Window(kind).gap,
            max_life=life,
            max_count=self._count(tree),
            time=_one_of(
                tree.get("time", TimeBase.EVENT), TimeBase, TimeBase.EVENT, (*self._path, "time"), self._problems
            ),
            zone=zone,
        )

    def _add(self, key: str, text: str) -> None:
        self._problems.add((*self._path, key) if key else self._path, text)

    def _kind(self, tree: Mapping[object, object]) -> WindowKind:
        """What kind of window it is: as named, or told by its gap or calendar."""
        named = tree.get("kind")
        calendar = tree.get("calendar")
        kinds: list[WindowKind] = []
        if named is not None and named != "calendar":
            kinds.append(_one_of(named, WindowKind, WindowKind.FOREVER, (*self._path, "kind"), self._problems))
        if calendar is not None:
            if calendar in ("hour", "day"):
                kinds.append(WindowKind(str(calendar)))
            else:
                self._add("calendar", f"The calendar has hour and day, not {shown(calendar)}.")
                return WindowKind.DAY
        elif named == "calendar":
            self._add("kind", "Say which calendar is meant: `calendar: hour` or `calendar: day`.")
            return WindowKind.DAY
        if "gap" in tree:
            kinds.append(WindowKind.GAP)
        if len(set(kinds)) > 1:
            self._add("", f"The window is {' and '.join(dict.fromkeys(kinds))} at once: leave one of them.")
        if not kinds:
            self._add("", f"The window has no kind{hint('', tuple(WindowKind))}")
        return kinds[0] if kinds else WindowKind.FOREVER

    def _duration(self, tree: Mapping[object, object], key: str) -> timedelta | None:
        found = tree.get(key)
        if key not in tree:
            return None
        duration = duration_of(found) if isinstance(found, str) else None
        if duration is None:
            more = " It needs a unit." if isinstance(found, int) and not isinstance(found, bool) and found > 0 else ""
            self._add(
                key,
                f"{key} must be a time longer than nothing and up to ten years, such as 30s, 5m, 12h or 7d, not "
                f"{shown(found)}.{more}",
            )
        return duration

    def _count(self, tree: Mapping[object, object]) -> int | None:
        found = tree.get("max_count")
        if "max_count" not in tree:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= HIGHEST_COUNT:
            self._add("max_count", f"max_count must be a whole number from 1 on, not {shown(found)}.")
            return None
        return found

    def _zone(self, tree: Mapping[object, object]) -> str:
        found = tree.get("zone", "UTC")
        try:
            if isinstance(found, str) and len(found) <= 64:
                zone_of(found)
                return found
        except (KeyError, ValueError, OSError):
            pass
        self._add("zone", f"{shown(found)} is no time zone: write it like Europe/Berlin.")
        return "UTC"


def _one_of(found: object, words: type[_Word], default: _Word, path: Path, problems: Problems) -> _Word:
    """The word of a closed set that was written."""
    known: Sequence[str] = tuple(words)
    if isinstance(found, str) and found in known:
        return words(found)
    text = found if isinstance(found, str) else ""
    problems.add(path, f"{shown(found)} is not one of them{hint(text, known)}")
    return default
