import pytest

from triage_app.domain.labels import Held, ModelId, Prediction, Score, Tier
from triage_app.domain.reviewing import choose, uncertainty

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def said(best: float, *others: float, held: Held | None = None, likeness: float = 1.0) -> Prediction:
    alternatives = tuple(Score(f"label {number}", share) for number, share in enumerate(others))
    return Prediction(
        "category",
        "Phishing",
        best,
        Tier.MODEL,
        ModelId("m"),
        alternatives,
        (),
        Score("Phishing", best),
        held,
        likeness,
    )


def odd(number: int) -> str:
    """A text that shares no pair of words with another one's."""
    return " ".join(f"{LETTERS[number % 26]}{LETTERS[number // 26]}{LETTERS[step]}word" for step in range(8))


def test_a_sure_answer_is_certain_and_an_even_one_is_not() -> None:
    assert uncertainty(said(1.0)) == 0.0
    sure, split, even = said(0.97, 0.02), said(0.55, 0.4), said(0.26, 0.25, 0.25, 0.24)
    assert 0 < uncertainty(sure) < 0.3 < uncertainty(split) < uncertainty(even) < 1


@pytest.mark.parametrize(
    "prediction",
    [
        None,
        said(0.99, held=Held.STRANGE),
        said(0.99, likeness=0.001),
        Prediction("category", "Phishing", 0.9, Tier.KEYWORD, ModelId("")),
    ],
)
def test_what_no_model_knows_is_as_uncertain_as_can_be(prediction: Prediction | None) -> None:
    assert uncertainty(prediction) == 1.0


def test_a_broken_promise_is_no_doubt_of_the_model() -> None:
    assert uncertainty(said(1.0, held=Held.PROMISE)) == 0.0


def test_a_storm_takes_one_line_and_odd_ones_have_theirs() -> None:
    # given a storm of 1,000, of which one is more uncertain than the others, and 50 odd texts
    texts = [f"disk {number} on host{number} is nearly full please clean it up now" for number in range(1_000)]
    texts += [odd(number) for number in range(50)]
    doubts = [0.5] * 1_050
    doubts[700] = 0.6
    # when
    picks = choose(texts, doubts, 60)
    # then
    assert len(picks) == 51
    storm = next(pick for pick in picks if len(pick.places) > 1)
    assert (len(storm.places), storm.places[0]) == (1_000, 700)
    assert {pick.places[0] for pick in picks if pick is not storm} == set(range(1_000, 1_050))


def test_frequent_comes_before_rare_and_unsure_before_sure() -> None:
    texts = ["mail with a link to a bad page"] * 3 + ["printer does not print at all"] + ["vpn drops every hour again"]
    assert [pick.places for pick in choose(texts, [0.5] * 5, 9)] == [(0, 1, 2), (3,), (4,)]
    assert [pick.places for pick in choose(texts, [0.2, 0.2, 0.2, 0.5, 0.9], 2)] == [(4,), (3,)]


def test_what_is_like_one_chosen_already_steps_back() -> None:
    texts = [
        "invoice attached please open the file and pay soon or else",
        "please pay soon invoice file open the attached and else or",
        "cannot log in to the portal since monday",
    ]
    first, second, third = choose(texts, [0.9, 0.9, 0.6], 3)
    assert (first.places, second.places, third.places) == ((0,), (2,), (1,))
    assert first.diversity == 1.0
    assert third.diversity == pytest.approx(0.0, abs=1e-5)


def test_of_nothing_nothing_is_chosen() -> None:
    assert choose([], [], 9) == ()
    assert len(choose(["", ""], [1.0, 1.0], 9)) == 2
