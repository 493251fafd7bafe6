"""Reads `dataset.toml` and `keywords.yaml`, and says which file and which key is wrong."""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from triage_app.adapters.classify.keyword_files import read_rules
from triage_app.adapters.classify.trainer import LIMITS, check_options
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import UNCLASSIFIED, Dataset, Effect, KeywordRule, LabelChange, Training, check_label

FIRST: Final = "category"
"""The dataset whose answer is a ticket's category, and the only one of which it can be."""
MAX_BYTES: Final = 1024**2
MAX_LABELS: Final = 1_000
MAX_IGNORED: Final = 100
MAX_PHRASE: Final = 2_000
_KEYS: Final = (
    "name", "title", "threshold", "default", "effect", "fields", "ignored", "labels", "training", "history",
)  # fmt: skip
_CHANGE_KEYS: Final = ("at", "who", "old", "new", "words")


def read_dataset(folder: Path, called: str = "") -> Dataset:
    """The dataset of a folder that is `called` so, by its own name if that is empty. `labels` is empty where the file
    names none. Raises InvalidInput naming file and key.
    """
    called = called or folder.name
    path = folder / "dataset.toml"
    table = _toml(path)
    unknown = [key for key in table if key not in _KEYS]
    if unknown:
        raise InvalidInput(f"{path}: {unknown[0]!r} is not a key of a dataset. Known are {', '.join(_KEYS)}.")
    name = _string(table, "name", called, path)
    if name != called:
        raise InvalidInput(f"{path}: name is {name!r}, but the folder is called {called!r}. Make them the same.")
    labels = _strings(table, "labels", (), path)
    if len(labels) > MAX_LABELS or len(set(labels)) != len(labels):
        raise InvalidInput(f"{path}: labels must be at most {MAX_LABELS}, each named once.")
    for label in labels:
        _label(label, f"{path}: labels")
    default = _string(table, "default", UNCLASSIFIED, path)
    _label(default, f"{path}: default")
    if labels and default not in labels and default != UNCLASSIFIED:
        raise InvalidInput(f"{path}: default is {default!r}, which is neither a label nor {UNCLASSIFIED!r}.")
    fields = _strings(table, "fields", ("subject", "text"), path)
    if not fields:
        raise InvalidInput(f"{path}: fields is empty. Name at least one text field, such as subject.")
    return Dataset(
        name=name,
        title=_string(table, "title", name, path),
        labels=labels,
        default=default,
        threshold=_number(table, "threshold", 0.8, 0.0, 1.0, path),
        fields=fields,
        keywords=_keywords(folder / "keywords.yaml", labels),
        training=_training(table.get("training", {}), path),
        effect=_effect(table, name, path),
        ignored=_ignored(table, path),
        history=_history(table.get("history", []), path),
    )


def dataset_toml(dataset: Dataset) -> str:
    """The text of a `dataset.toml`. A JSON string without control characters is a TOML basic string (TOML 1.0)."""
    lines = [
        f"name = {_quoted(dataset.name)}",
        f"title = {_quoted(dataset.title)}",
        f"threshold = {dataset.threshold}",
        f"default = {_quoted(dataset.default)}",
        f"effect = {_quoted(dataset.effect)}",
        f"fields = {_list(dataset.fields)}",
        f"ignored = {_list(dataset.ignored)}",
        "labels = [",
        *(f"    {_quoted(label)}," for label in dataset.labels),
        "]",
        "",
        "[training]",
        *(
            f"{key} = {_quoted(value) if isinstance(value, str) else value}"
            for key, value in asdict(dataset.training).items()
        ),
    ]
    for change in dataset.history:
        lines += [
            "",
            "[[history]]",
            f"at = {change.at.astimezone(UTC).isoformat()}",
            f"who = {_quoted(change.who)}",
            f"old = {_list(change.old)}",
            f"new = {_quoted(change.new)}",
            *((f"words = {_list(change.words)}",) if change.words else ()),
        ]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return json.dumps("".join(char if char.isprintable() else " " for char in value), ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, values))}]"


