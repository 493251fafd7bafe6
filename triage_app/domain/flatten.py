"""Nested JSON as a flat list of paths and values, within bounds that hostile input cannot push."""

from collections import deque
from collections.abc import Mapping, Sequence

from triage_app.domain.item import FieldValue

MAX_DEPTH = 12
MAX_LEAVES = 2_000
MAX_VALUE = 4_096
"""Characters of one value; the untouched original keeps the rest."""

MAX_PATH = 200
MAX_LIST = 50

Leaf = tuple[str, FieldValue]


def clean(text: str) -> str:
    """The text as every store takes it: without NUL and lone surrogates, at most `MAX_VALUE` characters."""
    if len(text) > MAX_VALUE:
        text = text[: MAX_VALUE - 1] + "…"
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def scalar(value: object) -> FieldValue | None:
    """A JSON scalar as a field's value; None for null, NaN and what is not a scalar."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else clean(str(value)) if value.bit_length() < 4_000 else "…"
    if isinstance(value, float):
        return value if value - value == 0 else None
    return None


def flatten(root: Mapping[str, object]) -> tuple[list[Leaf], bool]:
    """Leaves in order of depth, each with its dotted path, and whether something was left out.

    A list of scalars is one value; the members of a list of objects have their position in the path, except for lists
    of name and value pairs, which read as an object.
    """
    leaves: list[Leaf] = []
    cut = False
    queue: deque[tuple[str, int, Mapping[str, object]]] = deque([("", 0, root)])
    while queue:
        prefix, depth, node = queue.popleft()
        for key, value in node.items():
            if len(leaves) + len(queue) >= MAX_LEAVES:
                return leaves, True
            path = f"{prefix}{key}"
            if len(path) > MAX_PATH:
                path, cut = path[:MAX_PATH], True
            if isinstance(value, dict | list):
                if depth >= MAX_DEPTH:
                    cut = True
                elif isinstance(value, dict):
                    queue.append((f"{path}.", depth + 1, value))
                else:
                    cut = _list(path, depth, value, leaves, queue) or cut
            elif (found := scalar(value)) is not None and found != "":
                leaves.append((path, found))
    return leaves, cut


def _list(
    path: str,
    depth: int,
    values: Sequence[object],
    leaves: list[Leaf],
    queue: deque[tuple[str, int, Mapping[str, object]]],
) -> bool:
    """Put the members of a list where they belong; whether some were left out."""
    plain: list[str] = []
    for position, value in enumerate(values[:MAX_LIST]):
        if isinstance(value, dict):
            pair = _pair(value)
            if pair is not None:
                leaves.append((f"{path}.{pair[0]}"[:MAX_PATH], pair[1]))
            else:
                queue.append((f"{path}.{position}.", depth + 1, value))
        elif isinstance(value, list):
            queue.append((f"{path}.{position}.", depth + 1, {"values": value}))
        elif (found := scalar(value)) is not None and found != "":
            plain.append(found if isinstance(found, str) else str(found))
    if plain:
        leaves.append((path, tuple(plain)))
    return len(values) > MAX_LIST


def _pair(value: Mapping[str, object]) -> Leaf | None:
    """The pair that an object such as {"key": "team", "value": "red"} stands for."""
    if not 2 <= len(value) <= 3:
        return None
    name = value.get("key") or value.get("name") or value.get("Key") or value.get("Name")
    found = scalar(value.get("value") if "value" in value else value.get("Value"))
    return (clean(name)[:80], found) if isinstance(name, str) and found is not None else None
