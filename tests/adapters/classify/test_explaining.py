import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pytest

from tests.adapters.classify.conftest import DATASET, EXAMPLES, OPTIONS, Train
from triage_app.adapters.classify.explaining import Explainer, word_hash

TEXTS = (
    "verify your account today",
    "größe größe 大 小 unknownword",
    "a",
    "left my neverseen notebook in a taxi on monday",
)


@pytest.fixture(params=[("softmax", 1, 0), ("softmax", 2, 0), ("ova", 3, 0), ("softmax", 2, 4), ("ova", 1, 3)])
def model(request: pytest.FixtureRequest, tmp_path: Path, train: Train) -> Any:
    loss, words, longest = request.param
    options = replace(OPTIONS, epoch=15, loss=loss, word_ngrams=words, min_n=2 if longest else 0, max_n=longest)
    made = train(tmp_path, dataset=replace(DATASET, training=options))
    return fasttext.load_model(str(made.path))


def test_the_parts_add_up_to_what_fasttext_computes(model: Any) -> None:
    # given FastText's own sentence vector and label rows, from which its scores are made
    explainer = Explainer(model.f)
    tokens = model.get_labels()
    one_vs_all = str(model.f.getArgs().loss).endswith("ova")
    for text in (*TEXTS, *(example.text for example in EXAMPLES)):
        scores = model.get_output_matrix() @ model.get_sentence_vector(text)
        for label, token in enumerate(tokens):
            others = np.delete(scores, label)
            shares = np.exp(others - others.max())
            expected = scores[label] - (0 if one_vs_all else (shares / shares.sum()) @ others)
            # when, then
            assert explainer.parts(text.split(" "), token).sum() == pytest.approx(expected, abs=1e-4)


def test_one_part_for_each_word_and_one_for_the_line_end(model: Any) -> None:
    parts = Explainer(model.f).parts(["lost", "lost", "phone"], model.get_labels()[0])
    assert parts.shape == (4,)
    assert all(map(math.isfinite, parts))


def test_a_word_that_occurs_twice_is_one_reason(model: Any) -> None:
    words = [reason.word for reason in Explainer(model.f).reasons("lost phone lost", model.get_labels()[0])]
    assert sorted(words) == ["lost", "phone"]


def test_more_words_than_are_remembered_change_nothing(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = model.get_labels()[0]
    fresh = Explainer(model.f).parts(TEXTS[0].split(), token)
    monkeypatch.setattr("triage_app.adapters.classify.explaining._CACHED", 2_000)
    explainer = Explainer(model.f)
    for start in range(0, 10_000, 500):
        explainer.parts([f"w{number}" for number in range(start, start + 500)], token)
    assert explainer.parts(TEXTS[0].split(), token) == pytest.approx(fresh)


def test_hashes_are_those_of_fasttext() -> None:
    # FNV-1a's published value for "a" in 32 bits, widened as a signed number
    assert word_hash("a") == 0xFFFFFFFFE40C292C
    assert word_hash("") == 0xFFFFFFFF811C9DC5
