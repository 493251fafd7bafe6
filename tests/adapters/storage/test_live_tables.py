from triage_app.adapters.storage.live_tables import cursors, feeds, messages, outbox, tokens
from triage_app.adapters.storage.tables import metadata


def test_a_source_and_its_cursors_are_those_of_the_ledger() -> None:
    for table in (feeds, cursors):
        (key,) = table.c.source_id.foreign_keys
        assert key.column is metadata.tables["sources"].c.id


def test_what_must_be_there_once_is_unique_whatever_the_writers_do() -> None:
    assert tokens.c.digest.unique
    assert tokens.c.name.unique
    assert outbox.c.marker.unique
    assert [each.name for each in cursors.primary_key] == ["source_id", "folder"]


def test_what_waits_to_go_out_is_found_without_reading_what_went_out() -> None:
    (waiting,) = [each for each in outbox.indexes if each.name == "ix_outbox_open"]
    for dialect in ("sqlite", "postgresql"):
        assert str(waiting.dialect_options[dialect]["where"]) == "state IN ('waiting', 'sending')"
    assert any(each.name == "ix_messages_address" for each in messages.indexes)
