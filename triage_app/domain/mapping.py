"""Which field of a product's alert is which field of the Elastic Common Schema (ECS): mappings that are data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triage_app.domain.flatten import Leaf
from triage_app.domain.item import FieldValue
from triage_app.domain.problems import Problems, hint, shown
from triage_app.domain.severities import HUNDRED, PRIORITY, SURICATA, SYSLOG, TEN, WAZUH, Scale
from triage_app.domain.ticket import Severity

SCALES: Mapping[str, Scale] = {
    "ten": TEN,
    "hundred": HUNDRED,
    "priority": PRIORITY,
    "suricata": SURICATA,
    "syslog": SYSLOG,
    "wazuh": WAZUH,
}
"""Numeric scales that a mapping can name."""

MAX_FIELDS = 300
MAX_NAME = 200
_KEYS = ("name", "product", "inside", "when", "fields", "severity")
_WORDS = {each.word: each for each in Severity}


@dataclass(frozen=True, slots=True)
class AlertMapping:
    """The mapping of one product's alerts.

    It is for an alert in which each path of one of the `when` groups is there, with one of the given values where
    there are any. Paths are dotted; `*` stands for any position in a list. `fields` gives the paths of each ECS name,
    the surest first. Where the alert lies below the key `inside`, paths begin there. `words` are severities by their
    value, `scale` is for numbers.
    """

    name: str
    product: str
    when: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    inside: str = ""
    words: Mapping[str, Severity] = field(default_factory=dict)
    scale: Scale | None = None

    def fits(self, leaves: Mapping[str, FieldValue]) -> bool:
        """Whether it is for the alert with these leaves, by path."""
        return any(all(self._holds(leaves, path, values) for path, values in group) for group in self.when)

    def apply(self, leaves: Sequence[Leaf]) -> tuple[dict[str, FieldValue], list[Leaf]]:
        """Values by ECS name, and the leaves that have none."""
        places: dict[str, int] = {}
        for position, (path, _) in enumerate(leaves):
            short = self.inner(path)
            places.setdefault(short, position)
            if any(part.isdigit() for part in short.split(".")):
                places.setdefault(_starred(short), position)
        fields: dict[str, FieldValue] = {}
        used: set[int] = set()
        for name, paths in self.fields:
            for path in paths:
                found = places.get(path)
                if found is not None:
                    fields[name] = leaves[found][1]
                    used.add(found)
                    break
        grade = fields.get("event.severity")
        if grade is not None and (word := self.words.get(str(grade).lower())):
            fields["event.severity"] = word.word
        return fields, [leaf for position, leaf in enumerate(leaves) if position not in used]

    def inner(self, path: str) -> str:
        """A path from where the alert begins."""
        return path.removeprefix(f"{self.inside}.") if self.inside else path

    def _holds(self, leaves: Mapping[str, FieldValue], path: str, values: tuple[str, ...]) -> bool:
        for each, value in leaves.items():
            short = self.inner(each)
            if "*" in path:
                short = _starred(short)
            if not values and (short == path or short.startswith(f"{path}.")):
                return True
            if values and short == path and _text(value) in values:
                return True
        return False


class Mappings:
    """Mappings in their order: the first that fits an alert is used."""

    __slots__ = ("_by_key", "all", "problems")

    def __init__(self, mappings: Sequence[AlertMapping] = (), problems: Sequence[str] = ()) -> None:
        self.all = tuple(mappings)
        self.problems = tuple(problems)
        """What is wrong with files that were left out, in sentences."""
        self._by_key: dict[str, list[AlertMapping]] = {}
        for mapping in self.all:
            keys = {path for group in mapping.when for path, _ in group[:1]}
            keys |= {path.partition(".")[0] for path in keys} | {mapping.inside}
            for key in keys - {""}:
                self._by_key.setdefault(key, []).append(mapping)

    def find(self, root: Mapping[str, object], leaves: Sequence[Leaf]) -> AlertMapping | None:
        """The mapping for an alert. Most alerts of other products are told by their keys alone."""
        keys = self._by_key.keys() & root.keys()
        if not keys:
            return None
        found = dict(reversed(leaves))
        likely = {id(mapping) for key in keys for mapping in self._by_key[key]}
        return next((each for each in self.all if id(each) in likely and each.fits(found)), None)


NO_MAPPINGS = Mappings()


def compile_mapping(tree: object, problems: Problems) -> AlertMapping | None:
    """A mapping from plain values; None where something is wrong, which goes to `problems` with its path."""
    before = len(problems.found)
    if not isinstance(tree, dict):
        problems.add((), "A mapping is a map with name, product, when and fields.")
        return None
    for key in tree:
        if key not in _KEYS:
            problems.add((str(key),), f"There is no key {shown(key)}{hint(str(key), _KEYS)}")
    name, product, inside = (_line(tree, key, problems) for key in ("name", "product", "inside"))
    for key, value in (("name", name), ("product", product)):
        if not value:
            problems.add((key,), f"{key} is needed.")
    words, scale = _severity(tree.get("severity"), problems)
    made = AlertMapping(
        name, product, _when(tree.get("when"), problems), _fields(tree.get("fields"), problems), inside, words, scale
    )
    return made if len(problems.found) == before else None


def _line(tree: Mapping[object, object], key: str, problems: Problems) -> str:
    value = tree.get(key, "")
    if isinstance(value, str) and len(value) <= MAX_NAME and (value.isprintable() or not value):
        return value.strip()
    problems.add((key,), f"{key} must be one line of at most {MAX_NAME} characters.")
    return ""


def _when(tree: object, problems: Problems) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    groups = tree if isinstance(tree, list) else [tree]
    found = []
    for group in groups:
        if not isinstance(group, dict) or not group:
            problems.add(("when",), "when is needed: paths that tell this product's alerts, each with a value or true.")
            return ()
        found.append(tuple((str(path), _values(path, value, problems)) for path, value in group.items()))
    return tuple(found)


def _values(path: object, value: object, problems: Problems) -> tuple[str, ...]:
    """The values that a condition allows; none for `true`."""
    if value is True:
        return ()
    several = value if isinstance(value, list) else [value]
    if several and all(isinstance(each, str | int | float) and not isinstance(each, bool) for each in several):
        return tuple(str(each) for each in several)
    problems.add(("when", str(path)), f"{shown(path)} must have a value, a list of values, or true for: it is there.")
    return ()


def _fields(tree: object, problems: Problems) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(tree, dict) or not 0 < len(tree) <= MAX_FIELDS:
        problems.add(("fields",), f"fields is needed: 1 to {MAX_FIELDS} names in ECS, each with its path or paths.")
        return ()
    found = []
    for name, paths in tree.items():
        several = paths if isinstance(paths, list) else [paths]
        if not isinstance(name, str) or not several or not all(isinstance(each, str) and each for each in several):
            problems.add(("fields", str(name)), f"{shown(name)} must have a path, or a list of paths, as text.")
            continue
        found.append((name, tuple(several)))
    return tuple(found)


def _severity(tree: object, problems: Problems) -> tuple[Mapping[str, Severity], Scale | None]:
    if tree is None:
        return {}, None
    if isinstance(tree, str):
        if tree in SCALES:
            return {}, SCALES[tree]
        problems.add(("severity",), f"There is no scale {shown(tree)}{hint(tree, tuple(SCALES))}")
        return {}, None
    if not isinstance(tree, dict) or not all(str(word) in _WORDS for word in tree.values()):
        problems.add(
            ("severity",),
            f"severity must be a scale ({', '.join(SCALES)}), or a map from values to {', '.join(_WORDS)}.",
        )
        return {}, None
    return {str(value).lower(): _WORDS[str(word)] for value, word in tree.items()}, None


def _starred(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _text(value: FieldValue) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
