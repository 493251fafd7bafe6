from triage_app.adapters.storage.learning_tables import (
    double_reviews,
    forgotten_origins,
    shadow_answers,
    ticket_tags,
)


def test_what_must_be_there_once_is_unique_whatever_the_writers_do() -> None:
    assert [each.name for each in shadow_answers.primary_key] == ["model_id", "ticket_id"]
    assert [each.name for each in ticket_tags.primary_key] == ["ticket_id", "dataset"]
    names = {"uq_forgotten_origins_dataset_kind_value", "uq_double_reviews_ticket_id_dataset"}
    assert names <= {each.name for table in (forgotten_origins, double_reviews) for each in table.constraints}


def test_reviews_that_wait_are_found_without_reading_those_that_are_done() -> None:
    (waiting,) = double_reviews.indexes
    for dialect in ("sqlite", "postgresql"):
        assert str(waiting.dialect_options[dialect]["where"]) == "second = ''"
