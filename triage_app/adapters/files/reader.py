"""Finds mail and alerts in files, folders, Maildirs and packed files, by content."""

import os
import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from triage_app.adapters.files import archives, json_rows, mailboxes, tables
from triage_app.adapters.files.detect import HEAD, Kind, kind_of
from triage_app.adapters.files.seen import Seen
from triage_app.adapters.files.streams import CannotUnpack, Limits, Piece, Stream, unpacked
from triage_app.domain.errors import NotFound
from triage_app.domain.item import Form, RawItem, content_uid, digest

SOURCE = "files"
_OUTLOOK = "__properties_version1.0".encode("utf-16-le")
_NO_LIMITS = Limits()


class FilesReader:
    """Implements `FileReader`. One `read` holds one chunk, one mail or one JSON document at a time.

    Folders are read in order of name; links are followed, none twice. Files and folders whose name begins with a dot
    are left out (what other programs keep beside mail: `.notmuch`, `.DS_Store`), except the folders of a Maildir++.
    Of a Maildir `cur` and `new` are read and nothing else.
    """

    def __init__(self, limits: Limits = _NO_LIMITS) -> None:
        self._limits = limits

    def read(self, path: str) -> Iterator[RawItem]:
        """The items of a file or folder; raises NotFound at once where there is none."""
        found = Path(path).expanduser()
        try:
            found.lstat()
        except FileNotFoundError as error:
            raise NotFound(f"There is no file or folder {path}. Check the name and import again.") from error
        except (OSError, ValueError):
            # It is there and cannot be looked at: that becomes an item with its reason.
            pass
        return self._items(found)

    def _items(self, path: Path) -> Iterator[RawItem]:
        seen = Seen()
        for file in files_under(path):
            name = os.fsencode(file).decode("utf-8", "replace")
            for piece in self._file(file):
                sha256 = digest(piece.content)
                unnamed = not piece.content and piece.reason
                identity = digest(f"{name}\0{piece.where}".encode()) if unnamed else sha256
                yield RawItem(
                    SOURCE,
                    "",
                    0,
                    content_uid(identity, seen.count(identity)),
                    piece.form,
                    piece.content,
                    sha256,
                    _origin(name, piece.where),
                    piece.reason,
                )

    def _file(self, path: Path) -> Iterator[Piece]:
        try:
            # Looked at before it is opened: opening a pipe would wait for its writer.
            if not stat.S_ISREG(path.stat().st_mode):
                yield Piece(Form.UNKNOWN, b"", "", "It is not a regular file: import what it leads to.")
                return
            with path.open("rb", buffering=0) as file:
                yield from self._pieces(Stream(file.read, _seekable(file)), "", 0, packed=False)
        except OSError as error:
            yield Piece(Form.UNKNOWN, b"", "", f"It cannot be read ({error.strerror or error}): check its permissions.")

    def _pieces(self, stream: Stream, where: str, depth: int, *, packed: bool) -> Iterator[Piece]:
        """What a file or member holds. A packed file that cannot be read further ends with the reason."""
        limits = self._limits
        try:
            head = stream.head(HEAD)
        except CannotUnpack as error:
            yield Piece(Form.UNKNOWN, where.encode(), where, _unpacking(error))
            return
        kind = kind_of(head)
        if kind in (Kind.PACKED, Kind.TAR, Kind.ZIP):
            deeper = depth if packed and kind is Kind.TAR else depth + 1
            if deeper > limits.nesting:
                reason = f"Packed files lie more than {limits.nesting} deep one in another: unpack the outer ones."
                yield Piece(Form.UNKNOWN, head, where, reason)
                return
            try:
                yield from self._unpack(stream, kind, where, deeper)
            except CannotUnpack as error:
                yield Piece(Form.UNKNOWN, head, where, _unpacking(error))
            return
        try:
            for piece in self._plain(stream, kind, head):
                yield piece._replace(where=f"{where} {piece.where}".strip()) if where else piece
        except CannotUnpack as error:
            yield Piece(Form.UNKNOWN, head, where, _unpacking(error))

    def _unpack(self, stream: Stream, kind: Kind, where: str, depth: int) -> Iterator[Piece]:
        def inner(member: Stream, name: str) -> Iterator[Piece]:
            return self._pieces(member, f"{where}: {name}" if where else f": {name}", depth, packed=False)

        if kind is Kind.TAR:
            yield from archives.tar_pieces(stream, self._limits, inner)
        elif kind is Kind.ZIP:
            yield from archives.zip_pieces(stream, self._limits, inner)
        else:
            content = unpacked(stream, self._limits)
            if content is not None:
                yield from self._pieces(content, where, depth, packed=True)

    def _plain(self, stream: Stream, kind: Kind, head: bytes) -> Iterator[Piece]:
        limits = self._limits
        if kind is Kind.EMPTY:
            yield Piece(Form.UNKNOWN, b"", "", "empty")
        elif kind is Kind.MBOX:
            yield from mailboxes.mails(stream, limits)
        elif kind is Kind.JSON:
            yield from json_rows.alerts(stream, limits)
        elif kind is Kind.OLE:
            yield self._ole(stream)
        elif kind is Kind.BINARY:
            content, _ = stream.take(limits.kept)
            yield Piece(Form.UNKNOWN, content, "", "It is neither mail nor alert, but a binary file of another kind.")
        elif kind is Kind.WIDE:
            yield from self._wide(stream)
        elif kind is Kind.TEXT and (layout := tables.layout_of(stream.head(tables.HEAD))) is not None:
            if layout.holds_alerts:
                yield from tables.rows(stream, layout, limits)
                return
            content, _ = stream.take(limits.kept)
            reason = "It is a table without a column for time and one for a name or message, so not of alerts."
            yield Piece(Form.UNKNOWN, content, "", reason)
        else:
            yield self._whole(stream, Form.MAIL)

    def _whole(self, stream: Stream, form: Form) -> Piece:
        limits = self._limits
        content, over = stream.take(limits.mail)
        if not over:
            return Piece(form, content, "")
        size = len(content) + 1
        while chunk := stream.read(limits.kept):
            size += len(chunk)
        reason = f"It has {size} bytes; at most {limits.mail} are read. Open it in a mail program."
        return Piece(Form.UNKNOWN, content[: limits.kept], "", reason)

    def _ole(self, stream: Stream) -> Piece:
        """An Outlook message, or another document in the same container."""
        piece = self._whole(stream, Form.MSG)
        if piece.reason or _OUTLOOK in piece.content:
            return piece
        reason = "It is an old Office document, neither mail nor alert."
        return Piece(Form.UNKNOWN, piece.content[: self._limits.kept], "", reason)

    def _wide(self, stream: Stream) -> Iterator[Piece]:
        """A text in UTF-16 is read as the same text in UTF-8."""
        piece = self._whole(stream, Form.UNKNOWN)
        if piece.reason:
            yield piece
            return
        try:
            content = piece.content.decode("utf-16").encode("utf-8")
        except UnicodeError:
            reason = "It is neither mail nor alert, but a binary file of another kind."
            yield Piece(Form.UNKNOWN, piece.content[: self._limits.kept], "", reason)
            return
        head = content[:HEAD]
        kind = kind_of(head)
        plain = kind if kind in (Kind.MBOX, Kind.JSON, Kind.MAIL, Kind.TEXT, Kind.EMPTY) else Kind.BINARY
        yield from self._plain(Stream(BytesIO(content).read), plain, head)


