"""Compressed RTF, with the example of its specification, and what is broken of it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain import rtf


def stored(source: bytes) -> bytes:
    return struct.pack("<II4sI", len(source) + 12, len(source), b"MELA", 0) + source


def test_the_compressed_example_of_the_specification() -> None:
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    assert rtf.unpack(data, 1_000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.text(data, 1_000) == ("hello world", False)


@pytest.mark.parametrize(("source", "expected"), [
    (rb"{\rtf1 one\par two\tab three}", "one\ntwo\tthree"),
    (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator x;}shown}", "shown"),
    (rb"{\rtf1\ansicpg1251 \'cf\'f0\'e8}", "При"),
    (rb"{\rtf1 \u8364?uro \u-10179?}", "€uro �"),
    (rb"{\rtf1 \{braces\} and \\ and \~}", "{braces} and \\ and \xa0"),
    (b"no rtf", "no rtf"),
    (b"", ""),
])  # fmt: skip
def test_text(source: bytes, expected: str) -> None:
    assert rtf.text(stored(source), 1_000) == (expected, False)


def test_html_within_is_given_back() -> None:
    source = (
        rb"{\rtf1\ansi\fromhtml1 {\*\htmltag19 <p>}\htmlrtf {\b\htmlrtf0 text \htmlrtf }\htmlrtf0 {\*\htmltag27 </p>}}"
    )

    assert rtf.text(stored(source), 1_000) == ("<p>text </p>", True)


@given(st.binary(max_size=200))
def test_anything_is_read_within_its_limit(noise: bytes) -> None:
    header = struct.pack("<II4sI", 1 << 31, 1 << 31, b"LZFu", 0)

    assert len(rtf.unpack(header + noise, 500)) <= 600
    rtf.text(header + noise, 500)
    rtf.text(stored(noise), 500)
    rtf.text(noise, 500)
