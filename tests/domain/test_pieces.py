import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.pieces import PieceKind, pieces_of

TEXT = st.text(st.sampled_from("ab1 ,.$€@/:-\n\t\x1c\u2028é中'‍")) | st.text()


@given(TEXT)
def test_nothing_is_lost_but_white_space(text: str) -> None:
    pieces = pieces_of(text, most=10_000)
    whole = "".join(space + each for space, each in zip(pieces.spaces, pieces.texts, strict=True))
    assert whole.split() == text.split()
    assert all(each and each == each.strip() for each in pieces.texts)
    assert set(pieces.spaces) <= {"", " ", "\n", "\n\n"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("pay $ 1,200.50 now", "word amount word"),
        ("pay 300 EUR, or EUR 5.", "word amount mark word amount mark"),
        ("30 euro and 30 europeans", "amount word number word"),
        ("see https://a.example/x?y=1.", "word url mark"),
        ("bob@a.example wrote on 12 May 2020 10:00 from 192.0.2.7", "mail word word time word ip"),
        ("ref 9f8a7b6c5d, CVE-2021-44228 -----", "word id mark word mark"),
        ("it's web01.corp.example", "word word"),
        ("", ""),
    ],
)
def test_what_changes_is_one_piece(text: str, kinds: str) -> None:
    assert " ".join(each.value for each in pieces_of(text, most=99).kinds) == kinds


def test_lines_and_paragraphs_stay_apart() -> None:
    pieces = pieces_of("one  two\r\nthree\n\n\n\n four ", most=99)
    assert pieces.spaces == ("", " ", "\n", "\n\n")
    assert pieces.texts == ("one", "two", "three", "four")


def test_only_so_many_are_read() -> None:
    pieces = pieces_of("one 2 three 4 five", most=3)
    assert pieces.texts == ("one", "2", "three")
    assert pieces.kinds == (PieceKind.WORD, PieceKind.NUMBER, PieceKind.WORD)
    assert pieces_of("one two three four", most=2).texts == ("one", "two")
