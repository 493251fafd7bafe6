import pytest

from tests.adapters.storage.samples import add_tickets
from triage_app.adapters.storage.frequencies import fts_term
from triage_app.adapters.storage.unit_of_work import SqlStorage


def test_a_term_is_never_read_as_an_operator() -> None:
    assert fts_term('a" OR "b*') == '"a  OR  b*"'
    assert fts_term("NEAR\0") == '"NEAR "'


def test_few_are_counted_and_many_are_estimated(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage_app.adapters.storage.frequencies.COUNTED_TO", 20)
    add_tickets(storage, 19, text="seldom common")
    add_tickets(storage, 181, text="common")
    with storage.read() as uow:
        for _ in range(2):
            found = uow.similar.frequencies(["seldom", "common", "never", "bob1", "seldom"])
            assert found["seldom"] == 19
            assert found["never"] == 0
            assert found["common"] == 200
            # Every third ticket is from this person.
            assert 50 <= found["bob1"] <= 80
    add_tickets(storage, 200, text="common")
    with storage.read() as uow:
        assert uow.similar.frequencies(["common"])["common"] == 400


def test_hostile_terms_find_nothing(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    hostile = ['"', "*", "a OR b", "NEAR(", "text:", "\0", "'; --", "\\", "&|!", ""]
    with storage.read() as uow:
        assert set(uow.similar.frequencies(hostile).values()) == {0}
        assert uow.similar.with_terms(hostile, limit=5) == {each: [] for each in hostile}


def test_the_newest_tickets_with_a_term_come_first(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 9)
    with storage.read() as uow:
        assert uow.similar.with_terms(["bob1", "nobody", "bob2"], limit=2) == {
            "bob1": [ids[7], ids[4]], "nobody": [], "bob2": [ids[8], ids[5]],
        }  # fmt: skip
