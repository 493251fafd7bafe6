import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.wording import MODEL_LIMIT, OWN_WORDS, READ_LIMIT, TEXT_LIMIT, for_model, prepare, without


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Re: your parcel [#12]", "re your parcel"),
        ("[EXTERNAL] Your parcel", "your parcel"),
        ("[External Sender] [ext] Your parcel", "your parcel"),
        (
            "CAUTION: This email originated from outside of the organization. Do not click links.\nYour parcel",
            "your parcel",
        ),
        ("Hello\nThis message was sent from an external address! Please don't open attachments.\nBye", "hello bye"),
        ("Achtung! Diese E-Mail stammt von einem externen Absender.\nHallo", "hallo"),
        ("X-Triage-Category: Phishing\n> X-Spam-Status: Yes, score=9\nYour parcel", "your parcel"),
        # what people write of it stays
        ("issue [#12 of [external]ly", "issue 12 of ly"),
        ("this external drive was sent to me", "this external drive was sent to me"),
        ("x-ray and max-triage: fine", "x ray and max triage fine"),
    ],
)
def test_marks_of_ours_and_of_gateways_are_left_out(text: str, words: str) -> None:
    assert prepare(text) == words


def test_what_our_own_letters_say_is_left_out_however_it_is_quoted() -> None:
    letters = Path(__file__).parents[2] / "resources" / "templates"
    whole = [path.read_text("utf-8").replace("$ticket", "").replace("$", "") for path in letters.iterdir()]
    for phrase in OWN_WORDS:
        assert sum(phrase in " ".join(prepare_without_marks(text)) for text in whole) == 1
    quoted = "> you were right to report this: the mail is a\n> phishing attempt. Please delete it.\nThanks, done"
    assert prepare(quoted) == "thanks done"


def prepare_without_marks(text: str) -> list[str]:
    return "".join(char.lower() if char.isalnum() else " " for char in text).split()


def test_phrases_are_left_out_as_whole_words_and_again_where_they_meet() -> None:
    assert without("a b c a b", ["a b"]) == "c"
    assert without("xa b", ["a b", ""]) == "xa b"
    assert without("a a b b c", ["a b"]) == "c"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("login from 203 0 113 9 failed", "login from #address failed"),
        ("office 365 and 2fa on mp3 with ip 10 0", "office 365 and 2fa on mp3 with ip 10 0"),
        ("ticket 48213 of 2026", "ticket #number of #number"),
        ("hash d41d8cd98f00b204 and host srv0042x", "hash #id and host #id"),
        ("cve 2024 3094", "cve #number #number"),
        ("größe1234 99", "#id 99"),
        ("no digits", "no digits"),
        ("", ""),
    ],
)
def test_a_model_reads_kinds_of_numbers_and_not_numbers(text: str, read: str) -> None:
    assert for_model(text) == read
    assert for_model(read) == read


def test_a_model_reads_the_beginning() -> None:
    assert for_model("a" * 50_000) == "a" * MODEL_LIMIT
    assert for_model("1" * 50_000) == "#number"
