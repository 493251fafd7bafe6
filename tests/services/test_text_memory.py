from dataclasses import replace

import pytest

from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import TicketId
from triage_app.services import text_memory
from triage_app.services.text_memory import LENGTH, TextMemory

CATEGORY = Dataset("category", "Category", ("a", "b"), "a")
MAPPINGS = object()
IDS = dict.fromkeys(TicketId(number) for number in range(1, 5))


def test_what_was_read_once_is_known_as_far_as_it_is_kept() -> None:
    memory = TextMemory()
    assert memory.known(CATEGORY, IDS, MAPPINGS) == {}
    memory.keep(CATEGORY, {TicketId(1): "one", TicketId(2): "x" * (LENGTH + 1)}, MAPPINGS)
    assert memory.known(CATEGORY, IDS, MAPPINGS) == {1: "one", 2: "x" * LENGTH}
    # and a dataset that reads other fields, or ignores a phrase, reads another text
    assert memory.known(replace(CATEGORY, fields=("subject",)), IDS, MAPPINGS) == {}
    assert memory.known(replace(CATEGORY, ignored=("banner",)), IDS, MAPPINGS) == {}


def test_other_mappings_read_other_texts() -> None:
    memory = TextMemory()
    memory.known(CATEGORY, IDS, MAPPINGS)
    memory.keep(CATEGORY, {TicketId(1): "one"}, MAPPINGS)
    # when the mappings change while somebody still reads under the old ones
    assert memory.known(CATEGORY, IDS, object()) == {}
    memory.keep(CATEGORY, {TicketId(1): "old"}, MAPPINGS)
    assert memory.known(CATEGORY, IDS, memory) == {}


def test_the_text_that_was_not_asked_for_the_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_memory, "KEPT", 2)
    memory = TextMemory()
    memory.known(CATEGORY, IDS, MAPPINGS)
    memory.keep(CATEGORY, {TicketId(1): "one", TicketId(2): "two"}, MAPPINGS)
    memory.known(CATEGORY, {TicketId(1): None}, MAPPINGS)
    memory.keep(CATEGORY, {TicketId(3): "three"}, MAPPINGS)
    assert memory.known(CATEGORY, IDS, MAPPINGS) == {1: "one", 3: "three"}
