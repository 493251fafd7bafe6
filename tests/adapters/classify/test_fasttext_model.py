import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.classify.conftest import DATASET, EXAMPLES, OPTIONS, Train, Trained, many
from triage_app.adapters.classify.fasttext_model import FastTextClassifier
from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import Example, ModelId
from triage_app.domain.wording import prepare


@pytest.fixture(scope="session")
def classifier(trained: Trained) -> FastTextClassifier:
    return trained.models.load(trained.model)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("my phone was stolen", "Device Lost"),
        ("please verify the bank account", "Phishing"),
        ("die Größe stimmt nicht", "Größe 大小"),
    ],
)
def test_it_knows_what_it_learnt_by_its_real_names(classifier: FastTextClassifier, text: str, label: str) -> None:
    (answer,) = classifier.predict([prepare(text)], count=3, explain_from=None)
    assert answer.scores[0].label == label
    assert answer.reasons == ()
    assert {score.label for score in answer.scores} == set(DATASET.labels) == set(classifier.labels)


def test_confidences_fall_and_stay_within_bounds(classifier: FastTextClassifier) -> None:
    texts = [example.text for example in EXAMPLES] + ["zzz", "?", "a " * 3_000]
    for answer in classifier.predict(texts, count=3, explain_from=0.0):
        shares = [score.confidence for score in answer.scores]
        assert shares == sorted(shares, reverse=True)
        assert all(0 <= share <= 1 for share in shares)
        assert len(answer.reasons) <= 6


def test_an_empty_text_has_no_answer(classifier: FastTextClassifier) -> None:
    empty, _ = classifier.predict(["", "lost"], count=1, explain_from=0.0)
    assert (empty.scores, empty.reasons) == ((), ())


def test_no_more_labels_than_asked_for(classifier: FastTextClassifier) -> None:
    (answer,) = classifier.predict(["lost phone"], count=1, explain_from=None)
    assert len(answer.scores) == 1
    assert classifier.predict([], count=1, explain_from=0.0) == []


def test_threads_get_the_answers_that_one_gets(classifier: FastTextClassifier) -> None:
    texts = [example.text for example in EXAMPLES]
    alone = list(classifier.predict(texts, count=3, explain_from=0.0))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: classifier.predict([text], count=3, explain_from=0.0)[0], texts * 20))
    assert [each.scores for each in together] == [each.scores for each in alone] * 20
    for one, other in zip(together, alone * 20, strict=True):
        assert [reason.weight for reason in one.reasons] == pytest.approx([reason.weight for reason in other.reasons])


@pytest.mark.parametrize("loss", ["softmax", "ova"])
@pytest.mark.parametrize("ngrams", [(1, 0, 0), (2, 0, 0), (3, 2, 4)])
def test_without_the_word_that_spoke_most_for_it_the_label_scores_lower(
    tmp_path: Path, train: Train, loss: str, ngrams: tuple[int, int, int]
) -> None:
    # given a model that is not quite sure of anything
    words, shortest, longest = ngrams
    options = replace(OPTIONS, epoch=25, lr=0.3, loss=loss, word_ngrams=words, min_n=shortest, max_n=longest)
    made = train(tmp_path, dataset=replace(DATASET, training=options))
    classifier = made.models.load(made.model)
    for text in ("verify your account on monday", "left my laptop again", "die größe ist falsch today"):
        (before,) = classifier.predict([text], count=3, explain_from=0.0)
        label = before.scores[0].label
        strongest = max(before.reasons, key=lambda reason: reason.weight)
        assert strongest.weight > 0
        # when
        shorter = " ".join(word for word in text.split() if word != strongest.word)
        (after,) = classifier.predict([shorter], count=3, explain_from=None)
        # then
        shares = {score.label: score.confidence for score in after.scores}
        assert shares[label] < before.scores[0].confidence


