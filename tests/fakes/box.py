"""A mailbox in memory whose server misbehaves on demand, the kind of source that leads to it, and secrets in memory."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from triage_app.adapters.runner import ThreadRunner
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem, digest
from triage_app.domain.mailbox import MAILBOX_FIELDS
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Field, FieldKind, Manifest, Source, SourceName, Tested
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page

PASSWORD = "correct horse"

MANIFEST = Manifest(
    "box",
    "Box",
    "A mailbox in memory.",
    (
        Field("user", "User", "Who signs in.", required=True),
        Field("password", "Password", "The password of the user.", FieldKind.SECRET, required=True),
        Field("folders", "Folders", "One a line.", FieldKind.LIST, "INBOX"),
        Field("poll", "Poll", "Seconds between two looks.", FieldKind.NUMBER, "30", low=1),
    ),
)


class Box:
    """Implements `Connector`, and is the server: `contents` by position; `script` is called before each page.

    One that holds mail has the settings of a mailbox as well.
    """

    def __init__(self, *, page: int = 2, pushes: bool = False, form: Form = Form.ALERT) -> None:
        self.form = form
        self.contents: list[bytes] = []
        self.validity = 1
        self.script: Callable[[str], None] = lambda _step: None
        self.settled: list[Page] = []
        self.opened = 0
        self.closed = 0
        self.changed = threading.Condition()
        self._page = page
        self._pushes = pushes

    @property
    def manifest(self) -> Manifest:
        more = MAILBOX_FIELDS if self.form is Form.MAIL else ()
        return Manifest("box", MANIFEST.title, MANIFEST.summary, (*MANIFEST.fields, *more), self._pushes)

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "BoxFeed":
        """Signs in; only one password is right."""
        self.script("open")
        if secrets["password"].reveal() != PASSWORD:
            raise SourceFailed(Trouble.AUTHENTICATION, "The password was refused. Give the right one.")
        with self.changed:
            self.opened += 1
            self.changed.notify_all()
        return BoxFeed(self, source, self._page)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Signs in and counts."""
        self.open(source, secrets).close()
        return Tested(f"{len(self.contents)} mails for {source.settings['user']}.", "TLS 1.3", ("INBOX",))

    def put(self, *contents: bytes) -> None:
        """Deliver."""
        with self.changed:
            self.contents += contents
            self.changed.notify_all()


class BoxFeed:
    """An open box."""

    def __init__(self, box: Box, source: Source, page: int) -> None:
        self._box = box
        self._source = source
        self._size = page
        self._seen = 0

    @property
    def tls(self) -> str:
        return "TLS 1.3"

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        box = self._box
        cursor = cursors.get("INBOX")
        start = int(cursor.position) if cursor and cursor.uid_validity == box.validity else 0
        while not cancel.cancelled:
            box.script("pull")
            found = box.contents[start : start + self._size]
            self._seen = start + len(found)
            if not found:
                return
            items = tuple(self._item(content, start + n) for n, content in enumerate(found))
            start = self._seen
            yield Page(items, Cursor("INBOX", box.validity, str(start)), len(box.contents), skipped=1)

    def settled(self, page: Page) -> None:
        self._box.script("settled")
        with self._box.changed:
            self._box.settled.append(page)
            self._box.changed.notify_all()

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        self._box.script("wait")
        with self._box.changed:
            while not cancel.cancelled and len(self._box.contents) == self._seen:
                self._box.changed.wait(0.05)

    def close(self) -> None:
        with self._box.changed:
            self._box.closed += 1
            self._box.changed.notify_all()

    def _item(self, content: bytes, number: int) -> RawItem:
        box = self._box
        return RawItem(self._source.name, "INBOX", box.validity, str(number), box.form, content, digest(content), "box")


class MemorySecrets:
    """`SecretStore` for one test."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Secret] = {}

    @property
    def place(self) -> str:
        return "memory"

    def get(self, source: SourceName, field: str) -> Secret | None:
        return self.held.get((source, field))

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        self.held[source, field] = secret

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        for field in fields:
            self.held.pop((source, field), None)


class QuickRunner(ThreadRunner):
    """`Runner` that does not wait between two tries, but notes how long it should have, and stops after so many."""

    def __init__(self, most: int = 100) -> None:
        super().__init__()
        self.waited: list[float] = []
        self._most = most

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Only what `run` itself waits is waited."""
        if seconds < 1:
            super().wait(seconds, cancel)
            return
        self.waited.append(seconds)
        if len(self.waited) >= self._most:
            super().wait(1000, cancel)
