from triage_app.adapters.storage.tables import NUMBER_SORTS, TEXT_SORTS, VIEW_LANES, Lane, metadata
from triage_app.services.shapes import SORTS, VIEWS


def test_every_sort_and_view_has_its_index_and_lanes() -> None:
    assert {*TEXT_SORTS, *NUMBER_SORTS, "age", "similar"} == set(SORTS)
    assert {*VIEW_LANES, "mine"} == set(VIEWS)
    assert set(VIEW_LANES["all"]) == set(Lane) - {Lane.WITHDRAWN}
    assert set(VIEW_LANES["inbox"]) | set(VIEW_LANES["closed"]) | set(VIEW_LANES["waiting"]) == set(VIEW_LANES["all"])
    indexes = {str(each.name) for each in metadata.tables["tickets"].indexes}
    assert {f"ix_tickets_{sort}" for sort in SORTS if sort != "similar"} | {"ix_tickets_pattern"} <= indexes
