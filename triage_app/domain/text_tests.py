"""Tests of one text: what a modifier of the condition language means, compiled."""

import ipaddress
from collections.abc import Callable, Sequence

import re2

from triage_app.domain.problems import Path, Problems, shown
from triage_app.domain.regexes import compile_regex

Test = Callable[[str], bool]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

KINDS = ("contains", "startswith", "endswith", "re", "cidr", "gt", "gte", "lt", "lte")
"""Modifiers that say how a text is compared; at most one is used. Without one the whole text is compared."""

_ESCAPED = ("*", "?", "\\")


def plain_text(value: object) -> str:
    """A value as text: whole numbers without a point, truth as `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def text_test(kind: str, values: Sequence[object], path: Path, problems: Problems, *, cased: bool) -> Test | None:
    """The test that any of `values` is met; `kind` is one of `KINDS` or empty. None where a value cannot be used."""
    if kind in ("gt", "gte", "lt", "lte"):
        return _number(kind, values, path, problems)
    if kind == "cidr":
        return _network(values, path, problems)
    if kind == "re":
        found = [compile_regex(each, path, problems) for each in values]
        regexes = [each for each in found if each is not None]
        return _any([each.is_in for each in regexes]) if len(regexes) == len(values) else None
    texts = tuple(plain_text(each) if cased else plain_text(each).lower() for each in values)
    if not kind:
        test = _whole(texts, path, problems)
    elif "" in texts:
        problems.add(path, f"An empty text would be met by everything with {kind}.")
        return None
    else:
        test = {"contains": _contains, "startswith": _starts, "endswith": _ends}[kind](texts)
    return test if cased else _lowered(test)


def _lowered(test: Test) -> Test:
    return lambda text: test(text.lower())


def _any(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    fixed = tuple(tests)
    return lambda text: any(test(text) for test in fixed)


def _contains(parts: tuple[str, ...]) -> Test:
    if len(parts) == 1:
        only = parts[0]
        return lambda text: only in text

    def run(text: str) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs more than the search
            if part in text:
                return True
        return False

    return run


def _starts(parts: tuple[str, ...]) -> Test:
    return lambda text: text.startswith(parts)


def _ends(parts: tuple[str, ...]) -> Test:
    return lambda text: text.endswith(parts)


def _whole(texts: Sequence[str], path: Path, problems: Problems) -> Test:
    plain = frozenset(unescaped(each) for each in texts if not has_wildcard(each))
    tests: list[Test] = []
    if len(plain) == 1:
        (only,) = plain
        tests.append(lambda text: text == only)
    elif plain:
        tests.append(lambda text: text in plain)
    wild = [compile_regex(_as_regex(each), path, problems) for each in texts if has_wildcard(each)]
    tests.extend(each.is_all for each in wild if each is not None)
    return _any(tests) if tests else lambda _text: False


def has_wildcard(text: str) -> bool:
    """Whether a value holds a `*` or `?` that is not escaped by a backslash."""
    bare = text.replace("\\\\", "").replace("\\*", "").replace("\\?", "")
    return "*" in bare or "?" in bare


def unescaped(text: str) -> str:
    """A value without the backslashes that make `*`, `?` and a backslash mean themselves."""
    return "".join(char for char, _ in _characters(text)) if "\\" in text else text


def _characters(text: str) -> list[tuple[str, bool]]:
    """Each character with whether it was escaped."""
    found = []
    at = 0
    while at < len(text):
        escaped = text[at] == "\\" and text[at + 1 : at + 2] in _ESCAPED
        at += escaped
        found.append((text[at], escaped))
        at += 1
    return found


def _as_regex(text: str) -> str:
    wild = {"*": ".*", "?": "."}
    return "(?s)" + "".join(
        re2.escape(char) if escaped or char not in wild else wild[char] for char, escaped in _characters(text)
    )


def _number(kind: str, values: Sequence[object], path: Path, problems: Problems) -> Test | None:
    limit = values[0]
    if len(values) != 1 or isinstance(limit, bool) or not isinstance(limit, int | float):
        problems.add(path, f"{kind} compares with one number, not with {shown(limit)}.")
        return None
    compare: Callable[[float], bool] = {
        "gt": lambda number: number > limit,
        "gte": lambda number: number >= limit,
        "lt": lambda number: number < limit,
        "lte": lambda number: number <= limit,
    }[kind]

    def run(text: str) -> bool:
        if len(text) > 40:
            return False
        try:
            return compare(float(text))
        except ValueError:
            return False

    return run


def _network(values: Sequence[object], path: Path, problems: Problems) -> Test | None:
    networks: list[Network] = []
    for each in values:
        try:
            networks.append(ipaddress.ip_network(str(each), strict=False))
        except ValueError:
            problems.add(path, f"{shown(each)} is no network: write it like 10.0.0.0/8 or 2001:db8::/32.")
    if len(networks) != len(values):
        return None

    def run(text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return any(address.version == network.version and address in network for network in networks)

    return run
