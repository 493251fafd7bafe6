import pytest

from triage_app.domain.pieces import pieces_of
from triage_app.domain.slots import Slot, slots_of, split


def kinds(*values: str, names: str = "") -> list[str]:
    """The kinds of the slots for one place with these values."""
    columns = split([pieces_of(each, most=99) for each in values])
    recipients = [frozenset(names.split())] * len(values)
    return [each.kind for each in slots_of(columns, recipients, "")[0]]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("https://a.example/1", "http://b.example"), "url"),
        (("ann@a.example", "", "bob@a.example"), "mail"),
        (("$5", "7 EUR"), "amount"),
        (("$5", "7"), "number"),
        (("7", "8"), "number"),
        (("12 May 2020", "13:05"), "time"),
        (("9f8a7b6c5d", "0x1f"), "id"),
        (("192.0.2.1", "192.0.2.7"), "host"),
        (("login.example.com", "shop.example.org"), "host"),
        (("red", "blue"), "word"),
        (("red", "7"), "word"),
        (("dark red", "blue"), "text"),
        (("red", "https://a.example"), "text"),
    ],
)
def test_a_slot_is_named_by_what_stands_there(values: tuple[str, ...], kind: str) -> None:
    assert kinds(*values) == [kind]


def test_most_values_name_a_recipient() -> None:
    assert kinds("Ann", "Bob", "ANN", "Ann", "you", names="ann bob") == ["recipient"]
    assert kinds("Ann", "Bob", "you", names="ann bob") == ["word"]


def test_what_is_there_in_the_same_order_is_taken_apart() -> None:
    # given three texts, one with nothing there
    gap = [
        pieces_of(each, most=99) for each in ("for Ann $5 at http://a.example/1", "", "for $7 at http://a.example/2")
    ]
    # when
    columns = split(gap)
    # then
    assert [each.values for each in columns] == [
        ("for Ann", "", "for"),
        ("$5", "", "$7"),
        ("at", "", "at"),
        ("http://a.example/1", "", "http://a.example/2"),
    ]
    assert not any(each.is_constant for each in columns)
    assert [each.is_constant for each in split([gap[0], gap[0]])] == [True] * 4


def test_what_is_in_another_order_stays_together() -> None:
    assert kinds("$5 at 192.0.2.1", "192.0.2.1 for $5") == ["text"]
    assert kinds(" ".join("$5" for _ in range(9)), " ".join("$6" for _ in range(9))) == ["text"]


def test_equal_places_are_one_slot_and_names_are_told_apart() -> None:
    # given a name twice, another word, and a text that has {word} in it
    one, other = ([pieces_of(each, most=9) for each in pair] for pair in (("Ann", "Bob"), ("red", "blue")))
    columns = [*split(one), *split(other), *split(one)]
    # when
    slots, places = slots_of(columns, [frozenset()] * 2, "write {word} here")
    # then
    assert slots == (Slot("word 2", "word", 2), Slot("word 3", "word", 2))
    assert places == [0, 1, 0]
