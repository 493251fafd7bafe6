from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.storage.words import MAX_SEARCH_TEXT, MAX_WORDS, index_text, search_words
from triage_app.domain.terms import unmarked


def test_words_are_runs_of_letters_and_digits() -> None:
    assert search_words('"10.0.0.1" host_name, evil-example*') == [
        "10",
        "0",
        "0",
        "1",
        "host",
        "name",
        "evil",
        "example",
    ]
    assert search_words(" \t-*_") == []
    assert len(search_words("a " * 5_000)) == MAX_WORDS


def test_case_and_accents_make_no_difference() -> None:
    assert unmarked("ÜBER") == "uber"
    assert unmarked("Plain") == "plain"
    assert index_text("Über_WEISUNG, naïve\0!") == "uber weisung naive "


@given(st.text(max_size=300))
def test_what_is_indexed_is_words_and_spaces_of_bounded_length(text: str) -> None:
    assert all(each.isalnum() or each == " " for each in index_text(text))
    assert "_" not in index_text(text)


def test_a_huge_text_is_cut() -> None:
    assert len(index_text("ab " * MAX_SEARCH_TEXT)) <= MAX_SEARCH_TEXT
    assert index_text("x" * 1_000) == "x" * 255
