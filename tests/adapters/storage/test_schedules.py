from datetime import timedelta

from tests.adapters.storage.samples import NOW
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.services.learning_shapes import ScheduledTraining

LATER = NOW + timedelta(hours=2)


def test_one_of_two_programs_gets_the_training_and_after_a_failure_nobody_for_a_while(storage: SqlStorage) -> None:
    with storage.write() as uow:
        assert uow.schedules.claim("category", NOW, LATER)
    with storage.write() as uow:
        assert not uow.schedules.claim("category", NOW, LATER)
        assert uow.schedules.claim("language", NOW, LATER)
        # it failed
        uow.schedules.release("category", NOW + timedelta(hours=1), "no memory\0")
    with storage.write() as uow:
        assert not uow.schedules.claim("category", NOW + timedelta(minutes=59), LATER)
        assert uow.schedules.claim("category", NOW + timedelta(hours=1), LATER)
        uow.schedules.release("category", LATER, "again")
        assert uow.schedules.all() == [
            ScheduledTraining("category", LATER, 2, "again"),
            ScheduledTraining("language", LATER, 0, ""),
        ]
        # it went well, and whoever was killed meanwhile does not hold it for ever
        uow.schedules.release("category", NOW, "")
        assert uow.schedules.all()[0] == ScheduledTraining("category", NOW, 0, "")
        assert uow.schedules.claim("language", LATER, LATER + timedelta(hours=2))
