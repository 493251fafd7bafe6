from triage_app.adapters.storage.similar_order import is_small


def test_a_small_view_is_sorted_and_a_large_one_walked_along_its_order() -> None:
    assert is_small(1_000, 1_000_000, 200)
    assert not is_small(550_000, 1_000_000, 200)
    assert is_small(0, 1_000_000, 200)
    # Where everything is wanted, a view that holds most is walked.
    assert is_small(10_000, 1_000_000, 0)
    assert not is_small(1_000_000, 1_000_000, 0)
