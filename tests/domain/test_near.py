import random

from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.near import near_groups

STORM = [
    f"alert {number * 7919} port scan detected from 10.0.{number % 200}.7 on host srv{number % 9} at 12:0{number % 10}"
    for number in range(300)
]
ODD = [
    "please give maria access to the finance share",
    "my phone was stolen on the bus this morning",
    "your parcel is waiting, confirm the address to have it delivered today",
    "the certificate of the portal runs out in two weeks",
]


def test_texts_that_differ_in_numbers_only_are_one_group_and_odd_ones_are_alone() -> None:
    groups = near_groups(STORM + ODD)
    assert set(groups[: len(STORM)]) == {0}
    assert groups[len(STORM) :] == list(range(len(STORM), len(STORM) + len(ODD)))


def test_a_group_is_named_by_its_first_text_whatever_the_order() -> None:
    texts = STORM[:20] + ODD
    random.Random(3).shuffle(texts)
    groups = near_groups(texts)
    assert all(groups[group] == group <= place for place, group in enumerate(groups))
    assert len(set(groups)) == 1 + len(ODD)


def test_a_few_other_words_leave_a_long_text_where_it_was() -> None:
    words = [f"word{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(200)]
    other = [*words[:100], "changed", *words[101:]]
    assert near_groups([" ".join(words), " ".join(other), " ".join(reversed(words))]) == [0, 0, 2]


def test_texts_without_words_are_alone_and_short_ones_are_compared_whole() -> None:
    assert near_groups(["", "no", " ", "no", "yes"]) == [0, 1, 2, 1, 4]
    assert near_groups([]) == []


@given(st.lists(st.text(alphabet="ab 1é漢", max_size=12), max_size=30))
def test_equal_texts_are_always_together(texts: list[str]) -> None:
    groups = near_groups(texts)
    for place, text in enumerate(texts):
        if text.split():
            assert groups[place] == groups[texts.index(text)]
