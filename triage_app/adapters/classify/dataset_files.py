"""Reads `dataset.toml` and `keywords.yaml`, and says which file and which key is wrong."""

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from triage_app.adapters.classify.trainer import LIMITS, check_options
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import UNCLASSIFIED, Dataset, KeywordRule, Training, check_label

MAX_BYTES: Final = 1024**2
MAX_LABELS: Final = 1_000
MAX_RULES: Final = 10_000
MAX_RULE: Final = 200
MAX_WEIGHT: Final = 1_000
MAX_DEPTH: Final = 200
_BRACKETS = re.compile(r"[\[\]{}]")
_ASIDE = re.compile(r""""[^"\n]*"|'[^'\n]*'|\#.*""")
_KEYS: Final = ("name", "title", "threshold", "default", "fields", "labels", "training")


def read_dataset(folder: Path) -> Dataset:
    """The dataset of a folder. `labels` is empty where the file names none. Raises InvalidInput naming file and key."""
    path = folder / "dataset.toml"
    table = _toml(path)
    unknown = [key for key in table if key not in _KEYS]
    if unknown:
        raise InvalidInput(f"{path}: {unknown[0]!r} is not a key of a dataset. Known are {', '.join(_KEYS)}.")
    name = _string(table, "name", folder.name, path)
    if name != folder.name:
        raise InvalidInput(f"{path}: name is {name!r}, but the folder is called {folder.name!r}. Make them the same.")
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
    )


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


def _keywords(path: Path, labels: tuple[str, ...]) -> tuple[KeywordRule, ...]:
    if not path.is_file():
        return ()
    # Heavy, and only needed where a dataset has keywords.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    text = _read(path)
    if _depth(text) > MAX_DEPTH:
        raise InvalidInput(f"{path} is nested too deeply. It needs labels, a list below each, and rules in it.")
    try:
        tree = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise InvalidInput(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if tree is None:
        return ()
    if not isinstance(tree, dict) or set(tree) != {"labels"} or not isinstance(tree["labels"], dict):
        raise InvalidInput(f"{path}: the one top key must be labels, with a list of rules below each label.")
    rules: list[KeywordRule] = []
    for label, entries in tree["labels"].items():
        if not isinstance(label, str) or (labels and label not in labels):
            raise InvalidInput(f"{path}: {label!r} is not a label of the dataset. Add it to labels in dataset.toml.")
        if not isinstance(entries, list):
            raise InvalidInput(f"{path}: labels.{label} must be a list of rules.")
        rules.extend(_rule(label, number, entry, path) for number, entry in enumerate(entries, 1))
        if len(rules) > MAX_RULES:
            raise InvalidInput(f"{path} has more than {MAX_RULES} rules. Shorten it.")
    return tuple(rules)


def _depth(text: str) -> int:
    """How deep brackets nest, those in quotes and comments aside: the parser's time grows with the square of it."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_ASIDE.sub("", text)):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _rule(label: str, number: int, entry: object, path: Path) -> KeywordRule:
    where = f"{path}: labels.{label}, rule {number}"
    if not isinstance(entry, dict) or not set(entry) <= {"text", "weight"}:
        raise InvalidInput(f"{where}: must be {{text: ..., weight: ...}}.")
    text, weight = entry.get("text"), entry.get("weight", 1)
    if not isinstance(text, str) or not text.removesuffix("*").strip() or len(text) > MAX_RULE:
        raise InvalidInput(f"{where}: text must be a word or phrase of 1 to {MAX_RULE} characters.")
    if not _is_number(weight) or not 0 < weight <= MAX_WEIGHT:
        raise InvalidInput(f"{where}: weight is {weight!r}; it must be a number above 0 and at most {MAX_WEIGHT}.")
    return KeywordRule(label, text, float(weight))
