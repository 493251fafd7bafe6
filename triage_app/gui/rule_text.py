"""Changes one setting of one rule in the text of a rule file by line, so that comments and all else stay."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_ITEM = re.compile(r"^( *)-( +)(?=\S)")
_ENTRY = re.compile(r"^( *)([A-Za-z_][\w.-]*) *:(?:[ ]+(.*))?$")
_COMMENT = re.compile(r"\s+#.*$")
# What begins a value that is not understood here: multi-line text, anchors, tags, lists.
_FOREIGN = ("|", ">", "&", "*", "!", "[")
WINDOW_KINDS = ("gap", "same_time", "forever", "hour", "day")
_KIND_KEYS = ("kind", "calendar", "gap")


@dataclass(frozen=True, slots=True)
class Block:
    """Where a rule stands: its name, and its lines from `first` up to but not including `end` (0 is the first line)."""

    name: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class WindowText:
    """A window's settings as written; empty where not given. `kind` is one of `WINDOW_KINDS`."""

    kind: str = "forever"
    gap: str = ""
    max_life: str = ""
    max_count: str = ""
    time: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """The settings of a rule that a form shows, as written; empty where not given."""

    title: str
    enabled: bool
    level: str
    window: WindowText
    on_closed: str
    missing: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key with its value: the line, where the value begins in it, the value without comment, the comment."""

    line: int
    start: int
    value: str
    comment: str


class NotUnderstood(Exception):
    """The text is written in a way that only a person should change."""


def blocks(text: str) -> tuple[Block, ...]:
    """The rules of a file in their order; what cannot be read as a list of rules has none."""
    lines = text.split("\n")
    begin = next((i + 1 for i, line in enumerate(lines) if re.match(r"^rules *:\s*(#.*)?$", line)), None)
    if begin is None:
        return ()
    starts: list[int] = []
    indent: int | None = None
    end = len(lines)
    for place in range(begin, len(lines)):
        line = lines[place]
        if _is_blank(line):
            continue
        item = _ITEM.match(line)
        if indent is None and item is None:
            return ()
        if indent is None and item is not None:
            indent = len(item[1])
        if item is not None and len(item[1]) == indent:
            starts.append(place)
        elif indent is not None and _indent(line) <= indent:
            end = place
            break
    found = []
    for start, after in zip(starts, [*starts[1:], end], strict=True):
        last = after
        while last > start + 1 and _is_blank(lines[last - 1]):
            last -= 1
        name = _entry(lines, start, last, "name")
        found.append(Block(_plain(name.value) if name is not None else "", start, last))
    return tuple(found)


def block_of(text: str, rule: str) -> Block | None:
    """Where a rule stands, or None."""
    return next((block for block in blocks(text) if block.name == rule), None)


def read_settings(text: str, rule: str) -> RuleSettings | None:
    """The settings of a rule, or None where they are written in a way that is not understood here."""
    block = block_of(text, rule)
    if block is None:
        return None
    lines = text.split("\n")
    try:
        enabled = _scalar(lines, block, "enabled") or "true"
        level = _map(lines, block, "level", "default")
        return RuleSettings(
            title=_scalar(lines, block, "title"),
            enabled=enabled.lower() not in ("false", "no", "off"),
            level=level.get("default", ""),
            window=_window_of(_map(lines, block, "window", "kind")),
            on_closed=_scalar(lines, block, "on_closed"),
            missing=_scalar(lines, block, "missing"),
        )
    except NotUnderstood:
        return None


def write_setting(text: str, rule: str, key: str, value: str) -> str | None:
    """The text with one plain setting (`enabled`, `on_closed`, `missing`) of a rule changed; None: a person must."""
    return _changed(text, rule, lambda lines, block: _set_scalar(lines, block, key, value))


def write_level(text: str, rule: str, level: str) -> str | None:
    """The text with a rule's level changed; what severities raise or lower stays."""

    def change(lines: list[str], block: Block) -> None:
        known = _map(lines, block, "level", "default")
        if set(known) <= {"default"}:
            _set_scalar(lines, block, "level", level)
        else:
            _set_map(lines, block, "level", {**known, "default": level})

    return _changed(text, rule, change)


