from dataclasses import replace

import pytest

from tests.gui.measured import COMPARISON, EVALUATION, PROMISE, SHADOW, version
from triage_app.domain.labels import Training
from triage_app.gui import learning_wording


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.9416, "94.2%"), (1, "100.0%"), (0.99999, "99.9%"), (0, "0.0%"), (0.00001, "0.1%")],
)
def test_shares_have_one_place_and_are_never_said_as_all_or_nothing(share: float, said: str) -> None:
    assert learning_wording.fine(share) == said


def test_a_comparison_names_the_better_one_only_where_chance_is_unlikely() -> None:
    assert "cat-2 is better, and hardly by chance" in learning_wording.compared(COMPARISON)
    assert "cat-1 is better" in learning_wording.compared(replace(COMPARISON, only_one=4, only_other=18))
    assert "may be chance" in learning_wording.compared(replace(COMPARISON, only_one=9, only_other=4, p=0.27))
    assert "less than 0.1%" in learning_wording.compared(replace(COMPARISON, p=1e-9))
    assert "the same examples" in learning_wording.compared(replace(COMPARISON, only_one=0, only_other=0, p=1.0))


def test_what_a_naive_split_would_flatter_is_said_in_points() -> None:
    assert "5.0 points too many" in learning_wording.flattery(EVALUATION)
    assert "about the same" in learning_wording.flattery(replace(EVALUATION, flattered_accuracy=0.9))
    assert learning_wording.flattery(replace(EVALUATION, flattered_accuracy=None)) == ""


def test_on_what_was_measured_and_what_the_gate_gives() -> None:
    said = learning_wording.measured_on(EVALUATION)
    assert said == "200 examples held back by group, so that near repeats stand on one side; learnt from 800."
    assert learning_wording.measured_on(replace(EVALUATION, split="", trained_on=0, model_id="cat-2")) == (
        "200 examples; cat-2."
    )
    assert "80.0% of the answers pass the gate, and 96.0% of those are right" in learning_wording.gate_of(EVALUATION)
    assert "No answer" in learning_wording.gate_of(replace(EVALUATION, coverage=0.0))


def test_the_weakest_labels_are_those_with_enough_examples() -> None:
    assert [score.label for score in learning_wording.weakest(EVALUATION.per_label, 2)] == ["DeviceLost", "Spam"]
    few = (replace(EVALUATION.per_label[2], support=3), *EVALUATION.per_label[:2])
    assert learning_wording.weakest(few, 1)[0].label == "Spam"


def test_a_promise_is_kept_broken_or_not_known_yet() -> None:
    assert "1 label breaks" in learning_wording.promise_in_words(PROMISE)
    assert learning_wording.promised(PROMISE.labels[1]).endswith("broken: only suggested")
    kept = replace(PROMISE, broken=(), labels=PROMISE.labels[:1])
    assert "Of the last 60 that people decided on, 95.0% were" in learning_wording.promise_in_words(kept)
    assert "Nobody has decided" in learning_wording.promise_in_words(replace(kept, labels=PROMISE.labels[2:]))
    assert learning_wording.promised(PROMISE.labels[2]) == "nothing decided yet"


def test_versions_say_their_state_quality_and_options() -> None:
    model = version("cat-2", active=True)
    assert learning_wording.state_of(model) == "in use"
    assert learning_wording.state_of(version("cat-3", shadow=True)) == "in the shadow"
    assert learning_wording.state_of(version("cat-1")) == ""
    assert "right on 90.0%" in learning_wording.quality_of(model)
    assert "not measured" in learning_wording.quality_of(replace(model, quality=None))
    said = learning_wording.options_of(replace(model, options=Training(thread=1, min_n=2, max_n=4, autotune=30)))
    assert said.startswith("one-vs-all, 15 epochs")
    assert said.endswith("pieces of 2 to 4 characters, repeatable, chosen in 30 s")


def test_a_shadow_says_who_was_right() -> None:
    assert "it was right 1 time and the version in force 0 times" in learning_wording.shadowed(SHADOW)
    assert "no ticket" in learning_wording.shadowed(replace(SHADOW, judged=0))
    assert "Nobody has decided" in learning_wording.shadowed(replace(SHADOW, shadow_right=0))
