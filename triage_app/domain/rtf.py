"""Compressed RTF of Outlook to text ([MS-OXRTFCP], and [MS-OXRTFEX] for HTML kept inside RTF)."""

import re
import struct
from collections.abc import Mapping
from types import MappingProxyType

_PREBUFFER = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
_HEADER = struct.Struct("<II4sI")
_TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\([^A-Za-z])|([{}])|([\r\n]+)|([^\\{}\r\n]+)|(.)", re.S
)
_SKIPPED = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"generator", b"listtable",
    b"listoverridetable", b"themedata", b"datastore", b"latentstyles", b"rsidtbl", b"xmlnstbl", b"header",
    b"footer", b"mhtmltag",
})  # fmt: skip
_WORDS: Mapping[bytes, str] = MappingProxyType({
    b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": " ", b"row": "\n", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"endash": "–", b"emdash": "—",
})  # fmt: skip
_GROUPS = 2_000


def unpack(data: bytes, limit: int) -> bytes:
    """Decompressed RTF, at most `limit` bytes; what can be read of broken data."""
    if len(data) < _HEADER.size:
        return b""
    _, size, kind, _ = _HEADER.unpack_from(data)
    if kind == b"MELA":
        return data[_HEADER.size : _HEADER.size + min(size, limit)]
    if kind != b"LZFu":
        return b""
    out = bytearray(_PREBUFFER)
    start, position, end = len(out), _HEADER.size, len(data)
    limit = min(limit, size) + start
    while position < end and len(out) < limit:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= end:
                break
            if not flags >> bit & 1:
                out.append(data[position])
                position += 1
                continue
            if position + 1 >= end:
                position = end
                break
            pair = data[position] << 8 | data[position + 1]
            position += 2
            offset, length = pair >> 4, (pair & 15) + 2
            write = len(out) & 4095
            if offset == write:
                return bytes(out[start:])
            back = (write - offset) & 4095
            for _ in range(length):
                out.append(out[-back] if back <= len(out) else 32)
    return bytes(out[start:limit])


def text(data: bytes, limit: int) -> tuple[str, bool]:
    """The text of compressed RTF, or the HTML that it wraps, and whether it is HTML."""
    source = unpack(data, limit)
    reader = _Reader(is_html=b"\\fromhtml" in source[:1024])
    for hexed, word, number, symbol, brace, _, plain, _ in _TOKEN.findall(source):
        if brace:
            reader.group(opens=brace == b"{")
            if len(reader.stack) > _GROUPS:
                break
        elif word or symbol == b"*":
            reader.control(word, number)
        else:
            reader.characters(hexed, symbol, plain)
    return _join(reader.out, reader.codec), reader.is_html


class _Reader:
    """What RTF says so far, and whether the group at hand is to be read."""

    __slots__ = ("codec", "first", "hidden", "is_html", "out", "replaced", "skipping", "stack")

    def __init__(self, *, is_html: bool) -> None:
        self.is_html, self.codec = is_html, "cp1252"
        self.out: list[str] = []
        self.stack: list[tuple[bool, bool]] = []
        self.skipping = self.hidden = self.first = self.replaced = False

    def group(self, *, opens: bool) -> None:
        """A brace: groups inherit what is skipped, and give it back."""
        self.first = opens
        if opens:
            self.stack.append((self.skipping, self.hidden))
        else:
            self.skipping, self.hidden = self.stack.pop() if self.stack else (False, False)

    def control(self, word: bytes, number: bytes) -> None:
        """A control word; the empty one is the mark of a destination that may be unknown."""
        starts, self.first = self.first, self.first and not word
        if word in _SKIPPED or (not word and starts):
            self.skipping = True
        elif word == b"htmltag":
            self.skipping = False
        elif word == b"htmlrtf":
            self.hidden = number != b"0"
        elif word == b"ansicpg" and number:
            self.codec = f"cp{int(number)}"
        elif not self.skipping and not (self.hidden and self.is_html):
            if word == b"u" and number:
                code = int(number) & 0xFFFF
                self.out.append("\ufffd" if 0xD800 <= code < 0xE000 else chr(code))
                self.replaced = True
            elif word in _WORDS:
                self.out.append(_WORDS[word])

    def characters(self, hexed: bytes, symbol: bytes, plain: bytes) -> None:
        """Text as it stands or escaped; one character after a Unicode one is its stand-in for old programs."""
        self.first = False
        if self.skipping or (self.hidden and self.is_html):
            return
        if self.replaced and (hexed or plain):
            self.replaced, plain, hexed = False, plain[1:], b""
        if symbol in {b"{", b"}", b"\\"}:
            self.out.append(symbol.decode("ascii"))
        elif symbol == b"~":
            self.out.append("\xa0")
        elif hexed:
            self.out.append("\x00" + chr(int(hexed, 16)))
        elif plain:
            self.out.append(plain.decode("latin_1"))


def _join(pieces: list[str], codec: str) -> str:
    """One text; neighbouring escaped bytes are decoded together in the code page of the document."""
    out: list[str] = []
    pending = bytearray()
    for piece in [*pieces, ""]:
        if piece[:1] == "\x00" and len(piece) == 2:
            pending.append(ord(piece[1]))
            continue
        if pending:
            try:
                out.append(pending.decode(codec, "replace"))
            except LookupError:
                out.append(pending.decode("latin_1"))
            pending.clear()
        out.append(piece)
    return "".join(out)
