from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset, LabelChange, ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.ticket import TicketId
from triage_app.services.labelling import in_todays_words, own_label

LANGUAGE = Dataset("language", "Language", ("Deutsch", "Straße", "日本語"), "Deutsch")


@pytest.mark.parametrize(("said", "label"), [("deutsch", "Deutsch"), (" STRASSE ", "Straße"), ("日本語", "日本語")])
def test_a_label_has_the_spelling_of_its_dataset(said: str, label: str) -> None:
    assert own_label(LANGUAGE, said) == label


def test_a_label_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match=r"language has no label 'Dansk'\. It has: Deutsch, Straße, 日本語\."):
        own_label(LANGUAGE, "Dansk")


class Known:
    """Datasets that are there."""

    def __init__(self, *datasets: Dataset) -> None:
        self.datasets = SimpleNamespace(all=lambda: datasets)


def word(old: str, new: str, decision: Decision) -> Correction:
    at = datetime(2026, 3, 31, 14, 5, tzinfo=UTC)
    return Correction(
        CorrectionId(0), TicketId(1), "language", decision, old, new, "ann", at, "", ModelId("m"), "model", 0.9, "",
        best=old,
    )  # fmt: skip


def test_a_decision_is_stored_with_the_names_of_its_day() -> None:
    change = LabelChange(datetime(2026, 3, 1, tzinfo=UTC), "ann", ("German",), "Deutsch")
    ports: Any = Known(replace(LANGUAGE, history=(change,)))
    # what a ticket shows is the old name, what a person says the new one
    said = in_todays_words(word("German", "Deutsch", Decision.CORRECTED), ports)
    assert (said.old, said.new, said.best, said.decision) == ("Deutsch", "Deutsch", "Deutsch", Decision.CONFIRMED)
    other = in_todays_words(word("German", "Straße", Decision.CORRECTED), ports)
    assert (other.old, other.decision) == ("Deutsch", Decision.CORRECTED)
    stood = in_todays_words(word("German", "German", Decision.STOOD), ports)
    assert (stood.new, stood.decision) == ("Deutsch", Decision.STOOD)
    # without a history, or a dataset, nothing changes
    plain = word("German", "German", Decision.CONFIRMED)
    assert in_todays_words(plain, Known(LANGUAGE)) is plain  # type: ignore[arg-type]
    assert in_todays_words(plain, Known()) is plain  # type: ignore[arg-type]
