"""Reads and writes `keywords.yaml`: rules by label, with what is wrong and on which line."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import KeywordRule

MAX_BYTES: Final = 1024**2
MAX_RULES: Final = 10_000
MAX_RULE: Final = 200
MAX_WEIGHT: Final = 1_000
MAX_DEPTH: Final = 200
_BRACKETS = re.compile(r"[\[\]{}]")
_ASIDE = re.compile(r""""[^"\n]*"|'[^'\n]*'|\#.*""")
_SHOWN: Final = 100


class _Problem(NamedTuple):
    """What is wrong, and where: a line, or a label and the number of its rule, 0 for the label itself."""

    words: str
    line: int = 0
    label: object = None
    rule: int = 0


def read_rules(text: str, labels: Sequence[str], where: str) -> tuple[KeywordRule, ...]:
    """The rules of a file for a dataset with these labels; none of them: any label.

    Raises InvalidInput with the first problem.
    """
    rules, problems = _scan(text, labels)
    if problems:
        raise InvalidInput(f"{where}{'' if problems[0].words.startswith(' ') else ': '}{problems[0].words}")
    return rules


def check_rules(text: str, labels: Sequence[str]) -> tuple[tuple[KeywordRule, ...], tuple[str, ...]]:
    """The rules of a draft that are right, and all that is wrong, with line numbers from 1 on."""
    rules, problems = _scan(text, labels)
    if not problems:
        return rules, ()
    lines = _lines(text)
    told = [
        f"line {each.line or lines.get((each.label, each.rule), lines.get((each.label, 0), 1))}: {each.words.strip()}"
        for each in problems[:_SHOWN]
    ]
    return rules, (*told, *((f"And {len(problems) - _SHOWN} more.",) if len(problems) > _SHOWN else ()))


def rules_yaml(rules: Sequence[KeywordRule]) -> str:
    """The text of a `keywords.yaml`. A JSON string is a double-quoted scalar of YAML 1.2."""
    by_label: dict[str, list[KeywordRule]] = {}
    for rule in rules:
        by_label.setdefault(rule.label, []).append(rule)
    lines = ["# The label with the largest sum of weights wins. A final * makes the last word a prefix.", "labels:"]
    for label, entries in by_label.items():
        lines.append(f"  {_quoted(label)}:")
        lines += [f"    - {{text: {_quoted(rule.text)}, weight: {rule.weight:g}}}" for rule in entries]
    return "\n".join(lines) + "\n" if by_label else "labels: {}\n"


def renamed(text: str, old: str, new: str) -> str:
    """A file's text with another name for a label; its comments and its order stay."""
    for key, _ in _entries(text):
        if key.value == old:
            return text[: key.start_mark.index] + _quoted(new) + text[key.end_mark.index :]
    return text


def _quoted(value: str) -> str:
    return json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False)


def _scan(text: str, labels: Sequence[str]) -> tuple[tuple[KeywordRule, ...], list[_Problem]]:
    # Heavy, and only needed where a dataset has keywords.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    if len(text) > MAX_BYTES:
        return (), [_Problem(f" has more than {MAX_BYTES} bytes. Shorten it.", 1)]
    if _depth(text) > MAX_DEPTH:
        return (), [_Problem(" is nested too deeply. It needs labels, a list below each, and rules in it.", 1)]
    try:
        tree = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        mark, said = None, " ".join(str(error).split())
        if isinstance(error, MarkedYAMLError):
            mark, said = error.problem_mark or error.context_mark, error.problem or error.context or said
        return (), [_Problem(f" is not valid YAML: {said}. Mend it and save again.", mark.line + 1 if mark else 1)]
    if tree is None:
        return (), []
    if not isinstance(tree, dict) or set(tree) != {"labels"} or not isinstance(tree["labels"], dict | None):
        return (), [_Problem("the one top key must be labels, with a list of rules below each label.", 1)]
    return _rules(tree["labels"] or {}, labels)


def _rules(tree: Mapping[Any, Any], labels: Sequence[str]) -> tuple[tuple[KeywordRule, ...], list[_Problem]]:
    rules: list[KeywordRule] = []
    problems: list[_Problem] = []
    for label, entries in tree.items():
        if not isinstance(label, str) or (labels and label not in labels):
            words = f"{label!r} is not a label of the dataset. Add it to labels in dataset.toml."
            problems.append(_Problem(words, label=label))
        elif not isinstance(entries, list):
            problems.append(_Problem(f"labels.{label} must be a list of rules.", label=label))
        else:
            for number, entry in enumerate(entries, 1):
                try:
                    rules.append(_rule(label, entry))
                except InvalidInput as error:
                    problems.append(_Problem(f"labels.{label}, rule {number}: {error}", label=label, rule=number))
        if len(rules) > MAX_RULES:
            return (), [*problems, _Problem(f" has more than {MAX_RULES} rules. Shorten it.", label=label)]
    return tuple(rules), problems


def _rule(label: str, entry: object) -> KeywordRule:
    if not isinstance(entry, dict) or not set(entry) <= {"text", "weight"}:
        raise InvalidInput("must be {text: ..., weight: ...}.")
    text, weight = entry.get("text"), entry.get("weight", 1)
    if not isinstance(text, str) or not text.removesuffix("*").strip() or len(text) > MAX_RULE:
        raise InvalidInput(f"text must be a word or phrase of 1 to {MAX_RULE} characters.")
    number = isinstance(weight, int | float) and not isinstance(weight, bool) and math.isfinite(weight)
    if not number or not 0 < weight <= MAX_WEIGHT:
        raise InvalidInput(f"weight is {weight!r}; it must be a number above 0 and at most {MAX_WEIGHT}.")
    return KeywordRule(label, text, float(weight))


def _lines(text: str) -> dict[tuple[object, int], int]:
    """The lines of labels (rule 0) and of their rules, as far as the text can be read."""
    lines: dict[tuple[object, int], int] = {}
    for key, value in _entries(text):
        lines[key.value, 0] = key.start_mark.line + 1
        for number, entry in enumerate(value.value if isinstance(value.value, list) else (), 1):
            if hasattr(entry, "start_mark"):
                lines[key.value, number] = entry.start_mark.line + 1
    return lines


def _entries(text: str) -> Iterator[tuple[Any, Any]]:
    """The nodes of the labels and of what stands below them."""
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    if len(text) > MAX_BYTES or _depth(text) > MAX_DEPTH:
        return
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, RecursionError, ValueError):
        return
    for key, value in root.value if root is not None and isinstance(root.value, list) else ():
        if getattr(key, "value", None) == "labels" and isinstance(value.value, list):
            yield from (pair for pair in value.value if isinstance(pair, tuple))


def _depth(text: str) -> int:
    """How deep brackets nest, those in quotes and comments aside: the parser's time grows with the square of it."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_ASIDE.sub("", text)):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest
