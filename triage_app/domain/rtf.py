"""Compressed RTF of Outlook to text ([MS-OXRTFCP], and [MS-OXRTFEX] for HTML kept inside RTF)."""

import re
import struct

_PREBUFFER = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_HEADER = struct.Struct("<II4sI")
_TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\([^A-Za-z])|([{}])|([\r\n]+)|([^\\{}\r\n]+)|(.)", re.S
)
_SKIPPED = frozenset({b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"generator", b"listtable", b"listoverridetable",
                      b"themedata", b"datastore", b"latentstyles", b"rsidtbl", b"xmlnstbl", b"header", b"footer", b"mhtmltag"})  # fmt: skip
_WORDS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": " ", b"row": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
          b"rdblquote": "”", b"bullet": "•", b"endash": "–", b"emdash": "—"}  # fmt: skip
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
    is_html = b"\\fromhtml" in source[:1024]
    out: list[str] = []
    codec, skip_depth, unicode_skip = "cp1252", 0, 0
    stack: list[tuple[bool, bool]] = []
    skipping = hidden = False
    first = False
    for hexed, word, number, symbol, brace, _, plain, _ in _TOKEN.findall(source):
        if brace == b"{":
            if len(stack) > _GROUPS:
                break
            stack.append((skipping, hidden))
            first = True
            continue
        if brace == b"}":
            skipping, hidden = stack.pop() if stack else (False, False)
            first = False
            continue
        if word in _SKIPPED or (symbol == b"*" and first):
            skipping = True
            if symbol == b"*":
                continue
        elif word == b"htmltag":
            skipping = False
        elif word == b"htmlrtf":
            hidden = number != b"0"
        elif word == b"ansicpg" and number:
            codec = f"cp{int(number)}"
        first = False
        if skipping or (hidden and is_html):
            continue
        if unicode_skip and (hexed or plain):
            unicode_skip, plain, hexed = 0, plain[1:], b""
        if word == b"u" and number:
            out.append(chr(int(number) & 0xFFFF) if not 0xD800 <= int(number) & 0xFFFF < 0xE000 else "\ufffd")
            unicode_skip = 1
        elif word in _WORDS:
            out.append(_WORDS[word])
        elif symbol in {b"{", b"}", b"\\"}:
            out.append(symbol.decode("ascii"))
        elif symbol == b"~":
            out.append("\xa0")
        elif hexed:
            out.append("\x00" + chr(int(hexed, 16)))
        elif plain:
            out.append(plain.decode("latin_1"))
    return _join(out, codec), is_html


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
