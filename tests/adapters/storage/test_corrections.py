from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage import corrections as module
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.domain.labels import Held, ModelId
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


def test_the_newest_decisions_on_a_label_of_a_version_are_found(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    sure = replace(correction(), best="Spam", best_confidence=0.9)
    with storage.write() as uow:
        for each in (
            sure,
            replace(sure, best="Phishing"),
            replace(sure, model_id=ModelId("m2")),
            replace(sure, best_confidence=0.79),
            replace(sure, held=Held.STRANGE),
            replace(sure, undone=True),
            replace(sure, held=Held.PROMISE, best_confidence=0.8),
            sure,
        ):
            uow.corrections.add(each)
        found = uow.corrections.newest_of(ModelId("m1"), "Spam", least=0.8, limit=2)
        everything = uow.corrections.newest_of(ModelId("m1"), "Spam", least=0.8, limit=9)

    assert [each.id for each in found] == [8, 7]
    assert [each.id for each in everything] == [8, 7, 1]


def test_corrections_of_a_ticket_are_found(storage: SqlStorage) -> None:
    add_tickets(storage, 2)
    with storage.write() as uow:
        for each in (correction(), replace(correction(), ticket=TicketId(2)), replace(correction(), undone=True)):
            uow.corrections.add(each)
        assert [each.id for each in uow.corrections.of_ticket(TicketId(1))] == [1, 3]


def test_a_correction_is_marked_not_removed(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        first = uow.corrections.add(correction())
        assert uow.corrections.set_undone(first, undone=True) == replace(correction(1), undone=True)
        assert [each.undone for each in uow.corrections.all("category")] == [True]
        assert uow.corrections.set_undone(first, undone=False) == correction(1)
        with pytest.raises(NotFound):
            uow.corrections.set_undone(CorrectionId(9), undone=True)


def test_words_since_a_time_are_counted_from_the_newest_on(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_NEWER", module._NEWER.limit(2))
    add_tickets(storage, 1)
    with storage.write() as uow:
        for minutes in range(6):
            uow.corrections.add(replace(correction(), at=NOW + timedelta(minutes=minutes)))
        late = replace(correction(), at=NOW + timedelta(hours=1))
        for each in (
            replace(late, undone=True),
            replace(late, decision=Decision.STOOD),
            replace(late, decision=Decision.CONFIRMED),
            replace(late, dataset="other"),
        ):
            uow.corrections.add(each)
    with storage.read() as uow:
        assert uow.corrections.count_since("category", NOW, limit=100) == 6
        assert uow.corrections.count_since("category", NOW, limit=4) == 4
        assert uow.corrections.count_since("category", NOW + timedelta(minutes=4), limit=100) == 2
        assert uow.corrections.count_since("category", late.at, limit=100) == 0
        assert uow.corrections.count_since("none", NOW, limit=100) == 0
