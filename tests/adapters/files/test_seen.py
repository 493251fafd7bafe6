import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.files.seen import Seen


@given(st.lists(st.integers(0, 20)))
def test_it_counts_like_a_counter(numbers: list[int]) -> None:
    seen, counter = Seen(), Counter[str]()
    for number in numbers:
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        assert seen.count(digest) == counter[digest]
        counter[digest] += 1


def test_it_grows() -> None:
    seen = Seen()
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(20_000)]

    assert {seen.count(each) for each in digests} == {0}
    assert {seen.count(each) for each in digests} == {1}
    assert seen.count("0" * 64) == 0
    assert seen.count("0" * 64) == 1
