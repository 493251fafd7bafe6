import msgspec

from triage_app.domain.evaluation import Quality, Split


def test_what_is_kept_of_an_evaluation_comes_back_as_it_was() -> None:
    quality = Quality(100, 0.9, 0.85, 0.7, 0.95, 0.02)
    assert msgspec.json.decode(msgspec.json.encode(quality), type=Quality) == quality


def test_a_split_is_named_as_people_type_it() -> None:
    assert [each.value for each in Split] == ["group", "time", "random"]
