from dataclasses import replace

from tests.gui.measured import PROMISE, version
from triage_app.domain.ticket import TicketId
from triage_app.gui.learning_advice import ENOUGH, fresh_corrections, next_steps, waiting
from triage_app.services.learning_shapes import ReviewItem, ReviewQueue

IN_USE = version("cat-2", active=True)
ITEM = ReviewItem(TicketId(1), "Odd", "Spam", 0.4, 0.6, 3.0, 5, (TicketId(1),))
REVIEW = ReviewQueue("category", 9, (ITEM,))
KEPT = replace(PROMISE, labels=PROMISE.labels[:1], broken=())


def test_without_a_model_the_first_is_trained() -> None:
    assert [step.act for step in next_steps((), 5, None, None)] == ["train"]


def test_the_most_pressing_comes_first() -> None:
    models = (version("cat-3"), IN_USE)
    steps = next_steps(models, IN_USE.corrections + ENOUGH, PROMISE, REVIEW)
    assert [step.act for step in steps] == ["learn-audit", "learn-models", "train", "learn-review"]
    assert steps[0].sentence.startswith("Spam was wrong too often")


def test_where_nothing_is_pressing_it_says_so_with_what_is_new() -> None:
    quiet = next_steps((IN_USE,), IN_USE.corrections, KEPT, replace(REVIEW, items=()))
    assert [(step.sentence, step.act) for step in quiet] == [("Nothing is pressing.", "")]
    (some,) = next_steps((IN_USE,), IN_USE.corrections + 3, KEPT, None)
    assert some.sentence == "Nothing is pressing. 3 corrections are new."


def test_what_is_new_is_what_the_newest_version_does_not_know() -> None:
    assert fresh_corrections((IN_USE,), 50) == 50 - IN_USE.corrections
    assert fresh_corrections((IN_USE,), 1) == 0
    assert fresh_corrections((), 4) == 4


def test_a_newer_version_that_does_not_answer_waits() -> None:
    assert waiting((version("cat-3"), IN_USE)) == version("cat-3")
    assert waiting((IN_USE, version("cat-1"))) is None
    assert waiting(()) is None


def test_many_broken_labels_are_not_all_named() -> None:
    spam = PROMISE.labels[1]
    many = replace(PROMISE, labels=tuple(replace(spam, label=f"L{place}") for place in range(5)))
    assert next_steps((IN_USE,), 0, many, None)[0].sentence.startswith("L0, L1, L2 and 2 more was wrong")