def _effect(table: Mapping[str, Any], name: str, path: Path) -> Effect:
    given = table.get("effect", Effect.CATEGORY if name == FIRST else Effect.TAG)
    if not isinstance(given, str) or given not in set(Effect):
        raise InvalidInput(f"{path}: effect is {given!r}; it must be one of {', '.join(Effect)}.")
    if (given == Effect.CATEGORY) != (name == FIRST):
        raise InvalidInput(f"{path}: effect is {given!r}; {FIRST} sets the category of tickets, and nothing else does.")
    return Effect(given)


def _ignored(table: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    found = _strings(table, "ignored", (), path)
    if len(found) > MAX_IGNORED or any(not each.strip() or len(each) > MAX_PHRASE for each in found):
        raise InvalidInput(f"{path}: ignored must be at most {MAX_IGNORED} phrases of 1 to {MAX_PHRASE} characters.")
    return found


def _history(entries: object, path: Path) -> tuple[LabelChange, ...]:
    if not isinstance(entries, list):
        raise InvalidInput(f"{path}: history must be sections, [[history]].")
    return tuple(_change(entry, f"{path}: history, change {number}") for number, entry in enumerate(entries, 1))


def _change(entry: object, where: str) -> LabelChange:
    if not isinstance(entry, dict) or not set(entry) <= set(_CHANGE_KEYS):
        raise InvalidInput(f"{where}: the keys are {', '.join(_CHANGE_KEYS)}.")
    at, who, new = entry.get("at"), entry.get("who", ""), entry.get("new")
    old, words = entry.get("old", []), entry.get("words", [])
    if not isinstance(at, datetime):
        raise InvalidInput(f"{where}: at must be a time, such as 2026-03-31T14:05:00+02:00.")
    if not isinstance(who, str) or not isinstance(new, str) or not _texts(old) or not old or not _texts(words):
        raise InvalidInput(
            f"{where}: it needs old (labels in a list), new (a label), who, and words where it was split."
        )
    return LabelChange(at if at.tzinfo else at.replace(tzinfo=UTC), who, tuple(old), new, tuple(words))


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _keywords(path: Path, labels: tuple[str, ...]) -> tuple[KeywordRule, ...]:
    return read_rules(_read(path), labels, str(path)) if path.is_file() else ()


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput(f"{path} has more than {MAX_BYTES} bytes. Shorten it.")
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.") from error


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_read(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{path} is not valid TOML: {error}.") from error


def _string(table: Mapping[str, Any], key: str, default: str, path: Path) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise InvalidInput(f"{path}: {key} must be a text of 1 to 200 characters in quotes.")
    return value


def _strings(table: Mapping[str, Any], key: str, default: tuple[str, ...], path: Path) -> tuple[str, ...]:
    value = table.get(key, default)
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(f"{path}: {key} must be a list of texts in quotes.")
    return tuple(value)


def _number(table: Mapping[str, Any], key: str, default: float, least: float, most: float, path: Path) -> float:
    value = table.get(key, default)
    if not _is_number(value) or not least <= value <= most:
        raise InvalidInput(f"{path}: {key} is {value!r}; it must be a number between {least:g} and {most:g}.")
    return float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _label(label: str, where: str) -> None:
    try:
        check_label(label)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error}") from error


def _training(table: object, path: Path) -> Training:
    if not isinstance(table, dict):
        raise InvalidInput(f"{path}: training must be a section, [training], with options below it.")
    known: dict[str, Any] = {}
    for key, value in table.items():
        if key == "loss":
            right = isinstance(value, str)
        elif key == "lr":
            right = _is_number(value)
        else:
            right = key in LIMITS and isinstance(value, int) and not isinstance(value, bool)
        if not right:
            raise InvalidInput(
                f"{path}: training.{key} is {value!r}, which is no known option with a fitting value. "
                f"Known are {', '.join((*LIMITS, 'loss'))}."
            )
        known[key] = value
    options = Training(**known)
    check_options(options, f"{path}: training")
    return options
