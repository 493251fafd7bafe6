"""Where messages end, however the bytes arrive and whatever the sender gets wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.feeds.syslog_framing import Framed, Framer

MOST = 100


def framed(*pieces: bytes) -> list[bytes]:
    framer = Framer(MOST)
    found = [each for piece in pieces for each in framer.feed(piece)]
    return [each.content for each in (*found, *framer.rest())]


@pytest.mark.parametrize(
    ("sent", "messages"),
    [
        (b"<34>one\n<34>two\n", [b"<34>one", b"<34>two"]),
        (b"<34>one\r\n\r\n<34>two", [b"<34>one", b"<34>two"]),
        (b"<34>one\0<34>two\0", [b"<34>one", b"<34>two"]),
        (b"7 <34>one9 <34>two\n\n", [b"<34>one", b"<34>two\n\n"]),
        (b"8 <34>one\n8 <34>t\no", [b"<34>one\n", b"<34>t\no"]),
        (b"7 <34>one\n7 <34>two\n", [b"<34>one", b"<34>two"]),
        (b"2026 began\n7 <34>one\n", [b"2026 began", b"7 <34>one"]),
        (b"12345\n<34>two\n", [b"12345", b"<34>two"]),
        (b"12", [b"12"]),
        (b"12 ", [b"12 "]),
        (b"\n\0\r\n", []),
        (b'7 <34>one10 {"a": "b"}', [b"<34>one", b'{"a": "b"}']),
    ],
)
def test_a_sender_counts_or_ends_its_lines(sent: bytes, messages: list[bytes]) -> None:
    assert framed(sent) == messages
    assert framed(*(sent[n : n + 1] for n in range(len(sent)))) == messages


def test_one_that_counts_wrong_is_read_on_from_its_next_count_or_line() -> None:
    # given counts of characters where bytes are meant, and one that is left out
    assert framed("7 <34>änd7 <34>one".encode()) == ["<34>än".encode(), b"d", b"<34>one"]
    assert framed(b"7 <34>one<34>two\n7 <34>six") == [b"<34>one", b"<34>two", b"<34>six"]


def test_a_count_in_a_line_hides_nothing() -> None:
    # given a line into which somebody wrote the beginning of a message of a thousand bytes
    assert framed(b"<34>user said\n999 <1>\n<34>alarm\n") == [b"<34>user said", b"999 <1>", b"<34>alarm"]


def test_a_message_that_is_too_long_is_cut_and_its_rest_passed_over() -> None:
    framer = Framer(MOST)

    assert framer.feed(b"<1>" + b"x" * 90) == []
    assert framer.feed(b"x" * 10_000) == [Framed(b"<1>" + b"x" * 97, "cut after 100 bytes")]
    assert framer.feed(b"x" * 10_000) == []
    assert framer.in_message
    assert framer.feed(b"x\n<1>next\n") == [Framed(b"<1>next")]
    assert framed(b"x" * 101 + b"\n" + b"y" * 100 + b"\n") == [b"x" * 100, b"y" * 100]
    assert not framer.in_message


def test_a_counted_message_that_is_too_long_is_cut_and_its_rest_passed_over() -> None:
    framer = Framer(MOST)

    assert framer.feed(b"5000 <1>" + b"\n" * 97) == [Framed(b"<1>" + b"\n" * 97, "cut after 100 bytes")]
    assert framer.feed(b"7 <34>xx" * 612) == []
    assert framer.feed(b"7 <3" + b"7 <34>one") == [Framed(b"<34>one")]


def test_a_gigantic_count_ends_the_connection() -> None:
    framer = Framer(MOST)

    assert framer.feed(b"99999999999 <1>all") == [Framed(b"<1>all", "it claims to be 99999999999 bytes long")]
    assert framer.broken
    assert framer.feed(b"7 <34>one") == []


def test_what_a_connection_did_not_bring_to_its_end_is_kept_and_told() -> None:
    framer = Framer(MOST)
    framer.feed(b"50 <34>only a part")

    assert framer.rest() == [Framed(b"<34>only a part", "the connection ended after 15 of 50 bytes")]
    assert framer.rest() == []


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=20), st.data())
def test_counted_messages_come_out_as_they_went_in(bodies: list[bytes], data: st.DataObject) -> None:
    messages = [b"<1>" + body for body in bodies]
    sent = b"".join(b"%d %s" % (len(each), each) for each in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=5)))

    assert framed(*(sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True))) == messages


@given(st.lists(st.binary(max_size=300) | st.sampled_from([b"9 <1>", b"\n", b"7 <34>one", b"400 <1>"]), max_size=20))
def test_whatever_comes_is_bounded(pieces: list[bytes]) -> None:
    framer = Framer(MOST)
    for piece in pieces:
        assert all(len(each.content) <= MOST for each in framer.feed(piece))
    assert all(len(each.content) <= MOST for each in framer.rest())
