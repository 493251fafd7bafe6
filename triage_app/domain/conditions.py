"""The one condition language: selections over an item's fields, in the form of Sigma, compiled to closures.

A selection is a map of `field|modifier: value`; all of its entries must hold. A list of values means any of them, a
list of maps any of the maps. With a `condition` the other keys name selections, which it joins. Text is compared
without regard to case unless `cased` is among the modifiers; `*` and `?` stand for any text and any character.
Evaluation is linear in the texts, whatever a rule says. The form is that of the Sigma specification, version 2; what
is taken of it and how it is read is in docs/dedup.md.
"""

from collections.abc import Callable, Mapping, Sequence

from triage_app.domain.condition_words import Expression, WordsError, parse_words
from triage_app.domain.problems import Path, Problems, hint, shown
from triage_app.domain.text_tests import KINDS, Test, plain_text, text_test

Fields = Mapping[str, object]
Condition = Callable[[Fields], bool]

MODIFIERS = (*KINDS, "exists", "all", "cased")
MAX_VALUES = 1_000
MAX_SELECTIONS = 100


class Deferred:
    """A field's value that costs something and that few rules ask for: made when it is first looked at."""

    __slots__ = ("_make", "_value")

    def __init__(self, make: Callable[[], object]) -> None:
        self._make: Callable[[], object] | None = make
        self._value: object = None

    @property
    def value(self) -> object:
        """The value."""
        if self._make is not None:
            self._value, self._make = self._make(), None
        return self._value


def texts_of(value: object) -> tuple[str, ...]:
    """All texts of a field's value; none where it is missing."""
    if type(value) is str:
        return (value,)
    if isinstance(value, Deferred):
        return texts_of(value.value)
    if value is None:
        return ()
    if isinstance(value, tuple | list):
        return tuple(plain_text(each) for each in value)
    return (plain_text(value),)


def always(_fields: Fields) -> bool:
    """The condition of a rule without `when`."""
    return True


def compile_condition(
    tree: object, path: Path, problems: Problems, *, check: Callable[[str], str] = lambda _name: ""
) -> Condition:
    """The closure for a `when`: a plain map, list or None as read from a file; what is wrong goes to `problems`.

    `check` says what is wrong with the name of a field, or nothing.
    """
    if tree is None:
        return always
    return _Compiler(problems, check).whole(tree, path)