def test_a_word_seen_with_another_label_only_speaks_against(tmp_path: Path, train: Train) -> None:
    examples = [
        Example("A", "red red blue"),
        Example("A", "red"),
        Example("B", "green blue"),
        Example("B", "green"),
    ] * 10
    options = replace(OPTIONS, word_ngrams=1)
    made = train(tmp_path, dataset=replace(DATASET, labels=("A", "B"), training=options), examples=examples)
    (answer,) = made.models.load(made.model).predict(["red red green"], count=2, explain_from=0.0)
    weights = {reason.word: reason.weight for reason in answer.reasons}
    assert answer.scores[0].label == "A"
    assert weights["red"] > 0 > weights["green"]
    assert [abs(reason.weight) for reason in answer.reasons] == sorted(map(abs, weights.values()), reverse=True)


def test_what_fasttext_cannot_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(json.dumps({"not": "a model"}).encode() * 100)
    with pytest.raises(ModelRefused, match="cannot be read"):
        FastTextClassifier(path, ModelId("m"))


@pytest.mark.parametrize("is_calibrated", [True, False])
def test_what_a_lesson_would_change_is_told_for_what_is_like_it(trained: Trained, *, is_calibrated: bool) -> None:
    loaded = trained.models.load(trained.model)
    classifier = loaded if is_calibrated else FastTextClassifier(trained.path, trained.model.id)
    text, other = EXAMPLES[0].text, EXAMPLES[-1].text
    before = classifier.predict([text, other], count=3, explain_from=None)
    # when
    pairs = classifier.if_taught(text, "Device Lost", [text, "", other, f"{text} ok"], count=2)
    # then the text and what is like it get the label, and an empty text stays without
    assert [pair is None for pair in pairs[:2]] == [False, True]
    for pair in (pairs[0], pairs[3]):
        assert pair is not None
        old, new = pair
        assert (old.scores[0].label, new.scores[0].label) == ("Phishing", "Device Lost")
        assert len(new.scores) == 2
    # and the model is as it was
    assert classifier.predict([text, other], count=3, explain_from=None) == before


def test_calibrated_confidences_fall_stay_within_bounds_and_are_the_same_in_any_company(calibrated: Trained) -> None:
    # given more texts than are looked at together
    model = calibrated.models.load(calibrated.model)
    texts = [each.text for each in many(600)] + ["", "zzz", "?", "a " * 3_000]
    together = model.predict(texts, count=3, explain_from=0.5)
    for answer in together:
        shares = [score.confidence for score in answer.scores]
        assert shares == sorted(shares, reverse=True)
        assert all(0 <= share <= 1 for share in shares)
        assert sum(shares) <= 1 + 1e-9
        assert 0 <= answer.likeness <= 1
        assert bool(answer.reasons) == bool(shares and shares[0] >= 0.5)
    assert together[600].scores == ()
    # when
    alone = [model.predict([text], count=1, explain_from=None)[0] for text in texts]
    # then
    for one, other in zip(alone, together, strict=True):
        assert [each.label for each in one.scores] == [each.label for each in other.scores[:1]]
        assert [each.confidence for each in one.scores] == pytest.approx([each.confidence for each in other.scores[:1]])
        assert (one.likeness, one.strange) == (other.likeness, other.strange)


def test_bare_scores_are_those_of_the_named_columns(classifier: FastTextClassifier) -> None:
    columns = (*sorted(DATASET.labels), "never taught")
    scores = classifier.scores(["lost my phone", "", "größe der datei"], columns)
    assert scores.shape == (3, 4)
    assert columns[scores[0].argmax()] == "Device Lost"
    assert not scores[1].any()
    assert not scores[:, 3].any()
    (answer,) = classifier.predict(["lost my phone"], count=1, explain_from=None)
    assert answer.scores[0].confidence == pytest.approx(scores[0].max())


def test_an_address_is_read_as_one(tmp_path: Path, train: Train) -> None:
    # given a model that saw one address with each text of a label
    examples = [Example(label, f"{word} 203 0 113 9") for label, word in (("A", "red"), ("B", "blue"))] * 20
    made = train(tmp_path, dataset=replace(DATASET, labels=("A", "B")), examples=examples)
    model = made.models.load(made.model)
    seen, other = model.predict(["red 203 0 113 9", "red 198 51 100 77"], count=2, explain_from=0.0)
    assert seen == other
    assert "#address" in [reason.word for reason in seen.reasons]
