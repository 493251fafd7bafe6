from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from triage_app.adapters.classify.rows import Row, example, look_at_rows
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example


def test_a_row_becomes_an_example_with_all_that_is_known() -> None:
    names = ("category", "subject", "body", "thread", "date", "from", "channel", "layout")
    cells = dict(zip(names, ("P", "hello", "there", "t1", "2026-03-31 14:05", "a@b.c", "portal", "html"), strict=True))
    look = look_at_rows(names, [Row(2, cells)], {})
    at = datetime(2026, 3, 31, 14, 5, tzinfo=UTC)
    assert look.examples == [Example("P", "hello\nthere", "t1", at, "html", "a@b.c", "portal")]
    assert look.broken == 0


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2026-03-31T14:05:00+02:00", datetime(2026, 3, 31, 12, 5, tzinfo=UTC)),
        ("31.3.2026 14:05", datetime(2026, 3, 31, 14, 5, tzinfo=UTC)),
        ("31.03.2026", datetime(2026, 3, 31, tzinfo=UTC)),
        ("Tue, 31 Mar 2026 14:05:00 +0200", datetime(2026, 3, 31, 12, 5, tzinfo=UTC)),
        (1774965900, datetime(2026, 3, 31, 14, 5, tzinfo=UTC)),
        (datetime(2026, 3, 31, 14, 5, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 3, 31, 12, 5, tzinfo=UTC)),
        (date(2026, 3, 31), datetime(2026, 3, 31, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_times_are_read_in_common_forms(value: object, wanted: datetime | None) -> None:
    look = look_at_rows(("label", "text", "at"), [Row(2, {"label": "A", "text": "x", "at": value})], {"at": ("at",)})
    assert [each.at for each in look.examples] == [wanted]


def test_a_time_that_is_none_is_a_mistake_only_where_the_column_was_named() -> None:
    rows = [Row(2, {"label": "A", "text": "x", "time": "in the morning"}), Row(3, {"label": "B", "text": "y"})]
    assert [each.at for each in look_at_rows(("label", "text", "time"), rows, {}).examples] == [None, None]

    look = look_at_rows(("label", "text", "time"), rows, {"at": ("time",)})
    assert look.problems == ["line 2: 'in the morning' is not a time. Write it as 2026-03-31T14:05:00+02:00."]
    look = look_at_rows(
        ("label", "text", "time"), [Row(2, {"label": "A", "text": "x", "time": "31.13.2026"})], {"at": ("time",)}
    )
    assert look.broken == 1


@pytest.mark.parametrize(("value", "label"), [(3, "3"), (3.0, "3"), (2.5, "2.5"), (True, "true"), (" A ", "A")])
def test_labels_may_be_numbers(value: object, label: str) -> None:
    look = look_at_rows(("label", "text"), [Row(2, {"label": value, "text": "x"})], {})
    assert [each.label for each in look.examples] == [label]


def test_every_broken_row_is_told_and_the_others_are_read() -> None:
    rows = [
        Row(2, {"label": "A", "text": "x"}),
        Row(3, {}, "broken."),
        Row(4, {"label": "", "text": "x"}),
        Row(5, {"label": "A", "text": " "}),
        Row(6, {"label": "A\x00", "text": "x"}),
        Row(7, {"label": ["A"], "text": "x"}),
        Row(8, {"label": "B", "text": "y"}),
    ]
    look = look_at_rows(("label", "text"), rows, {})
    assert [each.label for each in look.examples] == ["A", "B"]
    assert [problem.split(":")[0] for problem in look.problems] == ["line 3", "line 4", "line 5", "line 6", "line 7"]


def test_a_table_without_label_or_text_says_which_columns_there_are() -> None:
    look = look_at_rows(("id", "words"), [Row(2, {"id": 1, "words": "x"})], {})
    assert look.examples == []
    assert look.columns == ("id", "words")
    assert "label=COLUMN and text=COLUMN" in look.problems[0]
    assert "id, words" in look.problems[0]


def test_an_example_needs_label_and_text() -> None:
    assert example(" A ", "x") == Example("A", "x")
    for label, text in (("", "x"), ("A", " \n")):
        with pytest.raises(InvalidInput):
            example(label, text)
