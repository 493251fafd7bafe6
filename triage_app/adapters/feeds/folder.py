"""Drop folders: mail and alerts that somebody puts into a folder; moved or deleted only once they are ours."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage_app.adapters.feeds.folder_after import delete, move
from triage_app.adapters.feeds.folder_tree import Lying, Tree
from triage_app.adapters.feeds.paths import shown, unreadable, whole_path
from triage_app.domain.errors import NotFound, SourceFailed, Trouble
from triage_app.domain.item import RawItem
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Field, FieldKind, Manifest, Source, SourceName, Tested
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page
from triage_app.services.ports import FileReader

PAGE_ITEMS = 500
PAGE_BYTES = 2_000_000

MANIFEST = Manifest(
    "folder",
    "Drop folder",
    "Files that are put into a folder: mail (.eml, .msg, mbox, Maildir), alerts (JSON, JSON lines, CSV), also packed. "
    "What they are is told by their content. Nothing is changed there unless `after` says so.",
    (
        Field("path", "Folder", "Its whole path, such as /srv/drop.", required=True),
        Field("subfolders", "Subfolders", "Whether files in the folders in it are taken, too.", FieldKind.FLAG, "yes"),
        Field(
            "after",
            "Afterwards",
            "What is done with a file of which everything was taken in.",
            FieldKind.CHOICE,
            "leave",
            choices=("leave", "move", "delete"),
        ),
        Field("move_to", "Move to", "The whole path of the folder to move to, for afterwards = move."),
        Field(
            "settle",
            "Settle",
            "Seconds that a file must look the same before it is taken, since it may still be written.",
            FieldKind.NUMBER,
            "2",
            low=0,
            high=3_600,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a source's settings say about its folder; `target` is None unless files are moved."""

    root: Path
    deep: bool
    after: str
    target: Path | None
    settle: int

    @classmethod
    def of(cls, source: Source) -> "Wishes":
        """Read from settings; raises SourceFailed where they lead to nothing or do not fit together."""
        settings = source.settings
        root = whole_path(source, "path", settings["path"])
        if not root.is_dir():
            raise SourceFailed(
                Trouble.FOLDER, f"{source.name}: there is no folder {root}. Make it, or correct the setting path."
            )
        target = None
        if settings["after"] == "move":
            if not settings["move_to"]:
                raise SourceFailed(Trouble.SETTINGS, f"{source.name}: afterwards = move needs move_to. Set it.")
            target = whole_path(source, "move_to", settings["move_to"])
            if target.resolve() == root.resolve():
                raise SourceFailed(
                    Trouble.SETTINGS, f"{source.name}: move_to is the watched folder itself. Choose another one."
                )
        return cls(root, settings["subfolders"] == "yes", settings["after"], target, int(settings["settle"]))


