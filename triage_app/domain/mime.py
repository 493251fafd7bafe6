"""The structure of a mail: parts with their headers and their place in the bytes, found in one pass.

RFC 2045 and 2046. The splitter walks from delimiter line to delimiter line with a stack of the multiparts that are
open, so its time is the size of the mail times the depth it may have, whatever the mail claims. It copies no body.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage_app.domain import headers
from triage_app.domain.caps import Caps
from triage_app.domain.item import Defect

_BLANK = re.compile(rb"\n\r?\n")
_MEDIA_TYPE = re.compile(r"[!-.0-~]{1,127}/[!-.0-~]{1,127}")
_BASE64 = bytes(sorted(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_NOT_BASE64 = bytes(code for code in range(256) if code not in _BASE64)
_CR = 13
_UU_ENCODINGS = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
_KNOWN_HEADERS = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "received", "return-path", "message-id", "mime-version", "sender",
    "content-type", "content-transfer-encoding", "delivered-to", "reply-to", "in-reply-to", "references", "envelope-to",
    "content-disposition", "x-mailer", "newsgroups", "resent-from", "authentication-results", "dkim-signature",
})  # fmt: skip


@dataclass(slots=True)
class Part:
    """One entity: a leaf, a multipart with its parts, or a message whose one part is the mail within.

    `head` are raw header values in order (see `headers.split`), `first` the first raw value by lower-case name.
    The body is `content[start:end]`, still encoded; the entity with its headers begins at `begin`.
    """

    content: bytes
    begin: int
    start: int
    end: int
    head: list[headers.RawHeader]
    media_type: str
    first: dict[str, str]
    depth: int
    parameters: dict[str, str]
    parts: "list[Part]" = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """Whether it holds parts of its own."""
        return bool(self.parts) and self.media_type != "message/rfc822"

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail within a mail, already split."""
        return self.media_type == "message/rfc822" and bool(self.parts)

    @property
    def raw(self) -> memoryview:
        """The body as it stands, without a copy."""
        return memoryview(self.content)[self.start : self.end]

    @property
    def encoding(self) -> str:
        """The content transfer encoding as declared, lower case."""
        return self.first.get("content-transfer-encoding", "").strip().lower()

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or what else is declared, lower case; "" for none."""
        return headers.main_value(self.first.get("content-disposition", ""))

    @property
    def file_name(self) -> str:
        """The file name as claimed, "" for none."""
        value = self.first.get("content-disposition", "")
        name = headers.parameters(value).get("filename", "") if ";" in value else ""
        return name.strip() or self.parameters.get("name", "").strip()


@dataclass(frozen=True, slots=True)
class Structure:
    """A split mail: its outermost part, and what was wrong with it or cut from it."""

    root: Part
    defects: tuple[Defect, ...]


@dataclass(slots=True)
class _Level:
    """A multipart that is open: its delimiter and where that comes next, as far as was searched."""

    part: Part
    marker: bytes
    hit: int = -1
    line_end: int = -1
    closing: bool = False


def split(content: bytes, caps: Caps, depth: int = 0) -> Structure:
    """Find the parts of a mail. Never raises; memory is that of the headers, time is linear.

    `depth` is how deep the mail lies in others already. A mail whose lines end in CR alone is read as if they
    ended in LF.
    """
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    return _Splitter(content, caps, depth).run()


class _Splitter:
    """The state of one pass."""

    __slots__ = ("caps", "content", "count", "defects", "false_hits", "levels", "position", "top")

    def __init__(self, content: bytes, caps: Caps, depth: int) -> None:
        self.content, self.caps, self.top = content, caps, depth
        self.levels: list[_Level] = []
        self.defects: dict[str, Defect] = {}
        self.count = self.false_hits = self.position = 0

    def run(self) -> Structure:
        """The whole pass."""
        content, begin = self.content, _skip_envelope(self.content)
        root = self._entity(begin, len(content), self.top, "text/plain")
        if not any(name in _KNOWN_HEADERS or name.startswith("x-") for name in root.first):
            self.defects.pop("header_line", None)
            self._note("no_headers", "It has no mail headers; all of it was read as text.")
            root = Part(content, begin, begin, len(content), [], "text/plain", {}, self.top, {})
            return Structure(root, tuple(self.defects.values()))
        self._descend(root)
        while self.levels:
            level = self._next(self.position)
            if level is None:
                break
            while self.levels[-1] is not level:
                self._unclosed(self.levels.pop())
            self.position = level.line_end
            if level.closing:
                self.levels.pop()
            elif self.count >= self.caps.parts:
                self._note("parts_cut", f"It has more than {self.caps.parts} parts; the others were not read.")
                self.levels.clear()
            else:
                self._open(level.part)
        while self.levels:
            self._unclosed(self.levels.pop())
        return Structure(root, tuple(self.defects.values()))

    def _open(self, parent: Part) -> None:
        """Read the part that begins at the position, after a delimiter."""
        default = "message/rfc822" if parent.media_type == "multipart/digest" else "text/plain"
        part = self._entity(self.position, self._limit(self.position), parent.depth + 1, default)
        parent.parts.append(part)
        self._descend(part)

    def _limit(self, position: int) -> int:
        """Where the line break before the next delimiter stands, or the end of the mail."""
        following = self._next(position)
        return following.hit if following else len(self.content)

    def _descend(self, part: Part) -> None:
        """Step into an attached mail; open a multipart."""
        while part.media_type.startswith(("multipart/", "message/rfc822")):
            if part.depth >= self.caps.depth:
                self._note(
                    "depth_cut", f"Parts lie deeper than {self.caps.depth} levels; the innermost were not split."
                )
                return
            if part.media_type == "message/rfc822":
                if part.encoding in {"base64", "quoted-printable"}:
                    return
                inner = self._entity(part.start, self._limit(part.start), part.depth + 1, "text/plain")
                part.parts.append(inner)
                part = inner
                continue
            boundary = part.parameters.get("boundary", "").rstrip()
            if not boundary or len(boundary) > self.caps.boundary:
                self._note("no_boundary", "A multipart names no usable boundary; it was read as one text.")
                return
            self.levels.append(_Level(part, b"\n--" + boundary.encode("latin_1", "replace")))
            self.position = part.start
            return

    def _entity(self, begin: int, hit: int, depth: int, default: str) -> Part:
        """Read the headers of the entity between `begin` and the line break at `hit`, which belongs to a delimiter."""
        content, self.count = self.content, self.count + 1
        limit = max(begin, min(len(content), hit + 1))
        if content.startswith((b"\n", b"\r\n"), begin):
            block_end, start = begin, min(limit, begin + (1 if content[begin] == 10 else 2))
        elif blank := _BLANK.search(content, begin, limit):
            block_end, start = blank.start() + 1, blank.end()
        else:
            block_end = start = limit
        if block_end - begin > self.caps.header_bytes:
            self._note("headers_cut", f"Headers are longer than {self.caps.header_bytes} bytes; the rest was not read.")
            block_end = begin + self.caps.header_bytes
            block_end = max(content.rfind(b"\n", begin, block_end) + 1, 0) or block_end
        head, whole = headers.split(content[begin:block_end])
        if not whole:
            start = self._first_body_line(begin, block_end)
            self._note("header_line", "A line among the headers is none; it was read as the start of the body.")
        end = hit - 1 if begin < hit < len(content) and content[hit - 1] == _CR else hit
        first = {name.lower(): value for name, value in reversed(head)}
        value = first.get("content-type", "")
        media_type = headers.main_value(value) if value else default
        if value and not _MEDIA_TYPE.fullmatch(media_type):
            media_type = "text/plain"
        parameters = headers.parameters(value) if ";" in value else {}
        return Part(content, begin, start, max(start, end), head, media_type, first, depth, parameters)

    def _first_body_line(self, begin: int, end: int) -> int:
        """Where the first line stands that is no header; there is one."""
        position = begin
        while position < end:
            line_end = self.content.find(b"\n", position, end)
            line_end = end if line_end < 0 else line_end + 1
            if not headers.is_header_line(self.content[position:line_end]):
                return position
            position = line_end
        return end

    def _next(self, position: int) -> _Level | None:
        """The open level whose delimiter line comes next at or after `position`; the outermost of several at one
        place."""
        limit, found = len(self.content), None
        for level in self.levels:
            if level.hit < position - 1:
                self._search(level, max(0, position - 1), limit)
            if level.hit < limit:
                limit, found = level.hit, level
        return found

    def _search(self, level: _Level, position: int, limit: int) -> None:
        """Set the next delimiter line of a level that begins before `limit`, or `limit` where there is none."""
        content, marker = self.content, level.marker
        while True:
            hit = content.find(marker, position, min(len(content), limit + len(marker)))
            if hit < 0 or hit >= limit:
                level.hit = limit
                return
            after = hit + len(marker)
            line_end = content.find(b"\n", after, after + 1_000)
            line_end = (line_end + 1) if line_end >= 0 else min(len(content), after + 1_000)
            rest = content[after:line_end].strip(b" \t\r\n")
            if not rest or rest == b"--":
                level.hit, level.line_end, level.closing = hit, line_end, bool(rest)
                return
            self.false_hits += 1
            if self.false_hits > self.caps.false_boundaries:
                self._note("boundary_flood", "Too many lines only look like boundaries; the rest was not split.")
                level.hit = limit
                return
            position = after

    def _unclosed(self, level: _Level) -> None:
        """Note that a multipart ended without its closing delimiter."""
        if level.part.parts:
            self._note("not_closed", "A multipart has no end; its last part goes to the end of what holds it.")
        else:
            self._note("no_parts", "A multipart has no parts; it was read as one text.")

    def _note(self, code: str, detail: str) -> None:
        self.defects.setdefault(code, Defect(code, detail))


def _skip_envelope(content: bytes) -> int:
    """Where the headers begin: after blank lines, a byte order mark and the `From ` line of an mbox."""
    position = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    while content.startswith((b"\n", b"\r"), position) and position < 64:
        position += 1
    if content.startswith((b"From ", b">From "), position):
        line_end = content.find(b"\n", position, position + 4_096)
        position = line_end + 1 if line_end >= 0 else position
    return position


def leaves(part: Part) -> Iterator[Part]:
    """The leaves of an entity in order, attached mails as one leaf each (not stepped into)."""
    stack = [part]
    while stack:
        current = stack.pop()
        if current.is_multipart:
            stack.extend(reversed(current.parts))
        else:
            yield current


def payload(part: Part, limit: int) -> tuple[bytes, str]:
    """The decoded body, at most `limit` bytes, and the code of a defect or "". Broken encodings give what can be
    read."""
    raw, encoding = part.raw, part.encoding
    if encoding == "base64":
        room = limit // 3 * 4 + limit // 32 + 512
        data, code = _from_base64(raw[:room])
        return (data[:limit], "cut") if len(raw) > room or len(data) > limit else (data, code)
    if encoding == "quoted-printable":
        data = binascii.a2b_qp(raw[: limit * 3])
        return (data[:limit], "cut") if len(data) > limit or len(raw) > limit * 3 else (data, "")
    if encoding in _UU_ENCODINGS:
        data = _from_uu(bytes(raw[: limit * 2]))
        return (data[:limit], "cut") if len(data) > limit or len(raw) > limit * 2 else (data, "")
    return bytes(raw[:limit]), "cut" if len(raw) > limit else ""


def _from_base64(raw: memoryview) -> tuple[bytes, str]:
    try:
        return binascii.a2b_base64(raw), ""
    except binascii.Error:
        pass
    # Padding in the middle comes from texts that were joined after encoding: each is decoded by itself.
    pieces = bytes(raw).translate(None, _NOT_BASE64).split(b"=", 1_000)
    return b"".join(_base64_piece(piece.replace(b"=", b"")) for piece in pieces), "base64"


def _base64_piece(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _from_uu(raw: bytes) -> bytes:
    """RFC-less uuencode, as some old programs declare it: lines after `begin`, to `end`."""
    out: list[bytes] = []
    inside = False
    for line in raw.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
        elif line.strip() == b"end":
            break
        else:
            try:
                out.append(binascii.a2b_uu(line))
            except binascii.Error:
                if line:
                    length = (((line[0] - 32) & 63) * 4 + 5) // 3
                    out.append(_uu_line(line[:length]))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