def write_window(text: str, rule: str, window: WindowText) -> str | None:
    """The text with a rule's window changed; None where a person must do it."""

    def change(lines: list[str], block: Block) -> None:
        known = _map(lines, block, "window", "kind")
        wanted: dict[str, str] = {}
        if window.kind == "gap":
            wanted["gap"] = window.gap or "5m"
        elif window.kind in ("hour", "day"):
            wanted["calendar"] = window.kind
        else:
            wanted["kind"] = window.kind
        own = {"max_life": window.max_life, "max_count": window.max_count, "time": window.time, "zone": window.zone}
        rest = {name: value for name, value in known.items() if name not in _KIND_KEYS and name not in own}
        wanted.update({name: value for name, value in own.items() if value})
        _set_map(lines, block, "window", {**wanted, **rest})

    return _changed(text, rule, change)


def replace_rule(text: str, rule: str, yaml: str) -> str | None:
    """The text with a rule's own lines replaced by other ones, brought to its indentation."""
    block = block_of(text, rule)
    if block is None:
        return None
    lines = text.split("\n")
    indent = _indent(lines[block.first])
    new = yaml.strip("\n").split("\n")
    own = min((_indent(line) for line in new if line.strip()), default=0)
    if not new[0].lstrip().startswith("-"):
        # A rule without its dash: the first line gets it, the others stand below its first key.
        new = [("- " if place == 0 else "  ") + line[own:] if line.strip() else "" for place, line in enumerate(new)]
        own = 0
    lines[block.first : block.end] = [" " * indent + line[own:] if line.strip() else "" for line in new]
    return "\n".join(lines)


# -- lines ---------------------------------------------------------------------------------------------------------


def _changed(text: str, rule: str, change: Callable[[list[str], Block], None]) -> str | None:
    block = block_of(text, rule)
    if block is None:
        return None
    lines = text.split("\n")
    try:
        change(lines, block)
    except NotUnderstood:
        return None
    return "\n".join(lines)


