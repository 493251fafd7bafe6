from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.domain.poison import OriginKind
from triage_app.services.learning_shapes import Forgotten

EVE = Forgotten("category", OriginKind.ANALYST, "Eve \u0416", NOW, "ana")


def test_whoever_is_forgotten_stays_so_until_recalled(storage: SqlStorage) -> None:
    feed = replace(EVE, kind=OriginKind.SOURCE, value="feed")
    sender = replace(EVE, kind=OriginKind.SENDER, value="evil.example")
    elsewhere = replace(EVE, dataset="language")
    with storage.write() as uow:
        for each in (feed, sender, EVE, elsewhere):
            uow.forgotten.add(each)
        uow.forgotten.add(replace(EVE, at=NOW + timedelta(days=1), by="ben", examples=5))
        assert uow.forgotten.all("category") == [EVE, sender, feed]
    with storage.write() as uow:
        assert uow.forgotten.remove("category", OriginKind.ANALYST, EVE.value) == EVE
        assert uow.forgotten.all("category") == [sender, feed]
        assert uow.forgotten.all("language") == [elsewhere]
        with pytest.raises(NotFound, match="Analyst Eve"):
            uow.forgotten.remove("category", OriginKind.ANALYST, EVE.value)