def _origin(name: str, where: str) -> str:
    """`box.mbox message 17`, `phish.tar.gz: phish/0001.eml`."""
    return f"{name}{where}" if where[:1] in ("", ":") else f"{name} {where}"


def files_under(path: Path) -> Iterator[Path]:
    """The files of a folder and the folders in it, in a repeatable order; a file is itself."""
    if not path.is_dir():
        yield path
        return
    waiting, entered = [path], set[tuple[int, int]]()
    while waiting:
        folder = waiting.pop()
        try:
            found = folder.stat()
            if (found.st_dev, found.st_ino) in entered:
                continue
            entered.add((found.st_dev, found.st_ino))
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            # Yielded as a file, it turns into an item that says why it cannot be read.
            yield folder
            continue
        maildir = _is_maildir(folder)
        folders: list[Path] = []
        for entry in entries:
            hidden = entry.name.startswith(".")
            if _is_folder(entry):
                wanted = not maildir or entry.name in ("cur", "new") or hidden
                if wanted and (not hidden or (maildir and _is_maildir(folder / entry.name))):
                    folders.append(folder / entry.name)
            elif not hidden and not maildir:
                yield folder / entry.name
        waiting.extend(reversed(folders))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def _seekable(file: BinaryIO) -> BinaryIO | None:
    return file if file.seekable() else None


def _unpacking(error: CannotUnpack) -> str:
    return f"Unpacking stopped: {error.message}. What was found before is imported."
