import bz2
import gzip
import io
import lzma
import random

import pytest

from triage_app.adapters.files.streams import CannotUnpack, Limits, Stream, lines, unpacked

TEXT = random.Random(1).randbytes(300_000)


def stream(content: bytes) -> Stream:
    return Stream(io.BytesIO(content).read)


def test_what_is_looked_at_stays_unread() -> None:
    one = stream(b"abcdef")

    assert one.head(4) == b"abcd"
    assert one.head(2) == b"ab"
    assert one.read(3) == b"abc"
    assert one.head(100) == b"def"
    assert one.take(2) == (b"de", True)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_data_are_unpacked_in_any_step(pack) -> None:  # type: ignore[no-untyped-def]  # three packers
    for step in (1_000, 7_777, 1_000_000):
        inner = unpacked(stream(pack(TEXT) + pack(b"second part")), Limits())
        assert inner is not None
        found = b""
        while part := inner.read(step):
            found += part
        assert found == TEXT + b"second part"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_damage_is_told(pack) -> None:  # type: ignore[no-untyped-def]  # three packers
    packed = pack(TEXT)
    changed = bytearray(packed)
    changed[len(packed) // 2] ^= 0xFF
    for broken in (packed[:-50], bytes(changed), packed + b"something else"):
        inner = unpacked(stream(broken), Limits())
        assert inner is not None
        with pytest.raises(CannotUnpack):
            inner.take(10_000_000)


def test_a_ratio_that_only_bombs_have_stops_the_unpacking() -> None:
    inner = unpacked(stream(gzip.compress(bytes(50_000_000))), Limits(ratio_from=1_000_000))
    assert inner is not None

    with pytest.raises(CannotUnpack, match="times its size"):
        inner.take(60_000_000)


def test_what_is_not_packed_is_left_alone() -> None:
    plain = stream(b"Subject: x")

    assert unpacked(plain, Limits()) is None
    assert plain.read(7) == b"Subject"


def test_lines_are_cut_where_they_are_too_long() -> None:
    content = b"a\n" + b"b" * 1_000_000 + b"\nc\n\nd"

    assert [line[:3] for line in lines(stream(content), 1_000)] == [b"a", b"bbb", b"c", b"", b"d"]
    assert max(map(len, lines(stream(content), 1_000))) == 1_001
