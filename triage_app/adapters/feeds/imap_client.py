"""IMAPClient with what it lacks: bodies at the speed of the line, a look into its buffer, and nothing for a log."""

import imaplib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from imapclient import IMAPClient

_BODY = rb"BODY\[(?:HEADER)?\](?:<\d+>)? "
_QUOTED_TEXT = rb'"(?:[^"\\]|\\.)*"'
_ITEM = (
    rb"(?:UID \d+|RFC822\.SIZE \d+|FLAGS \([^()]*\)|MODSEQ \(\d+\)|INTERNALDATE "
    + _QUOTED_TEXT
    + rb"|"
    + _BODY
    + rb"(?:\{\d+\}|NIL|"
    + _QUOTED_TEXT
    + rb"))"
)
_START = re.compile(rb"\d+ \(")
_MAIL = re.compile(rb"\d+ \((?:" + _ITEM + rb" ?)*\)", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d+)", re.IGNORECASE)
_LITERAL = re.compile(_BODY + rb"\{(\d+)\}$", re.IGNORECASE)
_QUOTED = re.compile(_BODY + rb"(" + _QUOTED_TEXT + rb")", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the server says of one mail: its size as it claims, and its content, each None where it does not say."""

    size: int | None
    content: bytes | None


class Client(IMAPClient):  # type: ignore[misc]
    """One connection. Errors are those of imaplib and of sockets."""

    def quieten(self) -> None:
        """Put nothing that is said into messages for a log: passwords are among it."""
        self._imap.debug = 0

    def fetched(self, uids: str, items: str) -> tuple[bool, dict[int, Fetched]]:
        """What the server gives of a set of uids, and whether it gave it without complaint.

        A literal that is not as long as announced, or stands beside what does not belong there, raises `abort`: then
        the two sides disagree on where in the talk they are, and nothing that follows can be believed.
        """
        kind, data = self._imap.uid("FETCH", uids, items)
        if kind != "OK":
            # What it gave before it complained.
            _name, data = self._imap.response("FETCH")
        found: dict[int, Fetched] = {}
        for uid, each in _mails(data):
            # News of its flags may come beside a mail.
            if uid not in found or each.content is not None:
                found[uid] = each
        return kind == "OK", found

    def has_news(self) -> bool:
        """Whether something was received that nobody has read yet, without waiting for it."""
        connection = self.socket()
        before = connection.gettimeout()
        connection.settimeout(0)
        try:
            return bool(self._imap.file.peek(1))
        except OSError:
            return False
        finally:
            connection.settimeout(before)


def _mails(data: list[bytes | tuple[bytes, bytes] | None]) -> Iterator[tuple[int, Fetched]]:
    """From imaplib's pieces: a pair holds a line that ends in a literal, and the literal; text stands alone."""
    said = b""
    content: bytes | None = None
    for piece in data:
        if piece is None:
            continue
        text = piece[0] if isinstance(piece, tuple) else piece
        if _START.match(text):
            yield from _mail(said, content)
            said, content = text, None
        else:
            said += text
        if isinstance(piece, tuple):
            announced = _LITERAL.search(text)
            if announced is None or content is not None or int(announced[1]) != len(piece[1]):
                raise imaplib.IMAP4.abort("a mail is not as long as announced")
            content = piece[1]
    yield from _mail(said, content)


def _mail(said: bytes, content: bytes | None) -> Iterator[tuple[int, Fetched]]:
    if not said:
        return
    if not _MAIL.fullmatch(said):
        raise imaplib.IMAP4.abort(f"an answer about a mail that is none: {said[:60]!r}")
    if content is None and (quoted := _QUOTED.search(said)):
        content = _ESCAPED.sub(rb"\1", quoted[1][1:-1])
        said = said[: quoted.start()] + said[quoted.end() :]
    uid, size = _UID.search(said), _SIZE.search(said)
    # News of flags come unasked, and without a uid.
    if uid is not None:
        yield int(uid[1]), Fetched(int(size[1]) if size else None, content)
