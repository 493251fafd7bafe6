"""How alike tickets are: what counts, how much, and that any two can be compared."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.similarity import (
    MOST_COMMON,
    OBSERVABLE_STRENGTH,
    Comparing,
    Seen,
    Subject,
    inverse_frequency,
    rarity,
)
from triage_app.domain.terms import EMPTY, Record, hash_of, read_record, record_of

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUMBER = 10_000
EVIL = Observable(ObservableKind.URL, "https://evil.test/x")
FILE = Observable(ObservableKind.SHA256, "ab" * 32)
HOST = Trait(TraitKind.HOST, "web01")
PATTERN = Pattern("your invoice <number> is overdue", "")
NOTHING = Subject(EMPTY, {}, {}, NO_PATTERN, 1, AT)


def subject(head: str = "", text: str = "") -> Subject:
    return replace(NOTHING, record=read_record(record_of(head, text)))


def having(observable: Observable, tickets: int = 2) -> Subject:
    return replace(NOTHING, seen={observable: Seen(observable, tickets)})


def score(one: Subject, other: Subject) -> float:
    return Comparing(one, {}, NUMBER).with_(other).score


def test_what_is_rare_weighs_more() -> None:
    assert rarity(NUMBER, 1) == 1
    assert rarity(NUMBER, NUMBER) == 0
    assert rarity(NUMBER, 100) == pytest.approx(0.5)
    assert rarity(1, 5) == 1
    assert inverse_frequency(NUMBER, 1) > inverse_frequency(NUMBER, 2) > inverse_frequency(NUMBER, 9_000) > 0
    assert inverse_frequency(NUMBER, NUMBER + 5) == 0


def test_nothing_is_like_nothing() -> None:
    assert score(NOTHING, NOTHING) == 0
    assert score(subject("an invoice"), NOTHING) == score(NOTHING, subject("an invoice")) == 0


def test_words_of_the_subject_count_twice_and_rare_ones_most() -> None:
    one = subject("namenode crash", "please help with the heap")
    assert score(one, subject("namenode crash", "other")) > score(one, subject("other", "heap crash"))
    often = {hash_of("help"): 5_000}
    compare = Comparing(subject("", "help namenode"), often, NUMBER)
    assert compare.with_(subject("", "namenode a")).text > compare.with_(subject("", "help a")).text


def test_the_text_part_is_the_cosine_of_the_weighted_words() -> None:
    # given words of which each is in one ticket: all weigh the same
    here = Comparing(subject("", "a b c d"), {}, NUMBER)
    # then two of four against two of four is a half
    found = here.with_(subject("", "a b x y"))
    assert found.text == pytest.approx(2 / math.sqrt(4 * 4))
    assert found.words == pytest.approx(0.5)
    assert here.with_(subject("", "a b c d")).text == pytest.approx(1)


def test_an_observable_in_many_tickets_says_little() -> None:
    two, many = (score(having(EVIL, tickets), having(EVIL, tickets)) for tickets in (2, 5_000))
    assert two == pytest.approx(OBSERVABLE_STRENGTH[ObservableKind.URL])
    assert many < two / 4
    assert score(having(EVIL), having(FILE)) == 0
    assert score(having(FILE), having(FILE)) > two


def test_what_the_other_has_besides_makes_it_less_alike() -> None:
    one = having(EVIL)
    assert score(one, replace(one, besides=30)) < score(one, replace(one, besides=3)) < score(one, one)


def test_fields_count_by_themselves_and_together() -> None:
    host = replace(NOTHING, traits={HOST: 2})
    both = replace(host, pattern=PATTERN, pattern_tickets=2)
    found = Comparing(both, {}, NUMBER)
    assert found.with_(NOTHING).fields == 0
    assert 0 < found.with_(host).fields < found.with_(both).fields < 1
    # what everybody has tells nothing, and no pattern is no pattern in common
    assert Comparing(replace(NOTHING, traits={HOST: NUMBER + 1}), {}, NUMBER).with_(host).fields == 0
    assert score(NOTHING, NOTHING) == 0


def test_long_ago_is_less_alike_but_never_by_more_than_a_third() -> None:
    one = subject("the namenode crashed again")
    now, month, years = (score(one, replace(one, at=AT - timedelta(days=days))) for days in (0, 30, 3_650))
    assert now == pytest.approx(1)
    assert now > month > years > now * 0.7
    assert Comparing(one, {}, NUMBER).with_(replace(one, at=AT + timedelta(days=30))).time == pytest.approx(0.5)


def test_what_both_have_is_told_with_its_weight() -> None:
    one = replace(
        subject("invoice", "pay it soon"),
        seen={EVIL: Seen(EVIL, 3, ("text",)), FILE: Seen(FILE, 2, ("attachment:sha256",))},
        traits={HOST: 4},
        pattern=PATTERN,
        pattern_tickets=7,
    )
    other = replace(one, record=read_record(record_of("", "pay the invoice")), seen={FILE: Seen(FILE, 2, ("text",))})
    common = Comparing(one, {hash_of("pay"): 900}, NUMBER).common(other)
    (match,) = common.observables
    assert (match.here.observable, match.rarity, match.strength) == (FILE, 1, OBSERVABLE_STRENGTH[FILE.kind])
    assert not match.is_attached
    assert (match.is_at("text"), match.is_at("attachment:sha256")) == (False, False)
    assert [trait for trait, _ in common.traits] == [HOST]
    assert common.pattern > 0
    assert common.followed == 7
    assert common.words == (hash_of("invoice"), hash_of("pay"))
    assert 0 < common.share < 1
    assert len(Comparing(subject("", "w " * 9), {}, NUMBER).common(NOTHING).words) == 0


def test_of_many_words_the_rarest_are_told() -> None:
    words = [f"word{number}" for number in range(200)]
    one = subject("", " ".join(words))
    often = {hash_of(word): number + 1 for number, word in enumerate(words)}
    assert Comparing(one, often, NUMBER).common(one).words == tuple(map(hash_of, words[:MOST_COMMON]))


# ------------------------------------------------------------------------------------------------- any two tickets

hashes = st.lists(st.integers(0, 40), unique=True, max_size=20)
records = st.builds(
    lambda subject, text: Record(
        EMPTY.subject[:0] + type(EMPTY.subject)("I", sorted(subject)),
        type(EMPTY.text)("I", sorted({*text} - {*subject})),
    ),
    hashes,
    hashes,
)
observables = st.builds(
    Observable, st.sampled_from(ObservableKind), st.sampled_from(["a", "b", "c", "https://evil.test/x"])
)
seen = st.dictionaries(observables, st.integers(1, 200)).map(
    lambda found: {each: Seen(each, tickets) for each, tickets in found.items()}
)
subjects = st.builds(
    Subject,
    records,
    seen,
    st.dictionaries(st.builds(Trait, st.sampled_from(TraitKind), st.sampled_from(["a", "b"])), st.integers(1, 200)),
    st.sampled_from([NO_PATTERN, PATTERN]),
    st.integers(1, 200),
    st.integers(-10_000, 10_000).map(lambda hours: AT + timedelta(hours=hours)),
    st.integers(0, 50),
)
frequencies = st.dictionaries(st.integers(0, 40), st.integers(1, 300))


@given(subjects, subjects, frequencies, st.integers(0, 150))
def test_the_score_and_its_parts_are_from_0_to_1(
    one: Subject, other: Subject, often: dict[int, int], number: int
) -> None:
    compare = Comparing(one, often, number)
    found = compare.with_(other)
    values = (found.score, found.observables, found.text, found.fields, found.time, found.words)
    assert all(0 <= each <= 1 for each in values)
    assert (found.time > 0, found.score > 0) == (True, any((found.observables, found.text, found.fields)))
    assert 0 <= compare.common(other).share <= 1


@given(subjects, subjects, frequencies)
def test_order_of_what_a_ticket_has_does_not_matter(one: Subject, other: Subject, often: dict[int, int]) -> None:
    def turned(given: Subject) -> Subject:
        return replace(
            given,
            seen=dict(reversed([*given.seen.items()])),
            traits=dict(reversed([*given.traits.items()])),
        )

    found, again = (Comparing(a, often, NUMBER).with_(b) for a, b in ((one, other), (turned(one), turned(other))))
    assert again.score == pytest.approx(found.score)
    assert again.observables == pytest.approx(found.observables)
    assert again.fields == pytest.approx(found.fields)


@given(subjects.filter(lambda each: bool(each.record.subject or each.record.text)))
def test_a_ticket_with_a_text_is_very_like_itself(one: Subject) -> None:
    found = Comparing(one, {}, NUMBER).with_(one)
    assert found.score == pytest.approx(1)
    assert found.words == pytest.approx(1)
    assert {each.here.observable for each in Comparing(one, {}, NUMBER).common(one).observables} == {*one.seen}


@given(st.text(max_size=2_000), st.text(max_size=2_000))
def test_any_texts_can_be_compared(one: str, other: str) -> None:
    here, there = subject(one[:200], one), subject(other[:200], other)
    assert 0 <= score(here, there) <= 1
    assert score(here, here) == pytest.approx(1 if here.record.subject or here.record.text else 0)
