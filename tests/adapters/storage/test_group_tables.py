from triage_app.adapters.storage.group_tables import FIGURES, dedup_groups, dedup_rules
from triage_app.adapters.storage.tables import metadata


def test_every_rule_counts_every_figure() -> None:
    assert set(FIGURES) == {each.name for each in dedup_rules.columns} - {"id", "name", "last_at"}


def test_the_newest_group_of_a_key_is_found_by_an_index() -> None:
    indexes = {tuple(column.name for column in index.columns) for index in dedup_groups.indexes}
    assert ("digest", "id") in indexes


def test_the_tables_are_part_of_the_schema() -> None:
    assert {f"dedup_{name}" for name in ("rules", "groups", "repeats", "links", "pairs")} <= set(metadata.tables)
