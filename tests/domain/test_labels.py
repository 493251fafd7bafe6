from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import (
    Dataset,
    Gate,
    Held,
    KeywordRule,
    ModelAnswer,
    ModelId,
    Reason,
    Score,
    Tier,
    Training,
    check_label,
    decide,
    from_token,
    text_of,
    to_token,
    without_ignored,
)
from triage_app.domain.wording import prepare

MODEL = ModelId("m1")
DATASET = Dataset(
    "category",
    "Category",
    ("Phishing", "DeviceLost", "Other"),
    "Other",
    keywords=(
        KeywordRule("Phishing", "invoice.pdf", 2),
        KeywordRule("Phishing", "phish*", 3),
        KeywordRule("Phishing", "verify your account", 3),
        KeywordRule("DeviceLost", "can't find my", 2),
        KeywordRule("DeviceLost", "lost", 1),
        KeywordRule("DeviceLost", "my lap*", 1),
    ),
)


def answer(*scores: tuple[str, float], reasons: tuple[Reason, ...] = ()) -> ModelAnswer:
    return ModelAnswer(tuple(Score(*each) for each in scores), reasons)


def test_at_the_threshold_the_model_answers_with_its_reasons() -> None:
    why = (Reason("account", 2.0),)
    said = answer(("Phishing", 0.8), ("Other", 0.15), ("DeviceLost", 0.05), reasons=why)
    prediction = decide(DATASET, "your account", said, MODEL)
    assert (prediction.label, prediction.confidence, prediction.tier) == ("Phishing", 0.8, Tier.MODEL)
    assert (prediction.model_id, prediction.reasons) == (MODEL, why)
    assert prediction.alternatives == (Score("Other", 0.15), Score("DeviceLost", 0.05))


def test_below_it_keywords_answer_and_the_model_is_an_alternative() -> None:
    said = answer(("Phishing", 0.79), ("DeviceLost", 0.2))
    prediction = decide(DATASET, prepare("I lost it: can't find my invoice.pdf"), said, MODEL)
    assert (prediction.label, prediction.tier) == ("DeviceLost", Tier.KEYWORD)
    assert prediction.confidence == pytest.approx(3 / (3 + 2 + 1))
    assert prediction.alternatives == (Score("Phishing", 0.79),)
    assert prediction.reasons == (Reason("invoice.pdf", -2), Reason("can't find my", 2), Reason("lost", 1))
    assert prediction.model_id == MODEL


def test_where_nothing_matches_the_default_answers() -> None:
    prediction = decide(DATASET, "bread and butter", answer(("Phishing", 0.5)), MODEL)
    assert (prediction.label, prediction.confidence, prediction.tier) == ("Other", 0.0, Tier.DEFAULT)
    assert prediction.alternatives == (Score("Phishing", 0.5),)


def test_without_a_model_keywords_and_default_still_answer() -> None:
    assert decide(DATASET, "lost", None, MODEL).tier is Tier.KEYWORD
    assert decide(DATASET, "", None, MODEL).tier is Tier.DEFAULT


def test_a_label_that_the_dataset_no_longer_has_is_never_answered() -> None:
    said = answer(("Gone", 0.99), ("Phishing", 0.9), reasons=(Reason("x", 1.0),))
    prediction = decide(DATASET, "x", said, MODEL)
    assert (prediction.label, prediction.reasons) == ("Phishing", ())
    assert decide(DATASET, "x", answer(("Gone", 0.99)), MODEL).tier is Tier.DEFAULT


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("this is phishing", ["phish*"]),
        ("vish and dephish", []),
        ("VERIFY   your\naccount!", ["verify your account"]),
        ("verify your accounts", []),
        ("my laptop", ["my lap*"]),
        ("dummy laptop", []),
        ("lost and lost and lost", ["lost"]),
        ("losted", []),
        ("cant find my", ["can't find my"]),
    ],
)
def test_keywords_match_whole_words_and_prefixes_once(text: str, found: list[str]) -> None:
    assert [rule.text for rule in Gate(DATASET).keywords(prepare(text))] == found


def test_on_a_tie_the_rule_that_stands_first_wins() -> None:
    dataset = Dataset("d", "D", ("A", "B"), "B", keywords=(KeywordRule("B", "x", 1), KeywordRule("A", "y", 1)))
    assert decide(dataset, "y x", None, MODEL).label == "B"


def test_rules_without_words_or_weight_match_nothing() -> None:
    rules = (KeywordRule("A", "*", 1), KeywordRule("A", "...", 1), KeywordRule("A", "x", 0))
    assert Gate(Dataset("d", "D", ("A",), "A", keywords=rules)).keywords("x y z") == ()


