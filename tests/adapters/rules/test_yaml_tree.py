"""YAML to plain values with their lines."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from triage_app.adapters.rules.yaml_tree import MAX_BYTES, MAX_DEPTH, MAX_VALUES, read_yaml
from triage_app.domain.problems import Problems


def problem_of(text: str) -> tuple[int, str]:
    problems = Problems()
    read_yaml(text, problems)
    (((line,), words),) = problems.found
    assert isinstance(line, int)
    return line, words


def test_every_value_has_its_line() -> None:
    problems = Problems()
    tree = read_yaml("# a\nrules:\n  - name: x\n    key:\n      - a\n      - b|subnet: 24\n  - name: y\n", problems)
    assert problems.found == []
    assert tree.value == {"rules": [{"name": "x", "key": ["a", {"b|subnet": 24}]}, {"name": "y"}]}
    lines = {
        ("rules",): 2,
        ("rules", 0): 3,
        ("rules", 0, "key"): 4,
        ("rules", 0, "key", 1): 6,
        ("rules", 1, "name"): 7,
        ("rules", 0, "key", 9, "gone"): 4,
        (): 2,
    }
    assert {path: tree.line_of(path) for path in lines} == lines


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("", None),
        ("true", True),
        ("on", "on"),
        ("yes", "yes"),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'12'", "12"),
        ('"a\\tb"', "a\tb"),
        ("5m", "5m"),
        ("2026-11-24", "2026-11-24"),
        ("! 12", "12"),
        ("|\n  a\n  b", "a\nb"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    problems = Problems()
    found = read_yaml(f"k: {text}\n", problems).value
    assert (problems.found, found) == ([], {"k": value}) or text.startswith(("|", "!"))
    if text.startswith("|"):
        assert found == {"k": "a\nb\n"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [1, 2\nc: 3", 3, "not valid YAML"),
        ("a: 1\n\tb: 2", 2, "not valid YAML"),
        ("a: 1\nb: \x01", 2, "not valid YAML"),
        ("a: 1\nb: 2\na: 3", 3, "stands twice"),
        ("a: &x [1]\nb: *x", 1, "Anchors"),
        ("a: 1\nb: *x", 2, "aliases"),
        ("a: !!python/object/apply:os.system [x]", 1, "Tags"),
        ("a: !x y", 1, "Tags"),
        ("a: 1\n---\nb: 2", 2, "one document"),
        ("? [a]\n: b", 1, "A key must be a text"),
        ("a:\n" + "[" * 100_000, 2, "not valid YAML"),
        ("a:\n  " + "[\n  " * 30, 13, f"deeper than {MAX_DEPTH}"),
        ("a: {" * 50_000, 1, f"deeper than {MAX_DEPTH}"),
        ("a: [" + "1," * (MAX_VALUES + 1) + "]", 1, f"more than {MAX_VALUES}"),
        ("a: " + "x" * MAX_BYTES, 1, "larger than"),
        ("a: " + "ü" * (MAX_BYTES // 2 + 1), 1, "larger than"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int, words: str) -> None:
    found_line, found = problem_of(text)
    assert (found_line, words in found) == (line, True), found


def test_a_bomb_is_refused_before_it_grows() -> None:
    text = "a0: &a0 [x, x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert problem_of(text) == (1, "Anchors (&) and aliases (*) are not allowed: write it out, or quote the text.")


simple = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=10)
trees = st.recursive(
    simple,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.text(alphabet="abc:-[]{},'\"|>#&*!?%@ \n\t01.~", max_size=60))
def test_any_text_is_read_as_the_library_reads_it_or_refused(text: str) -> None:
    problems = Problems()
    found = read_yaml(text, problems).value
    if problems.found:
        return
    try:
        expected = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return
    if "\\" not in text and isinstance(expected, str | int | float | list | dict) and _is_plain(expected):
        assert found == expected or (isinstance(expected, float) and math.isclose(expected, float(str(found))))


def _is_plain(value: object) -> bool:
    """Without numbers, in which ours is stricter (no octal, no underscores), and other keys than texts."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | bool)
