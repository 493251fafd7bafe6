"""Configured mailboxes and feeds: what a connector declares, what a person set, and how it fares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from triage_app.domain.errors import InvalidInput, Trouble

SourceName = NewType("SourceName", str)
MAX_NAME = 100


class FieldKind(StrEnum):
    """How a setting is asked for. Values are texts in every case; a list has one entry a line."""

    TEXT = "text"
    SECRET = "secret"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of a connector. A flag is `yes` or `no`; `choices` are all values of a choice.

    A secret never stands in the settings: it goes to the secret store under (source, `name`).
    """

    name: str
    title: str
    help: str
    kind: FieldKind = FieldKind.TEXT
    default: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 2**31


@dataclass(frozen=True, slots=True)
class Manifest:
    """A kind of source and its declared settings: forms, help and documents are drawn from it.

    `pushes` says that it receives what others send (syslog), rather than asking again and again.
    """

    kind: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    pushes: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of its secret fields."""
        return tuple(each.name for each in self.fields if each.kind is FieldKind.SECRET)


@dataclass(frozen=True, slots=True)
class Source:
    """A configured source. `settings` hold every field that is no secret, validated, defaults filled in.

    `revision` counts the changes of its settings and secrets; the repository gives it.
    """

    name: SourceName
    kind: str
    settings: Mapping[str, str]
    paused: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder of a source was taken in. `position` is the connector's own word (a uid, an offset, a link)."""

    folder: str
    uid_validity: int
    position: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source fares. Times are UTC; `tls` is the negotiated version (`TLS 1.3`), empty where none was.

    `on_server` is how many items lie on the server's side, None where it cannot be told; `skipped` were left out by the
    source's own filter. `failures` counts failures in a row; `next_try` is when it is asked again.
    """

    last_success: datetime | None = None
    last_item: datetime | None = None
    next_try: datetime | None = None
    error: str = ""
    trouble: Trouble | None = None
    failures: int = 0
    tls: str = ""
    on_server: int | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of a source's connection found, in words: `details` are lines such as the folders seen."""

    message: str
    tls: str = ""
    details: tuple[str, ...] = field(default=())


_NEVER_EMPTY = frozenset({FieldKind.NUMBER, FieldKind.FLAG, FieldKind.CHOICE})


def validated(manifest: Manifest, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets of a source with defaults filled in, from what a person gave.

    A number, flag or choice that was emptied has its default again; a text or list may be empty on purpose.
    Raises InvalidInput that names the field for an unknown one, one that is missing, or a value of the wrong kind.
    """
    known = {each.name for each in manifest.fields}
    for name in values:
        if name not in known:
            raise InvalidInput(
                f"A source of kind {manifest.kind} has no setting {name!r}. It has: {', '.join(sorted(known))}."
            )
    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for each in manifest.fields:
        value = values.get(each.name, each.default)
        if each.kind is not FieldKind.SECRET:
            value = value.strip()
        if not value and each.kind in _NEVER_EMPTY:
            value = each.default
        if each.required and not value:
            raise InvalidInput(f"{each.title} ({each.name}) is needed: {each.help}")
        if value:
            _check(each, value)
        if each.kind is FieldKind.SECRET:
            if value:
                secrets[each.name] = value
        else:
            settings[each.name] = value
    return settings, secrets


def _check(each: Field, value: str) -> None:
    if each.kind is FieldKind.NUMBER and not (
        value.isascii() and value.isdigit() and each.low <= int(value) <= each.high
    ):
        raise InvalidInput(f"{each.title} ({each.name}) must be a number from {each.low} to {each.high}.")
    if each.kind is FieldKind.FLAG and value not in ("yes", "no"):
        raise InvalidInput(f"{each.title} ({each.name}) must be yes or no.")
    if each.kind is FieldKind.CHOICE and value not in each.choices:
        raise InvalidInput(f"{each.title} ({each.name}) must be one of {', '.join(each.choices)}.")
    if each.kind is not FieldKind.LIST and any(ord(sign) < 32 for sign in value):
        raise InvalidInput(f"{each.title} ({each.name}) must be one line.")


def checked_name(name: str) -> SourceName:
    """A source's name as it may be used; raises InvalidInput."""
    plain = name.strip()
    if not plain or len(plain) > MAX_NAME or not plain.isprintable() or "/" in plain:
        raise InvalidInput(f"A source's name has 1 to {MAX_NAME} printable characters and no slash.")
    return SourceName(plain)
