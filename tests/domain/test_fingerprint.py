"""Keys and their transforms."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.conditions import Deferred
from triage_app.domain.fingerprint import MAX_VALUE, compile_key, host_part, shortened
from triage_app.domain.problems import Problems


def values(tree: object, fields: dict[str, object]) -> tuple[str | None, ...]:
    problems = Problems()
    _, key = compile_key(tree, ("key",), problems)
    assert problems.found == []
    return key(fields)


@pytest.mark.parametrize(
    ("part", "value", "expected"),
    [
        ("f", "Anna", "Anna"),
        ("f", " Anna ", "Anna"),
        ("f", 22, "22"),
        ("f", 2.0, "2"),
        ("f", True, "true"),
        ("f", ("b", "a", ""), "b, a"),
        ("f", Deferred(lambda: "late"), "late"),
        ("f", "", None),
        ("f", "  ", None),
        ("f", (), None),
        ("f", None, None),
        ("f|lower", "ANNA", "anna"),
        ("f|lower", ("A", "B"), "a, b"),
        ("f|lower", None, None),
        ("f | lower", "ANNA", "anna"),
        ("f|sorted", ("b", "a", "b"), "a, b"),
        ("f|lower|sorted", ("b", "A", "B"), "a, b"),
        ("f|domain", "Anna@Mail.Example.COM", "mail.example.com"),
        ("f|domain", "https://u:p@example.com:8443/x?y", "example.com"),
        ("f|subnet", "10.1.2.3", "10.1.2.0/24"),
        ("f|subnet: 16", "10.1.2.3", "10.1.0.0/16"),
        ("f|subnet: /8", "10.1.2.3", "10.0.0.0/8"),
        ({"f|subnet": 16}, "10.1.2.3", "10.1.0.0/16"),
        ("f|subnet", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("f|subnet: 48", ("10.1.2.3", "2001:db8:1:2::4"), "10.1.2.3/32, 2001:db8:1::/48"),
        ("f|subnet", "web01", None),
        ("f|regex: id (\\d+)", "see id 12 here", "12"),
        ("f|regex: a|b", "xbx", "b"),
        ({"f|lower|regex": "A|b"}, "XBX", "b"),
        ('f|regex: "(x) "', "a x y", "x"),
        ("f|regex: nothing", "a x y", None),
        ("f|template", "disk 93% full at 13:00", "disk <number>% full at <time>"),
        ("f|hash", "abc", hashlib.sha256(b"abc").hexdigest()),
    ],
)
def test_a_part_has_the_value(part: object, value: object, expected: str | None) -> None:
    assert values([part], {"f": value}) == (expected,)
    assert values([part, part if part != "f" else "g"][:1], {"f": value}) == (expected,)


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_a_key_has_a_value_for_each_part(number: int) -> None:
    names = [f"f{each}" for each in range(number)]
    assert values(names, {name: name.upper() for name in names}) == tuple(name.upper() for name in names)
    assert values(names, {}) == (None,) * number


def test_one_part_needs_no_list() -> None:
    assert values("f|lower", {"f": "A"}) == ("a",)


def test_parts_are_named_as_written() -> None:
    parts, _ = compile_key(["f|lower", {"g|subnet": 24}], (), Problems())
    assert [(each.field, each.text) for each in parts] == [("f", "f|lower"), ("g", "g|subnet: 24")]


@pytest.mark.parametrize(
    ("tree", "path", "words"),
    [
        ([], ("key",), "at least one"),
        (["f"] * 11, ("key",), "at most 10"),
        ("", ("key",), "names no field"),
        (7, ("key",), "a field with transforms"),
        ([["f"]], ("key", 0), "a field with transforms"),
        (["g", "f|lowr"], ("key", 1), "did you mean lower?"),
        ("f|", ("key",), "does not exist"),
        ("f|lower: x", ("key",), "takes no argument"),
        ("f|subnet: 129", ("key",), "1 to 128"),
        ("f|subnet: -1", ("key",), "1 to 128"),
        ("f|subnet: x", ("key",), "1 to 128"),
        ("f|regex: (", ("key",), "refused"),
        ("f|regex:", ("key",), "not empty"),
        (["f", "f"], ("key",), "twice"),
    ],
)
def test_a_mistake_is_named(tree: object, path: tuple[str | int, ...], words: str) -> None:
    problems = Problems()
    compile_key(tree, ("key",), problems)
    assert [place for place, _ in problems.found] == [path]
    assert words in problems.found[0][1]


def test_long_values_stay_different_and_short() -> None:
    one, other = "x" * 5000, "x" * 4999 + "y"
    assert shortened(one) != shortened(other)
    assert len(shortened(one)) <= MAX_VALUE
    assert shortened(one).startswith("xxx")
    assert shortened("x" * MAX_VALUE) == "x" * MAX_VALUE


def test_values_can_be_stored_anywhere() -> None:
    assert values("f", {"f": "a\x00b\ud800"}) == ("a\ufffdb?",)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("a@b@C.example", "c.example"),
        ("C.example.", "c.example"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("", ""),
    ],
)
def test_the_host_of_anything(text: str, host: str) -> None:
    assert host_part(text) == host


@given(st.text(max_size=40), st.text(max_size=40))
def test_equal_texts_have_equal_values_and_others_do_not(one: str, other: str) -> None:
    (first,), (second,) = values("f", {"f": one}), values("f", {"f": other})
    plain = (one + other).isascii() and "\x00" not in one + other
    if plain:
        assert (first == second) is (one.strip() == other.strip())


@given(st.recursive(st.none() | st.text(max_size=10) | st.integers(), lambda inner: st.lists(inner, max_size=3)))
def test_whatever_is_written_is_compiled_or_named(tree: object) -> None:
    problems = Problems()
    parts, key = compile_key(tree, (), problems)
    assert bool(parts) or bool(problems.found)
    assert len(key({"a": "x"})) == len(parts)
