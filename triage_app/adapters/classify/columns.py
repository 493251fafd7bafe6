"""Which column of a table holds what of an example: as the caller says, and guessed by name where not said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from triage_app.domain.errors import InvalidInput

FIELDS: Final = ("label", "text", "group", "at", "sender", "source", "layout")

_HEADS: Final = ("subject", "title", "summary", "shortdescription", "headline")
_BODIES: Final = ("text", "body", "description", "message", "details", "content", "comment", "comments", "notes")
_NAMES: Final = {
    "label": ("label", "category", "class", "type", "labels", "target", "tag", "topic", "queue", "priority"),
    "group": ("group", "groupid", "thread", "threadid", "conversation", "conversationid"),
    "at": (
        "at", "date", "time", "timestamp", "datetime", "created", "createdat", "createdon", "opened", "openedat",
        "received", "receivedat", "reported", "reportedat",
    ),
    "sender": ("sender", "from", "fromaddress", "caller", "requester", "requestor", "reporter", "reportedby"),
    "source": ("source", "channel", "origin"),
    "layout": ("layout",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of each field: several of `text` are joined, of several of `label` the first that is filled counts.
    `said` are the fields that the caller named, the others were guessed.
    """

    columns: dict[str, tuple[str, ...]]
    said: frozenset[str]

    def told(self) -> tuple[str, ...]:
        """`FIELD=COLUMN` for each, as a caller would write it."""
        return tuple(f"{field}={column}" for field in FIELDS for column in self.columns.get(field, ()))

    @property
    def missing(self) -> tuple[str, ...]:
        """What no example can do without and no column holds."""
        return tuple(field for field in ("label", "text") if not self.columns.get(field))


def wanted_columns(columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The columns by field from `FIELD=COLUMN`; `FIELD=` says that no column holds it. Raises InvalidInput."""
    found: dict[str, tuple[str, ...]] = {}
    for each in columns:
        field, equals, column = each.partition("=")
        field = field.strip().lower()
        if field not in FIELDS or not equals:
            raise InvalidInput(
                f"{each[:80]!r} does not say which column holds what. Write FIELD=COLUMN; FIELD is one of "
                f"{', '.join(FIELDS)}."
            )
        column = column.strip()
        before = found.get(field, ())
        if before and field not in {"label", "text"}:
            raise InvalidInput(
                f"Two columns are named for {field}: {before[0]} and {column}. Only text and label may have more."
            )
        found[field] = (*before, *((column,) if column else ()))
    return found


def mapping_of(names: Sequence[str], wanted: dict[str, tuple[str, ...]]) -> Mapping:
    """How a table with these columns is understood; what is not said is guessed from names that are still free.

    Raises InvalidInput for a column that was named and is not there; upper and lower case are the same.
    """
    exact = {name: name for name in names}
    known = {_plain(name): name for name in reversed(names)} | {name.casefold(): name for name in reversed(names)}
    columns: dict[str, tuple[str, ...]] = {}
    for field, said in wanted.items():
        for column in said:
            if column not in exact and column.casefold() not in known:
                raise InvalidInput(f"There is no column {column!r} for {field}. There are: {shown(names)}.")
        columns[field] = tuple(exact.get(column) or known[column.casefold()] for column in said)
    taken = {column for said in columns.values() for column in said}
    for field, likely in _NAMES.items():
        if field not in columns:
            hit = next((known[name] for name in likely if name in known and known[name] not in taken), None)
            if hit is not None:
                # Both are common, also side by side in JSON from two places.
                also = known.get("category") if field == "label" and _plain(hit) == "label" else None
                columns[field] = (hit, also) if also is not None and also not in taken else (hit,)
                taken.update(columns[field])
    if "text" not in columns:
        heads = [known[name] for name in _HEADS if name in known and known[name] not in taken]
        bodies = [known[name] for name in _BODIES if name in known and known[name] not in taken]
        columns["text"] = tuple(dict.fromkeys((*heads, *bodies)))
    return Mapping(columns, frozenset(wanted))


def shown(names: Sequence[str]) -> str:
    """Column names for a person, the first twenty."""
    return ", ".join(name[:60] for name in names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def named(cells: Sequence[object]) -> tuple[str, ...]:
    """Names for the columns of a header: each its own, also where cells are empty or repeat."""
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = str(cell).strip() if cell is not None else ""
        name = name or f"Column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return tuple(names)


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
