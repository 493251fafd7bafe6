from triage_app.domain.flatten import MAX_LEAVES, MAX_LIST, MAX_VALUE, clean, flatten


def test_leaves_come_shallow_first_with_their_paths() -> None:
    leaves, cut = flatten({"a": {"b": {"c": 1}}, "d": "x", "e": None, "f": [True, "y"], "g": ""})

    assert leaves == [("d", "x"), ("f", ("True", "y")), ("a.b.c", 1)]
    assert not cut


def test_lists_of_objects_keep_their_positions_and_pairs_read_as_an_object() -> None:
    leaves, _ = flatten(
        {"hits": [{"ip": "x"}, {"ip": "y"}], "tags": [{"key": "team", "value": "red"}], "m": [[1], [2]]}
    )

    assert dict(leaves) == {
        "hits.0.ip": "x",
        "hits.1.ip": "y",
        "tags.team": "red",
        "m.0.values": ("1",),
        "m.1.values": ("2",),
    }


def test_bounds() -> None:
    deep: dict[str, object] = {"end": 1}
    for _ in range(100):
        deep = {"a": deep}
    wide = {str(number): number for number in range(MAX_LEAVES * 3)}

    assert flatten(deep) == ([], True)
    assert len(flatten(wide)[0]) == MAX_LEAVES
    assert flatten({"a": ["x"] * (MAX_LIST + 5)})[1]
    assert len(clean("é" * MAX_VALUE * 2)) == MAX_VALUE
    assert flatten({"a": 10**30, "b": float("nan"), "c": float("inf")})[0] == [("a", str(10**30))]


def test_no_store_chokes_on_the_text() -> None:
    assert clean("a\0b\ud800c") == "ab?c"
