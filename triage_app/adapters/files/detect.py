"""What bytes are, by their beginning; names and extensions are not asked."""

import re
from enum import Enum, auto

HEAD = 8 * 1024
"""Bytes that are looked at."""


class Kind(Enum):
    """What a file or a member is."""

    EMPTY = auto()
    MAIL = auto()
    MBOX = auto()
    OLE = auto()
    JSON = auto()
    TEXT = auto()
    TAR = auto()
    ZIP = auto()
    PACKED = auto()
    WIDE = auto()
    BINARY = auto()


_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,100}[ \t]{0,8}:")
_MBOX = re.compile(
    rb"From \S[^\n]{0,500}\n(?:>From [^\n]{0,500}\n)?(?:[\x21-\x39\x3b-\x7e]{1,100}[ \t]{0,8}:|\r?\n|\Z)"
)
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,1000}(?:\{\s{0,1000}["}]|\[\s{0,1000}[{\["\]\-0-9tfn])')
_MAGICS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b\x08", Kind.PACKED),
    (b"BZh", Kind.PACKED),
    (b"\xfd7zXZ\0", Kind.PACKED),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (b"\xff\xfe", Kind.WIDE),
    (b"\xfe\xff", Kind.WIDE),
    (b"%PDF-", Kind.BINARY),
    (b"{\\rtf", Kind.BINARY),
    (b"\x7fELF", Kind.BINARY),
    (b"MZ", Kind.BINARY),
)
_CONTROL = bytes({*range(9), 11, *range(14, 27), *range(28, 32)})
_BARE_LETTERS = b"MZ"


def kind_of(head: bytes) -> Kind:
    """The kind of what begins with these bytes, of which there are fewer than `HEAD` only where that is all."""
    if not head:
        return Kind.EMPTY
    for magic, kind in _MAGICS:
        if head.startswith(magic) and (magic != _BARE_LETTERS or b"\0" in head):
            return kind
    if is_tar_header(head[:512]):
        return Kind.TAR
    if _MBOX.match(head):
        return Kind.MBOX
    if _JSON.match(head):
        return Kind.JSON
    if _HEADER.match(head):
        return Kind.MAIL
    sample = head[:4096]
    odd = len(sample) - len(sample.translate(None, _CONTROL))
    return Kind.BINARY if b"\0" in sample or odd * 10 > len(sample) else Kind.TEXT


def is_tar_header(block: bytes) -> bool:
    """Whether a block of 512 bytes is a tar header: its checksum is right (POSIX.1, ustar)."""
    if len(block) < 512 or not block[0]:
        return False
    field = block[148:156].strip(b"\0 ")
    if not field or field.strip(b"01234567"):
        return False
    return sum(block[:148]) + 8 * 32 + sum(block[156:512]) == int(field, 8)
