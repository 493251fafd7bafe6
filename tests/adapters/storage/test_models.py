from dataclasses import replace

import pytest

from tests.adapters.storage.samples import NOW
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound, StorageFailed
from triage_app.domain.labels import ModelId, Training
from triage_app.domain.learning import Model


def model(name: str, dataset: str = "category") -> Model:
    return Model(
        ModelId(name), dataset, NOW, ("Phishing", "Spam"), 500, 3, "d" * 64, "f" * 64, ModelId("p"),
        Training(dim=16, lr=0.1), False,
    )  # fmt: skip


def test_one_version_of_a_dataset_is_in_force(storage: SqlStorage) -> None:
    with storage.write() as uow:
        for each in (model("a"), model("b"), model("x", "other")):
            uow.models.add(each)
        assert uow.models.active("category") is None
        uow.models.activate(ModelId("a"))
        uow.models.activate(ModelId("x"))
        uow.models.activate(ModelId("b"))
        uow.models.activate(ModelId("b"))
        assert uow.models.active("category") == replace(model("b"), active=True)
        assert uow.models.all("category") == [replace(model("b"), active=True), model("a")]
        assert [each.id for each in uow.models.all(None)] == ["x", "b", "a"]
        with pytest.raises(NotFound):
            uow.models.activate(ModelId("c"))


def test_a_name_is_given_once(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.models.add(model("a"))
    with pytest.raises(StorageFailed), storage.write() as uow:
        uow.models.add(model("a"))
    with storage.read() as uow:
        assert uow.models.all(None) == [model("a")]


def test_what_is_in_use_is_in_force_or_in_the_shadow(storage: SqlStorage) -> None:
    with storage.write() as uow:
        for each in (model("a"), model("b"), model("c"), model("x", "other")):
            uow.models.add(each)
        assert uow.models.in_use() == []
        uow.models.activate(ModelId("a"))
        uow.models.activate(ModelId("x"))
        uow.models.set_shadow(ModelId("b"), shadow=True)
    with storage.read() as uow:
        assert [(each.id, each.active, each.shadow) for each in uow.models.in_use()] == [
            ("x", True, False),
            ("b", False, True),
            ("a", True, False),
        ]