class FolderConnector:
    """Drop folders, read by `files`. What was taken is remembered as long as the program runs."""

    def __init__(self, files: FileReader) -> None:
        self._files = files
        self._idle: dict[SourceName, tuple[Wishes, Tree]] = {}

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "FolderFeed":
        """Check that the folder is there."""
        del secrets
        wishes = Wishes.of(source)
        before = self._idle.pop(source.name, None)
        tree = before[1] if before is not None and before[0] == wishes else _tree(wishes)

        def leave() -> None:
            self._idle[source.name] = wishes, tree

        return FolderFeed(source.name, wishes, tree, self._files, leave)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Count the files."""
        del secrets
        wishes = Wishes.of(source)
        tree = _tree(wishes)
        try:
            _, errors = tree.look()
        except OSError as error:
            raise unreadable(error.filename, error) from error
        if errors:
            raise unreadable(errors[0].filename, errors[0])
        return Tested(f"{tree.count} files lie in {wishes.root}.")


class FolderFeed:
    """An open drop folder. `leave` is called when it is closed."""

    def __init__(
        self, source: SourceName, wishes: Wishes, tree: Tree, files: FileReader, leave: Callable[[], None]
    ) -> None:
        self._source = source
        self._wishes = wishes
        self._tree = tree
        self._files = files
        self._leave = leave
        self._waited = False
        self._ended: Sequence[tuple[Lying, bool]] = ()
        self._told: int | None = None
        self._grievance: SourceFailed | None = None

    @property
    def tls(self) -> str:
        """Folders have none."""
        return ""

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What is whole and was not taken. Trouble with one file is raised after the others had their turn.

        There is no cursor: what is read again after a restart is known by its content."""
        self._grievance = None
        yield from self._pages(self._whole_files(cancel), cancel)
        if cancel.cancelled:
            return
        if self._lying != self._told:
            yield self._page((), ())
        if self._grievance is not None:
            raise self._grievance

    def settled(self, page: Page) -> None:
        """Remember what was taken, and move or delete it where the settings say so.

        What cannot be moved counts as not taken, so that it is read and tried again; the pull then raises."""
        for file, whole in self._ended:
            if whole and self._wishes.after != "leave":
                self._put_away(file)
            else:
                self._tree.take(file)

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Look again and again until a file is whole."""
        self._tree.wait(seconds, cancel)

    def close(self) -> None:
        """What is known of the folder is for the next feed."""
        self._leave()

    @property
    def _lying(self) -> int | None:
        """What lies on the server's side, where files are not meant to stay."""
        return None if self._wishes.after == "leave" else self._tree.count

    def _whole_files(self, cancel: CancelToken) -> list[Lying]:
        """At the first look nothing is known of any file, so that a second one is needed."""
        try:
            ready, errors = self._tree.look()
            if self._tree.is_waiting and not self._waited:
                self._tree.settle(cancel)
                if cancel.cancelled:
                    return []
                ready, errors = self._tree.look()
        except OSError as error:
            raise unreadable(error.filename, error) from error
        self._waited = True
        for each in errors:
            self._bear(unreadable(each.filename, each))
        return ready

    def _pages(self, ready: Sequence[Lying], cancel: CancelToken) -> Iterator[Page]:
        items: list[RawItem] = []
        ended: list[tuple[Lying, bool]] = []
        for file in ready:
            if not (self._is_unchanged(file) and self._can_be_read(file)):
                continue
            size, begin, whole = sum(len(item.content) for item in items), len(items), True
            for item in self._items(file):
                if items and (len(items) >= PAGE_ITEMS or size + len(item.content) > PAGE_BYTES):
                    if not self._is_unchanged(file):
                        break
                    yield self._page(tuple(items), tuple(ended))
                    if cancel.cancelled:
                        return
                    items, ended, size, begin = [], [], 0, 0
                items.append(item)
                size += len(item.content)
                whole = whole and not item.reason
            if self._is_unchanged(file):
                ended.append((file, whole and len(items) > begin))
            else:
                # It was written to, or taken away, while it was read: what was read of it is worth nothing.
                del items[begin:]
        if items or ended:
            yield self._page(tuple(items), tuple(ended))

    def _can_be_read(self, file: Lying) -> bool:
        try:
            with Path(file.path).open("rb"):
                return True
        except FileNotFoundError:
            return False
        except OSError as error:
            self._bear(unreadable(file.path, error))
            return False

    def _items(self, file: Lying) -> Iterator[RawItem]:
        with contextlib.suppress(NotFound):
            for item in self._files.read(file.path):
                yield replace(item, source=self._source)

    def _page(self, items: tuple[RawItem, ...], ended: Sequence[tuple[Lying, bool]]) -> Page:
        self._told = self._lying
        self._ended = ended
        return Page(items, None, self._told)

    def _is_unchanged(self, file: Lying) -> bool:
        try:
            return file.is_unchanged()
        except OSError:
            return False

    def _put_away(self, file: Lying) -> None:
        try:
            if self._wishes.target is not None:
                move(file, self._wishes.root, self._wishes.target)
            else:
                delete(file)
            self._tree.put_away(file)
        except OSError as error:
            self._bear(
                SourceFailed(
                    Trouble.FOLDER,
                    f"{shown(file.path)} was taken in, but cannot be put away ({error.strerror or error}). "
                    "Let the user that runs this program write there.",
                )
            )

    def _bear(self, error: SourceFailed) -> None:
        """Trouble with one file waits for the end of the pull."""
        self._grievance = self._grievance or error


def _tree(wishes: Wishes) -> Tree:
    return Tree(wishes.root, wishes.settle, wishes.target, deep=wishes.deep)
