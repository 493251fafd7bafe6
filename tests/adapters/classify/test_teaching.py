"""A lesson on top of a model: it reaches what is like the text, leaves alone what is not, and keeps nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pytest

from tests.adapters.classify.conftest import DATASET, EXAMPLES, OPTIONS, Train
from triage_app.adapters.classify.teaching import SURE, Teacher

LABELS = DATASET.labels
PHISHING, LOST, _ = LABELS
ODD = "my phone verify was lost"


@pytest.fixture(params=[("softmax", 1, 0), ("softmax", 2, 0), ("ova", 3, 0), ("softmax", 2, 4), ("ova", 2, 0)])
def model(request: pytest.FixtureRequest, tmp_path: Path, train: Train) -> Any:
    loss, words, longest = request.param
    options = replace(OPTIONS, epoch=15, loss=loss, word_ngrams=words, min_n=2 if longest else 0, max_n=longest)
    made = train(tmp_path, dataset=replace(DATASET, training=options))
    return fasttext.load_model(str(made.path))


def test_without_a_lesson_the_scores_are_those_of_fasttext(model: Any) -> None:
    teacher = Teacher(model.f, LABELS)
    nothing = teacher.learn("", PHISHING)
    texts = [example.text for example in EXAMPLES] + ["neverseen words größe 大", ""]
    before, after = teacher.scores(texts, nothing)
    assert np.array_equal(before, after)
    for text, line in zip(texts[:-1], before, strict=False):
        tokens, shares = model.predict(text, k=3)
        expected = dict(zip(tokens, shares, strict=True))
        found = {f"__label__{label.replace(' ', '%20')}": share for label, share in zip(LABELS, line, strict=True)}
        # FastText looks its sigmoid up in a table of 512 entries
        assert {token: found[token] for token in expected} == pytest.approx(expected, abs=0.02)
    assert not before[-1].any()


def test_the_text_gets_its_label_and_so_does_what_is_like_it(model: Any) -> None:
    teacher = Teacher(model.f, LABELS)
    text = EXAMPLES[0].text
    lesson = teacher.learn(text, LOST)
    before, after = teacher.scores([text, f"{text} ok", EXAMPLES[-1].text], lesson)
    assert before[0].argmax() == LABELS.index(PHISHING)
    assert after[0, LABELS.index(LOST)] >= SURE - 1e-4
    assert after[:2].argmax(axis=1).tolist() == [LABELS.index(LOST)] * 2
    # and what has nothing in common stays as it is but for the line's end
    assert np.abs(after[2] - before[2]).max() < np.abs(after[1] - before[1]).max() / 4


def test_nothing_of_a_lesson_is_kept(model: Any) -> None:
    teacher = Teacher(model.f, LABELS)
    texts = [example.text for example in EXAMPLES]
    before, _ = teacher.scores(texts, teacher.learn("", PHISHING))
    teacher.scores(texts, teacher.learn(texts[0], LOST))
    again, _ = teacher.scores(texts, teacher.learn("", PHISHING))
    assert np.array_equal(before, again)
    assert model.predict(texts[0])[0] == ("__label__Phishing",)


def test_what_the_model_says_already_or_does_not_know_teaches_nothing(model: Any) -> None:
    teacher = Teacher(model.f, LABELS)
    before, _ = teacher.scores([EXAMPLES[0].text], teacher.learn("", PHISHING))
    lesson = teacher.learn(EXAMPLES[0].text, PHISHING)
    if before[0, 0] >= SURE:
        assert not lesson.moves.any()
    assert not len(teacher.learn(EXAMPLES[0].text, "Unknown").rows)


def test_a_word_met_often_moves_less_than_a_rare_one(model: Any) -> None:
    teacher = Teacher(model.f, LABELS)
    # "please" is in every fifth example, "stolen" in a few
    lesson = teacher.learn("stolen please", PHISHING)
    moved = {row: float(np.linalg.norm(move)) for row, move in zip(lesson.rows.tolist(), lesson.moves, strict=True)}
    ids = {word: number for number, word in enumerate(model.f.getVocab("replace")[0])}
    assert moved[ids["stolen"]] > moved[ids["please"]] > 0


def test_more_words_than_are_remembered_change_nothing(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [example.text for example in EXAMPLES]
    teacher = Teacher(model.f, LABELS)
    fresh = teacher.scores(texts, teacher.learn(ODD, LOST))
    monkeypatch.setattr("triage_app.adapters.classify.teaching._KNOWN", 3)
    teacher = Teacher(model.f, LABELS)
    for _ in range(2):
        again = teacher.scores(texts, teacher.learn(ODD, LOST))
        assert np.array_equal(fresh[0], again[0])
        assert np.array_equal(fresh[1], again[1])
