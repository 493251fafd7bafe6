from datetime import UTC, datetime

import pytest

from triage_app.adapters.classify.look import MOST_PROBLEMS, Look, all_or_nothing, preview_of
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example
from triage_app.services.learning_shapes import LabelCount


def test_examples_without_problems_are_handed_on() -> None:
    look = Look([Example("A", "x")], aside=["1 mails have no text and are left out."])
    assert all_or_nothing(look, "file") == [Example("A", "x")]


def test_one_problem_is_named_with_its_file_and_line() -> None:
    look = Look([Example("A", "x")])
    look.complain("line 2: no text.")
    with pytest.raises(InvalidInput, match=r"^data\.csv, line 2: no text\.$"):
        all_or_nothing(look, "data.csv")


def test_of_many_problems_the_first_are_named_and_the_rest_counted() -> None:
    look = Look()
    for number in range(2, 2_002):
        look.complain(f"line {number}: no text.")
    with pytest.raises(InvalidInput, match=r"line 2: .*line 3: .*line 4: .*And 1997 more\. Nothing was taken in"):
        all_or_nothing(look, "data.csv")
    assert len(look.problems) == MOST_PROBLEMS
    assert look.told()[-1] == f"{2_000 - MOST_PROBLEMS} more lines are broken."


def test_a_preview_shows_the_first_rows_and_counts_all_labels() -> None:
    at = datetime(2026, 3, 31, 14, 5, tzinfo=UTC)
    look = Look([Example("A", "x" * 5_000, "g", at, "", "a@b.c", "s"), *[Example("B", "y")] * 99], ("t",), ("text=t",))
    look.aside.append("left out")

    shown = preview_of(look)

    assert (shown.total, len(shown.rows), shown.columns, shown.mapping) == (100, 20, ("t",), ("text=t",))
    assert shown.labels == (LabelCount("B", 99), LabelCount("A", 1))
    assert (shown.rows[0].at, shown.rows[0].sender, shown.rows[0].source) == ("2026-03-31T14:05:00+00:00", "a@b.c", "s")
    assert len(shown.rows[0].text) == 1_000
    assert shown.problems == ("left out",)
