"""Every query about live sources, and the shape of each answer."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.errors import Trouble
from triage_app.domain.source import Field, Tested
from triage_app.services.arguments import Query, assignments, option, optional_argument, secret_values

# -- answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source, how it fares and what became of what it brought.

    `status` is `paused`, `failing`, `ok`, or `new` where it was never reached. Times are UTC; `tls` is the negotiated
    version, `error` the last one in words with the next step, `settings` holds no secrets. `signs_in`: `source sign-in`
    is the way to it.
    """

    name: str
    kind: str
    title: str
    status: str
    last_success: datetime | None
    last_item: datetime | None
    next_try: datetime | None
    error: str
    trouble: Trouble | None
    failures: int
    tls: str
    on_server: int | None
    skipped: int
    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int
    settings: tuple[tuple[str, str], ...]
    signs_in: bool = False


@dataclass(frozen=True, slots=True)
class SourceList:
    """The configured sources, by name, and where their secrets are kept. Where models are trained by schedule, tickets
    come back at a time, or tickets of an earlier version are to be read again (`scheduled`), following has something to
    do without sources as well.
    """

    sources: tuple[SourceRow, ...]
    secrets: str
    scheduled: bool = False


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source and its settings. `pushes`: it receives what others send."""

    kind: str
    title: str
    summary: str
    pushes: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class SourceKinds:
    """Every kind of source that can be added."""

    kinds: tuple[SourceKind, ...]


# -- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListSources(Query[SourceList]):
    """The configured sources: how each fares, its last error and what to do about it, and its balance."""


@dataclass(frozen=True, slots=True)
class ListSourceKinds(Query[SourceKinds]):
    """The kinds of sources that can be added, with their settings."""

    kind: str = optional_argument("Only this kind.", "")


@dataclass(frozen=True, slots=True)
class TestSource(Query[Tested]):
    """Connect to a source, look and disconnect, changing nothing.

    With settings or secrets it is tried with these instead of those that are stored; with a kind it need not be stored
    at all.
    """

    __test__ = False  # its name looks like one to pytest

    name: str = optional_argument("The source.", "")
    kind: str = option("The kind, for a source that is not stored yet.", "")
    settings: tuple[str, ...] = assignments("A setting to try, as NAME=VALUE.")
    secrets: tuple[str, ...] = secret_values("The name of a secret to try; its value is read from standard input.")
