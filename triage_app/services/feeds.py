"""Ports of live sources: connectors, what they bring, secrets, and the threads that follow them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage_app.domain.item import RawItem
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Manifest, Source, SourceName, SourceState, Tested
from triage_app.services.context import CancelToken, Progress


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one folder, of bounded number and size, and how far the folder has been taken in with them.

    The cursor is stored in the transaction that stores the items. `on_server` as in `SourceState`: of the whole source,
    not of the folder. `skipped` counts what the source's filter left out in this page. A page may be empty and only
    move the cursor. Where the uid_validity of a folder changed, the feed brings the folder from its beginning: what is
    held already is recognised by its content and gets its new uid.
    """

    items: tuple[RawItem, ...]
    cursor: Cursor | None
    on_server: int | None = None
    skipped: int = 0


class SourceRepository(Protocol):
    """Configured sources, how they fare and how far they were taken in."""

    def add(self, source: Source, at: datetime) -> None:
        """Store a new source; raises InvalidInput where the name is taken."""

    def put(self, source: Source) -> None:
        """Replace the settings of a source, and whether it is paused; its revision is one more. Raises NotFound."""

    def remove(self, name: SourceName) -> None:
        """Forget its settings, state and cursors; what it brought stays, under its name. Raises NotFound."""

    def get(self, name: SourceName) -> Source:
        """One source; raises NotFound."""

    def all(self) -> Sequence[tuple[Source, SourceState]]:
        """All sources with their states, by name."""

    def state(self, name: SourceName) -> SourceState:
        """How a source fares; raises NotFound."""

    def save_state(self, name: SourceName, state: SourceState) -> None:
        """Store how a source fares; nothing happens for one that was removed."""

    def cursors(self, name: SourceName) -> Mapping[str, Cursor]:
        """How far each folder was taken in."""

    def save_cursor(self, name: SourceName, cursor: Cursor) -> None:
        """Store how far a folder was taken in; nothing happens for a source that was removed."""


class Feed(Protocol):
    """An open source. Used by one thread; every call to the outside has a time-out. All raise SourceFailed."""

    @property
    def tls(self) -> str:
        """The negotiated version of TLS, such as `TLS 1.3`; empty without."""

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What is new since the cursors (by folder), page by page; ends when there is nothing more for now.

        A feed that is pushed to is asked once more after a cancel: the time to stop listening and to hand on what has
        arrived."""

    def settled(self, page: Page) -> None:
        """Called after the page's items are committed: the place to acknowledge, and to flag, move or delete where the
        source's settings say so."""

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Return when there may be something new, or after so many seconds, or soon after a cancel."""

    def close(self) -> None:
        """Let go of the connection; never raises."""


class Connector(Protocol):
    """One kind of source. Safe from any thread."""

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> Feed:
        """Connect; raises SourceFailed (what happened, and what to do next)."""

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Connect, look and disconnect, changing nothing; raises SourceFailed."""


class SignIn(Protocol):
    """Lets a person sign in to one kind of source in a browser. Safe from any thread."""

    def fits(self, source: Source) -> bool:
        """Whether a source is signed in to so, by its settings."""

    def __call__(
        self,
        source: Source,
        secrets: Mapping[str, Secret],
        progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> Mapping[str, Secret]:
        """Invite the person by `progress`, wait until it is done, and return the secrets to keep, by field.

        Raises SourceFailed, and Cancelled."""


class SecretStore(Protocol):
    """Where secrets are: the system's keyring, or an encrypted file. All raise SecretsUnavailable.

    Safe from any thread.
    """

    @property
    def place(self) -> str:
        """Where they are, for a person: `Secret Service`, `file`."""

    def get(self, source: SourceName, field: str) -> Secret | None:
        """A secret, None where there is none."""

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Store or replace a secret."""

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """Forget secrets; one that is not there is no error."""


class Runner(Protocol):
    """Runs loops beside each other."""

    def run(self, loops: Callable[[], Mapping[str, Callable[[CancelToken], None]]], cancel: CancelToken) -> None:
        """Keep exactly the named loops running, asking for them again about once a second: a new name is started, one
        that is gone is cancelled and waited for, one that ended by itself stays ended until its name was gone once.
        Returns after a cancel, when all have ended."""

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Sleep, but not longer than a fraction of a second after a cancel."""
