import pytest

from triage_app.domain.query_completion import Completion
from triage_app.gui.query_edit import completed, place_of, units_of, without


@pytest.mark.parametrize(
    ("query", "part", "left"),
    [
        ("from:example.com is:open invoice", "is:open", "from:example.com invoice"),
        ("invoice", "invoice", ""),
        ("-is:open invoice", "is:open", "invoice"),
        ("NOT is:open invoice", "is:open", "invoice"),
        ("invoice -subject:test", "-subject:test", "invoice"),
        ("a OR b", "b", "a"),
        ("a OR b", "a", "b"),
        ("a AND b AND c", "b", "a AND c"),
        ("(a OR b) c", "(a OR b)", "c"),
        ("(a OR b) c", "a OR b", "c"),
        ("c (a OR (b d))", "b", "c (a OR (d))"),
        ("c NOT (a)", "a", "c"),
        ('"two  words" tail', '"two  words"', "tail"),
        ('"two  words" tail', "tail", '"two  words"'),
        ("ab", "a", "b"),
    ],
)
def test_a_part_is_taken_out_with_the_operators_that_would_hang(query: str, part: str, left: str) -> None:
    start = query.index(part)
    assert without(query, start, start + len(part)) == left


@pytest.mark.parametrize(
    ("query", "completion", "text", "cursor"),
    [
        ("fr", Completion(0, 2, "from:", "a sender"), "from:", 5),
        ("is:op", Completion(3, 5, "open", "there is work"), "is:open ", 8),
        ("is:op invoice", Completion(3, 5, "open", "there is work"), "is:open invoice", 8),
        ("", Completion(0, 0, "is:", "a state"), "is:", 3),
    ],
)
def test_a_completion_is_put_in_where_it_belongs(query: str, completion: Completion, text: str, cursor: int) -> None:
    assert completed(query, completion) == (text, cursor)


@pytest.mark.parametrize("text", ["", "is:open", "\U0001f389 subject:x", "a\U0001f389b\U0001f3f3\ufe0f", "\ud83c lone"])
def test_places_are_counted_as_queries_do_and_as_qt_does(text: str) -> None:
    for place in range(len(text) + 1):
        units = units_of(text, place)
        assert units == place + sum(ord(each) > 0xFFFF for each in text[:place])
        if "\ud83c" not in text:
            assert place_of(text, units) == place