class _Compiler:
    """One compilation: where problems go and what fields there are."""

    def __init__(self, problems: Problems, check: Callable[[str], str]) -> None:
        self._problems = problems
        self._check = check

    def whole(self, tree: object, path: Path) -> Condition:
        if isinstance(tree, Mapping) and "condition" in tree:
            return self._named(tree, path)
        return self._selection(tree, path)

    def _named(self, tree: Mapping[object, object], path: Path) -> Condition:
        selections: dict[str, Condition] = {}
        for name, selection in tree.items():
            if name == "condition":
                continue
            if not isinstance(name, str) or not name.replace("_", "").isalnum():
                self._problems.add(
                    (*path, str(name)),
                    f"{shown(name)} cannot name a selection beside a condition: use letters, digits and _.",
                )
            elif len(selections) >= MAX_SELECTIONS:
                self._problems.add((*path, name), f"There are more than {MAX_SELECTIONS} selections: split the rule.")
                break
            else:
                selections[name] = self._selection(selection, (*path, name))
        words = tree["condition"]
        if not isinstance(words, str) or not words.strip():
            self._problems.add((*path, "condition"), 'The condition must be a text such as "a and not b".')
            return always
        try:
            return _joined(parse_words(words, tuple(selections)), selections)
        except WordsError as error:
            self._problems.add((*path, "condition"), str(error))
            return always

    def _selection(self, tree: object, path: Path) -> Condition:
        if isinstance(tree, Mapping):
            return self._map(tree, path)
        if not isinstance(tree, list):
            self._problems.add(path, f"{shown(tree)} is no selection: write `field: value`.")
            return always
        if not 0 < len(tree) <= MAX_SELECTIONS:
            self._problems.add(path, f"A list of selections has at least one and at most {MAX_SELECTIONS}.")
            return always
        maps = []
        for place, each in enumerate(tree):
            if isinstance(each, Mapping):
                maps.append(self._map(each, (*path, place)))
            else:
                self._problems.add((*path, place), f"{shown(each)} is no selection: write `field: value`.")
        return _any_of(maps) if maps else always

    def _map(self, tree: Mapping[object, object], path: Path) -> Condition:
        if not 0 < len(tree) <= MAX_VALUES:
            self._problems.add(path, "The selection is empty: leave it out, or write `field: value`.")
            return always
        tests = [self._entry(name, value, (*path, str(name))) for name, value in tree.items()]
        return _every([test for test in tests if test is not None] or [always])

    def _entry(self, written: object, value: object, path: Path) -> Condition | None:
        field, *modifiers = (part.strip() for part in str(written).split("|"))
        wrong = self._check(field) if field else f"{shown(written)} names no field."
        if wrong:
            self._problems.add(path, wrong)
            return None
        for each in modifiers:
            if each not in MODIFIERS:
                self._problems.add(path, f"The modifier {shown(each)} does not exist{hint(each, MODIFIERS)}")
                return None
        kinds = [each for each in modifiers if each not in ("all", "cased")]
        if len(kinds) > 1:
            self._problems.add(path, f"{shown(written)} has {' and '.join(kinds)}: only one can be meant.")
            return None
        kind = kinds[0] if kinds else ""
        if kind == "exists":
            if not isinstance(value, bool):
                self._problems.add(path, f"{written} must be true or false, not {shown(value)}.")
                return None
            return _exists(field, wanted=value)
        return self._compare(field, kind, value, path, frozenset(modifiers))

    def _compare(self, field: str, kind: str, value: object, path: Path, modifiers: frozenset[str]) -> Condition | None:
        values = value if isinstance(value, list) else [value]
        if not 0 < len(values) <= MAX_VALUES:
            self._problems.add(path, f"{field} needs at least one value, and has at most {MAX_VALUES}.")
            return None
        if any(isinstance(each, list | Mapping) for each in values):
            self._problems.add(path, f"The values of {field} must be texts or numbers.")
            return None
        if None in values:
            if kind or len(values) > 1:
                self._problems.add(path, f"null stands alone: it means that {field} is missing.")
                return None
            return _exists(field, wanted=False)
        cased = "cased" in modifiers
        if "all" not in modifiers:
            test = text_test(kind, values, path, self._problems, cased=cased)
            return None if test is None else _on(field, test)
        tests = [text_test(kind, [each], path, self._problems, cased=cased) for each in values]
        return _every([_on(field, test) for test in tests if test is not None]) if all(tests) else None


# -- closures --------------------------------------------------------------------------------------------------------


def _exists(field: str, *, wanted: bool) -> Condition:
    def run(fields: Fields) -> bool:
        value = fields.get(field)
        if isinstance(value, Deferred):
            value = value.value
        return (value is not None and value not in ("", ())) is wanted

    return run


def _on(field: str, test: Test) -> Condition:
    """A test of a field's text; of a list of texts any may pass. A missing field passes no test."""

    def run(fields: Fields) -> bool:
        value = fields.get(field)
        if type(value) is str:
            return test(value)
        return value is not None and any(map(test, texts_of(value)))

    return run


def _joined(expression: Expression, selections: Mapping[str, Condition]) -> Condition:
    """Closures from reverse Polish; the expression's length bounds how deep they nest."""
    stack: list[Condition] = []
    for word in expression:
        if word == "not":
            stack.append(_not(stack.pop()))
        elif word in ("and", "or"):
            right, left = stack.pop(), stack.pop()
            stack.append(_and(left, right) if word == "and" else _or(left, right))
        elif isinstance(word, str):
            stack.append(selections[word])
        else:
            chosen = [selections[name] for name in word.names]
            stack.append(_every(chosen) if word.every else _any_of(chosen))
    return stack[-1]


def _not(one: Condition) -> Condition:
    return lambda fields: not one(fields)


def _and(left: Condition, right: Condition) -> Condition:
    return lambda fields: left(fields) and right(fields)


def _or(left: Condition, right: Condition) -> Condition:
    return lambda fields: left(fields) or right(fields)


def _every(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    if len(conditions) == 2:
        return _and(conditions[0], conditions[1])
    fixed = tuple(conditions)

    def run(fields: Fields) -> bool:
        for each in fixed:  # noqa: SIM110 - a generator costs more than the tests themselves
            if not each(fields):
                return False
        return True

    return run


def _any_of(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    fixed = tuple(conditions)

    def run(fields: Fields) -> bool:
        for each in fixed:  # noqa: SIM110 - a generator costs more than the tests themselves
            if each(fields):
                return True
        return False

    return run