def _is_blank(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _plain(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def _key_column(lines: list[str], first: int) -> int:
    item = _ITEM.match(lines[first])
    if item is None:
        raise NotUnderstood
    return len(item[0])


def _entry(lines: list[str], first: int, end: int, key: str) -> _Entry | None:
    """The entry of a rule's own level with this key."""
    try:
        column = _key_column(lines, first)
    except NotUnderstood:
        return None
    return _entry_at(lines, range(first, end), column, key, dashed=first)


def _entry_at(lines: list[str], places: range, column: int, key: str, dashed: int = -1) -> _Entry | None:
    for place in places:
        line = lines[place]
        if place == dashed:
            line = " " * column + line[column:]
        found = _ENTRY.match(line)
        if found is None or len(found[1]) != column or found[2] != key:
            continue
        raw = found[3] or ""
        start = found.start(3) if found[3] is not None else len(line)
        value, comment = _without_comment(raw)
        return _Entry(place, start, value, comment)
    return None


def _without_comment(raw: str) -> tuple[str, str]:
    if raw.startswith("#"):
        return "", raw
    if raw[:1] in ("'", '"'):
        close = raw.find(raw[0], 1)
        rest = raw[close + 1 :] if close > 0 else ""
        return (raw[: close + 1], rest) if close > 0 else (raw, "")
    comment = _COMMENT.search(raw)
    return (raw[: comment.start()].rstrip(), comment[0]) if comment else (raw.rstrip(), "")


def _nested(lines: list[str], block: Block, line: int) -> tuple[range, int]:
    """The lines below an entry that belong to it, and the column of their keys."""
    column = _key_column(lines, block.first)
    end = line + 1
    while end < block.end and (_is_blank(lines[end]) or _indent(lines[end]) > column):
        end += 1
    inner = [place for place in range(line + 1, end) if not _is_blank(lines[place])]
    if not inner:
        return range(line + 1, line + 1), column + 2
    return range(line + 1, inner[-1] + 1), _indent(lines[inner[0]])


def _scalar(lines: list[str], block: Block, key: str) -> str:
    entry = _entry(lines, block.first, block.end, key)
    if entry is None:
        return ""
    if entry.value.startswith((*_FOREIGN, "{")) or (not entry.value and _nested(lines, block, entry.line)[0]):
        raise NotUnderstood
    return _plain(entry.value)


def _map(lines: list[str], block: Block, key: str, plain: str) -> dict[str, str]:
    """A mapping of plain values, written in braces or below; a value alone is that of the key `plain`."""
    entry = _entry(lines, block.first, block.end, key)
    if entry is None:
        return {}
    if entry.value.startswith("{"):
        return _braces(entry.value)
    if entry.value.startswith(_FOREIGN):
        raise NotUnderstood
    if entry.value:
        return {plain: _plain(entry.value)}
    places, column = _nested(lines, block, entry.line)
    found: dict[str, str] = {}
    for place in places:
        if _is_blank(lines[place]):
            continue
        inner = _ENTRY.match(lines[place])
        value, _comment = _without_comment(inner[3] or "") if inner else ("", "")
        if inner is None or len(inner[1]) != column or not value or value.startswith((*_FOREIGN, "{")):
            raise NotUnderstood
        found[inner[2]] = _plain(value)
    return found


def _braces(value: str) -> dict[str, str]:
    inside = value[1:-1]
    if not value.endswith("}") or any(sign in inside for sign in "{}[]\"'"):
        raise NotUnderstood
    found: dict[str, str] = {}
    for part in inside.split(","):
        if not part.strip():
            continue
        name, colon, text = part.partition(":")
        if not colon:
            raise NotUnderstood
        found[name.strip()] = text.strip()
    return found


def _set_scalar(lines: list[str], block: Block, key: str, value: str) -> None:
    entry = _entry(lines, block.first, block.end, key)
    if entry is None:
        _insert(lines, block, f"{key}: {value}")
        return
    nested = not entry.value and _nested(lines, block, entry.line)[0]
    if entry.value.startswith(_FOREIGN) or nested:
        raise NotUnderstood
    _put(lines, entry, value)


def _set_map(lines: list[str], block: Block, key: str, values: Mapping[str, str]) -> None:
    entry = _entry(lines, block.first, block.end, key)
    if entry is not None and not entry.value:
        _set_below(lines, block, entry, values)
        return
    alone = list(values) == ["kind"]
    text = values["kind"] if alone and entry is not None and entry.value[:1] != "{" else _in_braces(values)
    if entry is None:
        _insert(lines, block, f"{key}: {text}")
    else:
        _put(lines, entry, text)


def _in_braces(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def _set_below(lines: list[str], block: Block, entry: _Entry, values: Mapping[str, str]) -> None:
    places, column = _nested(lines, block, entry.line)
    kept: list[str] = []
    seen: set[str] = set()
    for place in places:
        inner = _ENTRY.match(lines[place]) if not _is_blank(lines[place]) else None
        if inner is None:
            kept.append(lines[place])
            continue
        name = inner[2]
        if name not in values:
            continue
        seen.add(name)
        value, comment = _without_comment(inner[3] or "")
        same = _plain(value) == values[name]
        kept.append(lines[place] if same else f"{' ' * column}{name}: {values[name]}{comment}")
    kept += [f"{' ' * column}{name}: {value}" for name, value in values.items() if name not in seen]
    lines[places.start : places.stop] = kept


def _put(lines: list[str], entry: _Entry, value: str) -> None:
    line = lines[entry.line]
    head = line[: entry.start].rstrip()
    comment = entry.comment if not entry.comment or entry.comment[0].isspace() else f"  {entry.comment}"
    lines[entry.line] = f"{head} {value}{comment}"


def _insert(lines: list[str], block: Block, text: str) -> None:
    column = _key_column(lines, block.first)
    lines.insert(block.end, f"{' ' * column}{text}")


def _window_of(values: Mapping[str, str]) -> WindowText:
    kind = values.get("kind") or values.get("calendar") or ("gap" if "gap" in values else "forever")
    if kind not in WINDOW_KINDS:
        raise NotUnderstood
    return WindowText(
        kind,
        values.get("gap", ""),
        values.get("max_life", ""),
        values.get("max_count", ""),
        values.get("time", ""),
        values.get("zone", ""),
    )
