from dataclasses import replace

import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage import corrections as module
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.ticket import TicketId


def correction(number: int = 0, dataset: str = "category") -> Correction:
    return Correction(
        CorrectionId(number), TicketId(1), dataset, Decision.CORRECTED, "Spam", "Phishing", "ana", NOW, "=cmd|'x'!A1",
        ModelId("m1"), "model", 0.1 + 0.2, "the text\nthat was seen",
    )  # fmt: skip


def test_corrections_are_kept_whole_and_in_order(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OF_DATASET", module._OF_DATASET.limit(2))
    add_tickets(storage, 1)
    with storage.write() as uow:
        ids = [uow.corrections.add(correction(99)) for _ in range(5)]
        uow.corrections.add(correction(dataset="other"))
        assert ids == [1, 2, 3, 4, 5]
        assert list(uow.corrections.all("category")) == [correction(number) for number in ids]
        assert list(uow.corrections.all("none")) == []


def test_a_correction_is_marked_not_removed(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        first = uow.corrections.add(correction())
        assert uow.corrections.set_undone(first, undone=True) == replace(correction(1), undone=True)
        assert [each.undone for each in uow.corrections.all("category")] == [True]
        assert uow.corrections.set_undone(first, undone=False) == correction(1)
        with pytest.raises(NotFound):
            uow.corrections.set_undone(CorrectionId(9), undone=True)
