import io
import struct
import zipfile
from collections.abc import Iterator

import pytest

from triage_app.adapters.files.archives import tar_pieces, zip_pieces
from triage_app.adapters.files.streams import CannotUnpack, Limits, Piece, Stream
from triage_app.domain.item import Form


def whole(stream: Stream, name: str) -> Iterator[Piece]:
    yield Piece(Form.MAIL, stream.take(1_000_000)[0], name)


def header(name: bytes, size: bytes, kind: bytes) -> bytes:
    block = bytearray(512)
    block[: len(name)] = name
    block[124 : 124 + len(size)] = size
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def test_members_that_are_not_read_to_their_end_do_not_shift_the_next() -> None:
    content = header(b"a", b"%011o" % 700, b"0") + b"a" * 1024 + header(b"b", b"%011o" % 3, b"0") + b"bbb" + bytes(509)

    def nothing(_stream: Stream, name: str) -> Iterator[Piece]:
        yield Piece(Form.MAIL, b"", name)

    assert [piece.where for piece in tar_pieces(Stream(io.BytesIO(content).read), Limits(), nothing)] == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        header(b"a", b"%011o" % 0o77777777777, b"0") + b"short",
        header(b"a", b"\x80" + b"\xff" * 11, b"0") + b"short",
        header(b"a", b"%011o" % 0o7777777777, b"L") + b"short",
        header(b"a", b"%011o" % 5, b"x") + b"shor",
        header(b"a", b"zzz", b"0"),
        header(b"a", b"0", b"0") + b"x" * 512,
        header(b"a", b"0", b"0") + b"x" * 100,
    ],
)
def test_a_tar_that_lies_is_told(content: bytes) -> None:
    with pytest.raises(CannotUnpack):
        list(tar_pieces(Stream(io.BytesIO(content).read), Limits(), whole))


def test_links_and_folders_hold_nothing_and_odd_kinds_are_told() -> None:
    content = (
        header(b"d", b"0", b"5") + header(b"l", b"0", b"2") + header(b"s", b"%011o" % 4, b"S") + b"data" + bytes(508)
    )

    [piece] = tar_pieces(Stream(io.BytesIO(content).read), Limits(), whole)

    assert (piece.form, piece.where, piece.content) == (Form.UNKNOWN, "s", b"data")


def test_a_zip_whose_members_overlap_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", b"x" * 5_000)
    data = out.getvalue()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    directory = data[start:end] * 3
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, 3, 3, len(directory))
    file = io.BytesIO(data[:start] + directory + tail)

    with pytest.raises(CannotUnpack, match="overlap"):
        list(zip_pieces(Stream(file.read, file), Limits(), whole))


def test_a_zip_inside_another_file_is_put_aside_within_a_limit() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", b"x" * 5_000)

    [piece] = zip_pieces(Stream(io.BytesIO(out.getvalue()).read), Limits(), whole)
    with pytest.raises(CannotUnpack, match="larger than"):
        list(zip_pieces(Stream(io.BytesIO(out.getvalue()).read), Limits(nested_zip=1_000), whole))

    assert piece.content == b"x" * 5_000
