from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.storage.values import MAX_KEY, OUTCOME_CODES, OUTCOMES, from_micros, plain, sort_key, to_micros
from triage_app.domain.item import Outcome


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_come_back_exactly(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at


def test_a_time_of_another_zone_is_the_same_moment_and_a_naive_one_is_refused() -> None:
    zone = timezone(timedelta(hours=5))
    assert to_micros(datetime(2026, 1, 1, 5, tzinfo=zone)) == to_micros(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001 - naive is the case


@given(st.text(st.characters()))
def test_plain_text_can_be_stored_and_valid_text_is_left_alone(text: str) -> None:
    found = plain(text)
    assert "\0" not in found
    found.encode()
    assert plain(found) == found


def test_pairs_of_surrogates_are_the_character_they_mean() -> None:
    assert plain("a\ud83d\ude00b\udfff") == "a😀b\ufffd"


def test_sort_keys_have_no_case_and_an_end() -> None:
    assert sort_key("  ÄRGER Straße") == sort_key("ärger STRASSE ")
    assert len(sort_key("x" * 500)) == MAX_KEY


def test_every_outcome_has_its_own_code() -> None:
    assert {OUTCOMES[OUTCOME_CODES[each]] for each in Outcome} == set(Outcome)