def test_at_most_six_reasons_and_three_alternatives() -> None:
    rules = tuple(KeywordRule("A", f"w{n}", n + 1) for n in range(10))
    dataset = Dataset("d", "D", ("A", "B", "C", "D", "E", "F"), "A", keywords=rules)
    said = answer(*((label, 0.1) for label in "BCDEF"))
    prediction = decide(dataset, " ".join(f"w{n}" for n in range(10)), said, MODEL)
    assert [reason.word for reason in prediction.reasons] == ["w9", "w8", "w7", "w6", "w5", "w4"]
    assert len(prediction.alternatives) == 3


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_label_survives_the_way_through_fasttext(label: str) -> None:
    token = to_token(label)
    assert from_token(token) == label
    assert len(token.split()) == 1


def test_labels_of_others_are_taken_as_they_stand() -> None:
    assert from_token("__label__100%") == "100%"
    assert from_token("__label__a%zzb%2") == "a%zzb%2"
    assert from_token("__label__HR_Support") == "HR_Support"


@pytest.mark.parametrize("label", ["", " x", "x ", "a\nb", "x" * 101, "\ud800"])
def test_what_cannot_be_a_label_is_refused(label: str) -> None:
    with pytest.raises(InvalidInput):
        check_label(label)


def test_the_text_of_a_ticket_is_its_fields_in_order() -> None:
    assert text_of(DATASET, {"text": "Body.", "subject": "Subject", "sender": "x"}) == "subject body"
    assert text_of(DATASET, {"text": "Body."}) == "body"


def strange(*scores: tuple[str, float]) -> ModelAnswer:
    return ModelAnswer(tuple(Score(*each) for each in scores), (Reason("x", 1.0),), likeness=0.01, strange=True)


def test_a_strange_text_is_answered_by_keywords_or_default_and_says_what_the_model_found() -> None:
    said = strange(("Phishing", 0.99), ("DeviceLost", 0.01))
    prediction = decide(DATASET, "lost", said, MODEL)
    assert (prediction.label, prediction.tier, prediction.held) == ("DeviceLost", Tier.KEYWORD, Held.STRANGE)
    assert (prediction.best, prediction.likeness) == (Score("Phishing", 0.99), 0.01)
    assert [reason.word for reason in prediction.reasons] == ["lost"]
    prediction = decide(DATASET, "zzz", said, MODEL)
    assert (prediction.label, prediction.tier, prediction.held) == ("Other", Tier.DEFAULT, Held.STRANGE)
    assert prediction.alternatives == (Score("Phishing", 0.99), Score("DeviceLost", 0.01))


def test_only_what_would_have_passed_is_held() -> None:
    assert decide(DATASET, "zzz", strange(("Phishing", 0.79)), MODEL).held is None
    assert decide(DATASET, "zzz", None, MODEL).held is None
    assert Gate(DATASET, ["Phishing"]).decide("zzz", answer(("Phishing", 0.79)), MODEL).held is None


def test_a_suspended_label_is_only_suggested() -> None:
    gate = Gate(DATASET, ["Phishing"])
    held = gate.decide("zzz", answer(("Phishing", 0.9), ("DeviceLost", 0.05)), MODEL)
    assert (held.label, held.tier, held.held) == ("Other", Tier.DEFAULT, Held.PROMISE)
    assert held.best == held.alternatives[0] == Score("Phishing", 0.9)
    # and another label answers as before
    other = gate.decide("zzz", answer(("DeviceLost", 0.9)), MODEL)
    assert (other.label, other.tier, other.held) == ("DeviceLost", Tier.MODEL, None)
    assert gate.decide("zzz", strange(("Phishing", 0.9)), MODEL).held is Held.STRANGE


def test_what_the_model_found_is_told_whoever_answered() -> None:
    said = ModelAnswer((Score("Gone", 0.9), Score("Phishing", 0.85)), likeness=0.4)
    prediction = decide(DATASET, "zzz", said, MODEL)
    assert (prediction.best, prediction.likeness, prediction.held) == (Score("Phishing", 0.85), 0.4, None)
    nobody = decide(DATASET, "lost", None, MODEL)
    assert (nobody.best, nobody.likeness) == (None, 1.0)


def test_ignored_phrases_are_left_out_of_the_text_of_a_ticket() -> None:
    dataset = replace(DATASET, ignored=("Sent by ACME gateway.", "  "))
    values = {"subject": "Hi", "text": "Sent by ACME\ngateway!\nlost it"}
    assert text_of(dataset, values) == "hi ! lost it"
    assert without_ignored(dataset, "a sent by acme gateway b") == "a b"


def test_repeatable_options_leave_nothing_to_the_clock() -> None:
    options = Training(thread=4, autotune=60, lr=0.7).repeatable()
    assert options == Training(thread=1, autotune=0, lr=0.7)
