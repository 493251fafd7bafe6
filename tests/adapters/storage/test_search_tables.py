from triage_app.adapters.storage.search_tables import patterns, saved_views, ticket_traits, traits, wakes


def test_what_must_be_there_once_is_unique_whatever_the_writers_do() -> None:
    assert [each.name for each in ticket_traits.primary_key] == ["trait_id", "ticket_id"]
    assert [each.name for each in wakes.primary_key] == ["ticket_id"]
    names = {"uq_patterns_digest", "uq_traits_digest", "uq_saved_views_name"}
    assert names <= {each.name for table in (patterns, traits, saved_views) for each in table.constraints}


def test_what_comes_back_at_a_time_is_found_without_reading_the_rest() -> None:
    (timed,) = wakes.indexes
    for dialect in ("sqlite", "postgresql"):
        assert str(timed.dialect_options[dialect]["where"]) == "until IS NOT NULL"
