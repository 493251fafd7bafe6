import numpy as np
import pytest

from triage_app.domain.likeness import SPARSE, familiarity, known_of, units_of, with_more

TAUGHT = ["i lost my phone today", "please reset my password", "größe 大 小"]


def test_what_was_taught_is_wholly_familiar_and_random_letters_are_not() -> None:
    known = known_of(units_of(TAUGHT))
    assert familiarity(known, units_of(TAUGHT)).tolist() == [1.0, 1.0, 1.0]
    assert familiarity(known, units_of(["qzx wvj kkp", ""])).tolist() == pytest.approx([0.0, 0.0], abs=0.21)


def test_known_words_in_an_unknown_order_are_half_familiar() -> None:
    known = known_of(units_of(TAUGHT))
    # given five known words, no pair of which was taught
    assert familiarity(known, units_of(["today phone password reset lost"]))[0] == pytest.approx(5 / 9)
    # and one pair of two that was
    assert familiarity(known, units_of(["my phone", "my"])).tolist() == [1.0, 1.0]


def test_only_the_marked_texts_are_known() -> None:
    units = units_of([TAUGHT[0], "", TAUGHT[1], TAUGHT[2]])
    part = units.only(np.array([False, True, True, False]))
    assert part.counts.tolist() == [0, 4]
    known = known_of(part)
    assert familiarity(known, part).tolist() == [0.0, 1.0]
    assert familiarity(known, units_of([TAUGHT[2]]))[0] == 0.0


def test_no_pair_goes_over_the_end_of_a_text() -> None:
    known = known_of(units_of(["a b", "c d"]))
    assert familiarity(known, units_of(["b c"]))[0] == pytest.approx(2 / 3)


def test_the_table_is_sparse_and_no_larger_than_it_must_be() -> None:
    few = known_of(units_of(TAUGHT))
    many = known_of(units_of([" ".join(f"w{n}" for n in range(20_000))]))
    assert len(few) * 8 == 4_096
    assert 40_000 * SPARSE * 0.9 <= len(many) * 8 < 40_000 * SPARSE * 2
    strangers = familiarity(many, units_of([" ".join(f"x{n}" for n in range(5_000))]))
    assert strangers[0] < 1.5 / SPARSE


def test_without_texts_nothing_is_known() -> None:
    known = known_of(units_of([]))
    assert familiarity(known, units_of(["a b"])).tolist() == [0.0]
    assert familiarity(known, units_of([])).tolist() == []


def test_more_texts_become_known_without_touching_what_was() -> None:
    known = known_of(units_of(["alpha bravo charlie delta"]))
    before = known.copy()
    texts = units_of(["echo foxtrot golf", "alpha bravo charlie delta", "foxtrot hotel india"])
    more = with_more(known, units_of(["echo foxtrot golf"]))
    assert familiarity(more, texts)[:2].tolist() == [1.0, 1.0]
    assert 0 < familiarity(more, texts)[2] < 0.5
    assert np.array_equal(known, before)
