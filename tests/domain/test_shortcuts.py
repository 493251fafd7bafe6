from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from triage_app.domain.labels import Example
from triage_app.domain.shortcuts import shortcuts

LABELS = ("Ham", "Ham", "Spam")


def at(year: int, number: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=number)


def found(make: Callable[[int, str], Example], count: int = 300) -> list[str]:
    """What separates so many examples of two labels."""
    examples = [make(number, LABELS[number % 3]) for number in range(count)]
    return [each.what for each in shortcuts(examples, range(count))]


def test_labels_of_different_years_are_told_apart_by_age() -> None:
    # given old ham and new spam, and a few that are the other way round
    examples = [
        Example(LABELS[number % 3], "text", at=at(2002 if (number % 3 < 2) == (number % 20 > 0) else 2023, number))
        for number in range(300)
    ]
    # when
    (age,) = shortcuts(examples, range(300))
    # then
    assert (age.what, age.known, age.usual) == ("age", 300, "Ham")
    assert age.baseline == pytest.approx(2 / 3)
    assert age.right == pytest.approx(0.95)
    assert age.sentence == (
        "The age of an example alone tells the label right for 95% (always saying Ham: 67%): the figures may show age, "
        "not content."
    )


def test_layout_length_and_sender_are_seen_as_well() -> None:
    spam = {"Spam": 1, "Ham": 0}
    assert found(lambda _, label: Example(label, "text", layout=("text", "html")[spam[label]])) == ["layout"]
    assert found(lambda number, label: Example(label, "x" * (10 + number % 7 + 100 * spam[label]))) == ["length"]
    assert found(lambda number, label: Example(label, "t", sender=f"{number}@{label}.example")) == ["sender"]


def test_what_is_spread_evenly_separates_nothing() -> None:
    assert not found(
        lambda number, label: Example(
            label, "x" * (number // 3 % 50), at=at(2020, number), layout="html", sender=f"a@{number // 3 % 9}.example"
        )
    )


def test_a_value_of_its_own_for_each_example_tells_nothing() -> None:
    assert not found(lambda number, label: Example(label, "text", sender=f"a@host{number}.example"))


def test_twins_are_not_asked_about_each_other() -> None:
    # given thirty groups of ten, each from a domain of its own, in which all are of one label
    examples = [Example(LABELS[number // 10 % 3], "t", sender=f"a@g{number // 10}.example") for number in range(300)]
    # then
    assert [each.what for each in shortcuts(examples, range(300))] == ["sender"]
    assert not shortcuts(examples, [number // 10 * 10 for number in range(300)])


@pytest.mark.parametrize("count", [0, 1, 49])
def test_nothing_is_said_of_few(count: int) -> None:
    assert not found(lambda _, label: Example(label, "text", layout=label), count)


def test_nothing_is_said_of_what_is_mostly_unknown() -> None:
    assert not found(lambda number, label: Example(label, "text", layout=label if number % 5 == 0 else ""))


def test_a_single_label_cannot_be_separated() -> None:
    assert not shortcuts([Example("A", "x" * number, at=at(2020, number)) for number in range(100)], range(100))
