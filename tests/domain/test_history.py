"""The hash that chains the audit log."""

from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.history import GENESIS, entry_hash

parts = st.lists(st.text(), max_size=4)


@given(parts, parts)
def test_only_equal_parts_have_equal_hashes(one: list[str], other: list[str]) -> None:
    assert (entry_hash(GENESIS, *one) == entry_hash(GENESIS, *other)) == (one == other)


def test_the_split_between_parts_counts() -> None:
    assert entry_hash(GENESIS, "ab", "c") != entry_hash(GENESIS, "a", "bc")


def test_the_entry_before_counts() -> None:
    assert entry_hash(GENESIS, "a") != entry_hash("1" * 64, "a")
