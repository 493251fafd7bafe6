"""An evaluation for a person."""

from dataclasses import replace

import pytest

from triage_app.cli.render import to_text
from triage_app.domain.comparing import compare
from triage_app.domain.evaluation import Evaluation
from triage_app.domain.labels import Dataset, Example, ModelId, Score
from triage_app.domain.metrics import evaluate

ANSWERS = (("Ham", "Ham", 0.95), ("Ham", "Ham", 0.9), ("Spam", "Spam", 0.85), ("Spam", "Ham", 0.7))


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in which nothing is cut."""
    monkeypatch.setenv("COLUMNS", "160")


def evaluated(labels: tuple[str, ...] = ("Ham", "Spam", "Unused")) -> Evaluation:
    examples = [Example(true, "see https://evil.example/x\x1b[2J now") for true, _, _ in ANSWERS]
    answers = [Score(label, share) for _, label, share in ANSWERS]
    return evaluate([true for true, _, _ in ANSWERS], answers, Dataset("d", "D", labels, "Ham"), examples=examples)


def test_a_trial_says_its_figures_and_what_a_random_split_would_have_shown() -> None:
    # given
    found = replace(
        evaluated(),
        split="group",
        trained_on=16,
        flattered_accuracy=0.95,
        flattered_macro_f1=0.9,
        warnings=("Only 4 examples were held back: the figures are vague.",),
    )
    # when
    shown = to_text(found)
    # then
    lines = shown.splitlines()
    assert lines[:4] == [
        "examples     4, held back by group",
        "model        a trial, trained on 16",
        "accuracy     75.0%",
        "macro-F1     0.733",
    ]
    assert "at the gate  75.0% answered, 100.0% of them right (43.8% to 100.0%)" in lines
    assert "by chance    accuracy 95.0%, macro-F1 0.900: what a random split would have shown" in lines
    assert "! Only 4 examples were held back: the figures are vague." in lines


def test_labels_curve_and_bins_are_tables() -> None:
    lines = [line.split() for line in to_text(evaluated()).splitlines()]
    assert ["Spam", "2", "1.000", "0.500", "0.667", "1", "100.0%", "20.7%", "to", "100.0%"] in lines
    assert ["Unused", "0", "0.000", "0.000", "0.000", "0", "-", "-"] in lines
    assert ["0.80", "75.0%", "100.0%"] in lines
    assert ["0.7", "to", "0.8", "1", "70.0%", "0.0%"] in lines


def test_the_confusion_of_few_labels_is_a_matrix_without_those_that_nobody_met() -> None:
    shown = to_text(evaluated()).partition("confusion: true labels in rows")[2].splitlines()
    assert [line.split() for line in shown[1:4]] == [["Ham", "Spam"], ["Ham", "2", "-"], ["Spam", "1", "1"]]


def test_of_many_labels_the_confusions_are_listed() -> None:
    # given thirty labels of which each is taken for the next, the first one twice
    names = tuple(f"L{number:02d}" for number in range(30))
    truth = [*names, "L00"]
    found = evaluate(
        truth, [Score(names[(int(true[1:]) + 1) % 30], 0.9) for true in truth], Dataset("d", "D", names, "L00")
    )
    # when
    shown = to_text(found).partition("confusions\n")[2].splitlines()
    # then
    assert shown[1].split() == ["L00", "L01", "2"]
    assert len([line for line in shown if line.startswith("L")]) == 20


def test_the_texts_of_mistakes_are_safe() -> None:
    shown = to_text(evaluated())
    assert "the surest mistakes" in shown
    assert "\x1b" not in shown
    assert "https://" not in shown


def test_a_version_is_named_and_compared_with_another() -> None:
    # given two versions that differ on eleven of fourteen
    truth = ["A"] * 14
    both = compare(ModelId("m-2"), ModelId("m-1"), truth, ["A"] * 14, ["A"] * 3 + ["B"] * 11)
    found = replace(evaluated(), model_id="m-2", trained_on=100, comparison=both)
    # when
    shown = to_text(found)
    # then
    assert "model        m-2, trained on 100" in shown
    assert shown.endswith(
        "both right 3, both wrong 0; McNemar's exact test: p < 0.001, chance alone hardly explains the difference"
    )
    same = replace(found, comparison=compare(ModelId("m-2"), ModelId("m-1"), truth, ["A"] * 14, ["A"] * 14))
    assert to_text(same).endswith("p = 1.000, chance alone explains the difference")


def test_where_nothing_passes_the_gate_no_share_is_claimed() -> None:
    found = evaluate(["A"], [None], Dataset("d", "D", ("A", "B"), "A"))
    assert "at the gate  0.0% answered, so that nothing is known of how many are right" in to_text(found)
