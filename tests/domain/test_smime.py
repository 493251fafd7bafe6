"""Signed content is found in its envelope; nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain import smime

SIGNED, DATA_TYPE = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")


def element(tag: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes((size,)) if size < 128 else bytes((0x82, size >> 8, size & 255))
    return bytes((tag,)) + length + value


def signed(octets: bytes, kind: bytes = SIGNED) -> bytes:
    inner = element(0x30, DATA_TYPE + element(0xA0, octets))
    body = element(0x30, element(0x02, b"\x01") + element(0x31, b"") + inner)
    return element(0x30, kind + element(0xA0, body))


@pytest.mark.parametrize("content", [b"Content-Type: text/plain\r\n\r\nhello", b"x" * 500, b""])
def test_signed_content_is_found(content: bytes) -> None:
    assert smime.signed_content(signed(element(0x04, content))) == content


def test_content_in_pieces_of_indefinite_length_is_joined() -> None:
    pieces = b"\x24\x80" + element(0x04, b"one ") + element(0x04, b"two") + b"\x00\x00"
    indefinite = (
        b"\x30\x80"
        + SIGNED
        + b"\xa0\x80\x30\x80"
        + element(0x02, b"\x01")
        + element(0x31, b"")
        + b"\x30\x80"
        + DATA_TYPE
        + b"\xa0\x80"
    )

    assert smime.signed_content(indefinite + pieces) == b"one two"


def test_encrypted_content_is_none() -> None:
    assert smime.signed_content(signed(element(0x04, b"x"), ENVELOPED)) is None


@given(st.binary(max_size=80), st.integers(min_value=0, max_value=60))
def test_broken_envelopes_are_none_or_bytes(noise: bytes, cut: int) -> None:
    whole = signed(element(0x04, b"hello"))

    assert isinstance(smime.signed_content(whole[:cut] + noise), bytes | None)
    assert isinstance(smime.signed_content(noise), bytes | None)
