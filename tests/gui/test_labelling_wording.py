import dataclasses

import pytest

from tests.gui.labelling import blast_radius, prediction, promise, share
from triage_app.domain.labels import Held, Score, Tier
from triage_app.gui import labelling_wording as said
from triage_app.services.learning_shapes import Agreement

PHISHING = Score("Phishing", 0.93)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (prediction(Tier.MODEL), "Suggested by the model category-2026-11-20"),
        (
            prediction(Tier.MODEL, likeness=0.01),
            "Suggested by the model category-2026-11-20, for a text hardly like what it was taught",
        ),
        (prediction(Tier.KEYWORD), "Suggested by keywords"),
        (
            prediction(Tier.KEYWORD, Score("Phishing", 0.54)),
            "Suggested by keywords. The model found Phishing 54%, less than the 80% wanted",
        ),
        (
            prediction(Tier.DEFAULT, PHISHING, Held.STRANGE),
            (
                "Suggested by default: nothing spoke for a label. "
                "The model would say Phishing 93%, but the text is unlike anything it was taught"
            ),
        ),
        (
            prediction(Tier.KEYWORD, PHISHING, Held.PROMISE),
            (
                "Suggested by keywords. The model says Phishing 93%. "
                "Phishing was right for 61% lately, 80% wanted: only suggested"
            ),
        ),
    ],
)
def test_the_strip_says_who_answered_and_why_not_the_model(given: object, words: str) -> None:
    broken = promise().labels[1]
    assert said.who_answered(given, 0.8, broken) == words  # type: ignore[arg-type]


def test_a_broken_promise_without_its_figures_is_said_all_the_same() -> None:
    held = prediction(Tier.KEYWORD, PHISHING, Held.PROMISE)
    assert "wrong too often on Phishing lately: only suggested" in said.who_answered(held, 0.8)
    other = promise().labels[0]
    assert "wrong too often on Phishing lately" in said.who_answered(held, 0.8, other)


def test_likeness_is_a_sentence_only_where_a_model_was_asked() -> None:
    assert said.likeness(prediction(best=PHISHING, likeness=0.32)).startswith("32% of the texts")
    assert said.likeness(prediction()) == ""


def test_promises_that_are_broken_are_one_line() -> None:
    assert said.promises_broken(promise(broken=())) == ""
    assert said.promises_broken(promise()) == (
        "Phishing was right for 61% lately, 80% wanted: only suggested until it is mended"
    )
    both = promise(broken=("Phishing", "DeviceLost"))
    assert said.promises_broken(both).endswith("only suggested; so is 1 other label")
    three = dataclasses.replace(both, labels=(*both.labels, both.labels[0]))
    assert said.promises_broken(three).endswith("only suggested; so are 2 other labels")


def test_what_would_change_is_counted() -> None:
    assert said.would_change(blast_radius(0)) == ""
    assert said.would_change(blast_radius(1)) == "Learnt now, 1 open ticket would change"
    assert said.would_change(blast_radius(14)) == "Learnt now, 14 open tickets would change"


def test_a_share_has_its_interval_and_number() -> None:
    assert said.share(share(412, 375)) == "91%  (86 to 96, 412 decided)"
    assert said.share(share(0, 0)) == "nothing decided yet"


@pytest.mark.parametrize(
    ("kappa", "n", "words"),
    [
        (0.9, 40, "People agree almost always"),
        (0.5, 40, "People agree moderately"),
        (0.5, 3, "People agree moderately; too few reviews to be sure"),
        (-0.2, 40, "People agree less than by chance"),
    ],
)
def test_a_kappa_is_said_in_words(kappa: float, n: int, words: str) -> None:
    assert said.agreement(Agreement("Phishing", n, kappa)) == words
