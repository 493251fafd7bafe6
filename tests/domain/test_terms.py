"""The words of texts, and the records by which texts are compared."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.terms import (
    EMPTY,
    MAX_READ,
    MAX_SUBJECT_TERMS,
    MAX_TEXT_TERMS,
    Record,
    hash_of,
    read_record,
    record_of,
    spelled,
    terms_of,
    unmarked,
    words_of,
)


def numbers(*terms: str) -> "array[int]":
    return array("I", sorted(map(hash_of, terms)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pay the invoice, PAY it now", ["pay", "the", "invoice", "it", "now"]),
        ("Größe café naïve", ["große", "cafe", "naive"]),
        ("name_node-7 a.b", ["name", "node", "7", "a", "b"]),
        ("支付 账单", ["支付", "账单"]),
        ("", []),
        ("--- !!! ___", []),
    ],
)
def test_words_are_those_of_the_index(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


def test_names_with_capitals_inside_are_read_in_parts_as_well() -> None:
    assert list(terms_of("NameNodeProxy fails")) == ["namenodeproxy", "name", "node", "proxy", "fails"]
    assert list(terms_of("HDFSClient 2024Report INVOICE")) == [
        "hdfsclient",
        "hdfs",
        "client",
        "2024report",
        "2024",
        "report",
        "invoice",
    ]
    # parts of one or two letters tell nothing, and what is too long for a name is none
    assert list(terms_of("isOkNow")) == ["isoknow", "now"]
    assert len(terms_of("aB" * 40)) == 1


def test_accents_and_capitals_make_no_other_word() -> None:
    assert unmarked("ÉCOLE") == unmarked("école") == "ecole"
    assert terms_of("École") == terms_of("ecole")


def test_a_record_holds_the_subject_apart_from_the_rest() -> None:
    record = read_record(record_of("Invoice overdue", "Pay the invoice"))
    assert record == Record(numbers("invoice", "overdue"), numbers("pay", "the"))


def test_a_long_text_keeps_a_sample_that_is_the_same_everywhere() -> None:
    # given two texts that share a thousand words of two thousand
    shared = [f"word{number}" for number in range(1_000)]
    one = " ".join([*shared, *(f"one{number}" for number in range(1_000))])
    other = " ".join([*reversed(shared), *(f"other{number}" for number in range(1_000))])
    # when
    here, there = (read_record(record_of("", text)).text for text in (one, other))
    # then what is kept of both shares what the texts share
    assert len(here) == len(there) == MAX_TEXT_TERMS
    assert 60 < len({*here} & {*there}) < 200


def test_a_record_is_small_whatever_the_text_is() -> None:
    one, other = (" ".join(f"{name}{number}" for number in range(5_000)) for name in "ab")
    assert len(record_of(one, other)) == 1 + 4 * (MAX_SUBJECT_TERMS + MAX_TEXT_TERMS)
    assert list(words_of("a" * MAX_READ + " beyond")) == ["a" * MAX_READ]


@given(st.text(max_size=300), st.text(max_size=3_000))
def test_any_text_has_a_record_that_is_read_as_it_was_written(subject: str, text: str) -> None:
    stored = record_of(subject, text)
    record = read_record(stored)
    assert len(record.subject) <= MAX_SUBJECT_TERMS
    assert len(record.text) <= MAX_TEXT_TERMS
    assert not {*record.subject} & {*record.text}
    assert {*record.subject, *record.text} <= {hash_of(each) for each in terms_of(subject) | terms_of(text)}
    assert record_of(subject, text) == stored


@given(st.text(max_size=500))
def test_the_words_of_any_text_are_among_its_terms(text: str) -> None:
    assert words_of(text).keys() <= terms_of(text).keys()


@given(st.binary(max_size=2_000))
def test_bytes_that_are_no_record_are_read_as_one_or_as_none(stored: bytes) -> None:
    record = read_record(stored)
    assert 4 * (len(record.subject) + len(record.text)) in {0, len(stored) - 1}


def test_what_is_no_record_is_an_empty_one() -> None:
    assert read_record(b"") == read_record(b"\x00\x01") == read_record(b"\x05" + bytes(8)) == EMPTY


def test_what_no_encoding_can_write_has_a_hash_too() -> None:
    assert 0 <= hash_of("\ud800") < 1 << 32


def test_terms_are_told_as_they_were_spelled() -> None:
    wanted = {hash_of(each) for each in ("namenode", "name", "ecole", "absent")}
    assert spelled("The NameNode of the École, NAMENODE", wanted) == {
        hash_of("namenode"): "NameNode",
        hash_of("name"): "Name",
        hash_of("ecole"): "École",
    }
