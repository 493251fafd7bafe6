import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.wording import READ_LIMIT, TEXT_LIMIT, prepare


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Your INVOICE.pdf is ready", "your invoice pdf is ready"),
        ("I can't find my lap-top!!", "i cant find my lap top ! !"),
        ("can’t", "cant"),
        ("have you seen this?", "have you seen this ?"),
        ("pay $500 or 5€", "pay $ 500 or 5 €"),
        ("two\r\nlines\tand\x00nothing", "two lines and nothing"),
        ("__label__Phishing </s> x", "label phishing s x"),
        ("GRÖSSE Straße", "grösse strasse"),
        ("ＦＵＬＬ ﬁne", "full fine"),
        ("pass\u200bword so\u00adft", "password soft"),
        ("账户locked", "账 户 locked"),
        ("re\u0301sume\u0301", "résumé"),
        ("か\u3099く", "が く"),
        ("a\ud800b", "a b"),
        ("win 🎁 now", "win 🎁 now"),
        ("", ""),
        (" \n ", ""),
        ("?!", "? !"),
    ],
)
def test_words_are_lower_case_and_single_spaced(text: str, words: str) -> None:
    assert prepare(text) == words


@given(st.text(alphabet=st.characters()))
def test_preparing_twice_changes_nothing_and_the_result_is_one_safe_line(text: str) -> None:
    once = prepare(text)
    assert prepare(once) == once
    assert once.encode().decode() == once
    assert "__label__" not in once
    assert once.split() == ([] if not once else once.split(" "))
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in once)


@given(st.text(alphabet="aé' !?€字か\u3099\u0301\u200b_ﬀ", max_size=300))
def test_few_and_many_wide_characters_are_treated_alike(text: str) -> None:
    # given the same text, once with enough ASCII around it that only its wide runs are touched
    padding = "a " * 2_000
    assert prepare(padding + " " + text).removeprefix(prepare(padding)).strip() == prepare(text)


def test_the_result_is_cut_between_words() -> None:
    cut = prepare("word " * 10_000)
    assert len(cut) <= TEXT_LIMIT
    assert set(cut.split()) == {"word"}


def test_one_endless_word_is_cut_too() -> None:
    assert prepare("a" * 100_000) == "a" * TEXT_LIMIT


def test_characters_that_unfold_into_many_are_capped() -> None:
    assert len(prepare("\ufdfa" * READ_LIMIT)) <= TEXT_LIMIT


def test_a_text_as_long_as_the_limit_is_kept_whole() -> None:
    text = "ab " * (TEXT_LIMIT // 3) + "a"
    assert len(text) == TEXT_LIMIT
    assert prepare(text) == text
