"""The members of tar and zip files, one after the other and within limits."""

import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from triage_app.adapters.files.detect import is_tar_header
from triage_app.adapters.files.streams import CHUNK, CannotUnpack, Limits, Piece, Stream
from triage_app.domain.item import Form

BLOCK = 512
MAX_NAME = 1024 * 1024
"""Bytes of one extended header: names, not data."""

_DATA = b"\0" + b"07"
_NO_DATA = b"123456gVMN"
_ZIP_END = b"PK\x05\x06"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    struct.error,
)

Inner = Callable[[Stream, str], Iterator[Piece]]
"""Reads what a member holds, given its stream and its name."""


@dataclass(slots=True)
class _Member:
    """A tar member: its data are read through `read`, whatever is left of them is skipped."""

    name: str
    kind: bytes
    left: int
    padding: int
    source: Stream

    def read(self, size: int) -> bytes:
        data = self.source.read(min(size, self.left))
        if len(data) < min(size, self.left):
            raise CannotUnpack("the archive ends in the middle of a member: get the file again")
        self.left -= len(data)
        return data

    def skip(self) -> None:
        while self.left:
            self.read(min(self.left, CHUNK))
        self.source.read(self.padding)


def tar_pieces(stream: Stream, limits: Limits, inner: Inner) -> Iterator[Piece]:
    """What the files of a tar archive hold (ustar, GNU and pax long names). Links and folders hold nothing."""
    for count, member in enumerate(_tar_members(stream), start=1):
        if count > limits.members:
            raise CannotUnpack(f"it holds more than {limits.members} members: unpack it and import the folder")
        if member.kind in _DATA:
            yield from inner(Stream(member.read), member.name)
        elif member.kind not in _NO_DATA:
            reason = f"The member is of a kind ({member.kind!r}) that is not read: unpack it yourself."
            yield Piece(Form.UNKNOWN, member.read(min(member.left, limits.kept)), member.name, reason)
        member.skip()


def _tar_members(stream: Stream) -> Iterator[_Member]:
    name, size = "", -1
    while True:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            if block.strip(b"\0"):
                raise CannotUnpack("the archive ends in the middle of a header: get the file again")
            return
        if not block.strip(b"\0"):
            return
        if not is_tar_header(block):
            raise CannotUnpack("a header of the archive is damaged: get the file again")
        kind = block[156:157]
        held = _number(block[124:136]) if size < 0 else size
        member = _Member(name or _name(block), kind, held, -held % BLOCK, stream)
        if kind in b"LKxX":
            if held > MAX_NAME:
                raise CannotUnpack("a name in the archive is longer than 1 MB, as made to exhaust a machine")
            data = member.read(held)
            member.skip()
            if kind == b"L":
                name = data.rstrip(b"\0").decode("utf-8", "replace")
            elif kind in b"xX":
                name, size = _pax(data, name, size)
            continue
        yield member
        name, size = "", -1


def _name(block: bytes) -> str:
    name = block[:100].partition(b"\0")[0]
    prefix = block[345:500].partition(b"\0")[0] if block[257:262] == b"ustar" and block[262:263] == b"\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "replace")


def _number(field: bytes) -> int:
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.strip(b"\0 ")
    if text.strip(b"01234567"):
        raise CannotUnpack("a size in the archive is damaged: get the file again")
    return int(text, 8) if text else 0


def _pax(data: bytes, name: str, size: int) -> tuple[str, int]:
    """Path and size of an extended header: records of length, blank, key=value, line end."""
    position = 0
    while position < len(data):
        digits, blank, _ = data[position : position + 20].partition(b" ")
        if not blank or not digits.isdigit() or int(digits) <= len(digits):
            break
        key, _, value = data[position + len(digits) + 1 : position + int(digits) - 1].partition(b"=")
        if key == b"path":
            name = value.decode("utf-8", "replace")
        elif key == b"size" and value.isdigit() and len(value) < 20:
            size = int(value)
        position += int(digits)
    return name, size


# -- zip -------------------------------------------------------------------------------------------------------------


def zip_pieces(stream: Stream, limits: Limits, inner: Inner) -> Iterator[Piece]:
    """What the files of a zip archive hold, in the archive's order. Damaged members do not keep the others out."""
    if stream.file is not None:
        stream.file.seek(0)
        yield from _zip_pieces(stream.file, limits, inner)
        return
    # A zip is read from its end, so one inside another file is put aside first.
    with tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024) as aside:
        size = 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limits.nested_zip:
                raise CannotUnpack(f"a zip inside another file is larger than {limits.nested_zip} bytes: unpack it")
            aside.write(chunk)
        aside.seek(0)
        yield from _zip_pieces(aside, limits, inner)


def _zip_pieces(file: IO[bytes], limits: Limits, inner: Inner) -> Iterator[Piece]:
    size = _check_directory(file, limits)
    try:
        archive = zipfile.ZipFile(file)
    except _ZIP_ERRORS as error:
        raise CannotUnpack(f"the zip file is damaged ({error}): get the file again") from error
    with closing(archive):
        members = archive.infolist()
        if any(member.filename == "[Content_Types].xml" for member in members[:10]):
            file.seek(0)
            reason = "It is an Office document, neither mail nor alert. Attach it to a mail, or save it as text."
            yield Piece(Form.UNKNOWN, file.read(limits.kept), "", reason)
            return
        if sum(member.compress_size for member in members) > size:
            raise CannotUnpack("its members overlap, as made to exhaust a machine: unpack it yourself if you trust it")
        total = 0
        for member in members:
            if member.is_dir():
                continue
            total += member.file_size
            if total > limits.unpacked:
                raise CannotUnpack(f"it unpacks to more than {limits.unpacked} bytes: unpack it and import the parts")
            yield from _zip_member(archive, member, limits, inner)


def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits, inner: Inner) -> Iterator[Piece]:
    reason = ""
    if member.flag_bits & 1:
        reason = "It is encrypted: unpack it with its password and import the result."
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        reason = f"It is packed by a method ({member.compress_type}) that is not read: unpack it yourself."
    elif member.file_size > limits.ratio_from and member.file_size > limits.ratio * member.compress_size:
        reason = f"It unpacks to more than {limits.ratio} times its size, as made to exhaust a machine."
    if reason:
        yield Piece(Form.UNKNOWN, member.filename.encode("utf-8", "replace"), member.filename, reason)
        return
    try:
        with archive.open(member) as data:
            yield from inner(Stream(_guarded(data.read)), member.filename)
    except _ZIP_ERRORS as error:
        raise_reason = f"It is damaged ({error}): get the file again."
        yield Piece(Form.UNKNOWN, member.filename.encode("utf-8", "replace"), member.filename, raise_reason)


def _guarded(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """The errors of the zip reader as ours, so that the reader of the member can tell."""

    def guarded(size: int) -> bytes:
        try:
            return read(size)
        except _ZIP_ERRORS as error:
            raise CannotUnpack(f"the packed data are damaged ({error}): get the file again") from error

    return guarded


def _check_directory(file: IO[bytes], limits: Limits) -> int:
    """The size of the file, once its directory is known to fit in memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    place = tail.rfind(_ZIP_END)
    if place < 0 or len(tail) - place < 22:
        raise CannotUnpack("the zip file has no end: get the file again")
    count, directory = struct.unpack_from("<HI", tail, place + 10)
    if count == 0xFFFF or directory == 0xFFFFFFFF or directory > 64 * 1024 * 1024 or count > limits.members:
        raise CannotUnpack("the zip file holds too many members to be listed: unpack it and import the folder")
    return size
