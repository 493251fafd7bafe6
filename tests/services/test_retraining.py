"""Training by schedule: when it is due, by one program, logged, and not again and again where it fails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.team import Team, team, texts
from triage_app.bootstrap import build
from triage_app.domain.learning import LearningRules
from triage_app.services.app import LocalApp
from triage_app.services.commands import TrainModel
from triage_app.services.context import CancelToken, Context
from triage_app.services.ports import Ports
from triage_app.services.queries import ListAudit, ListModels
from triage_app.services.retraining import ACTOR, LEASE, Retraining, is_scheduled, pause_after
from triage_app.services.source_commands import SyncSources


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Team]:
    """A team whose settings train after ten corrections."""
    with team(tmp_path / "workspace", "[learning]\nretrain_after = 10\n") as found:
        yield found


class Clock:
    """The real time, and more."""

    def __init__(self, ports: Ports) -> None:
        self._now = ports.clock
        self.later = timedelta(0)

    def __call__(self) -> datetime:
        return self._now() + self.later


def retraining(it: Team, **rules: int) -> tuple[Retraining, Clock]:
    """What looks for what is due in a program on the team's workspace, with its clock."""
    app = it.app
    assert isinstance(app, LocalApp)
    ports = app._ports
    clock = Clock(ports)
    learning = replace(ports.settings.learning, **rules)  # type: ignore[arg-type]  # the tests name real fields
    changed = replace(ports, clock=clock, settings=replace(ports.settings, learning=learning))

    def carry_out(command: object, actor: str, cancel: CancelToken) -> None:
        assert isinstance(command, TrainModel)
        app.execute(command, actor=actor, cancel=cancel)

    return Retraining(changed, Context("maria", clock(), carry_out=carry_out)), clock


def trainings(it: Team) -> list[tuple[str, str]]:
    """Who trained, the newest first, with what came of it."""
    entries = it.app.ask(ListAudit(limit=50)).entries
    return [(each.actor, each.result) for each in entries if each.command == "train"]


def test_it_trains_after_so_many_corrections_and_logs_that_as_the_schedules(it: Team) -> None:
    schedule, _ = retraining(it)
    it.teach(texts(9, 3))
    schedule.once(CancelToken())
    assert len(it.versions()) == 1
    # when the tenth comes
    it.teach(texts(1, 4))
    schedule.once(CancelToken())
    # then
    assert len(it.versions()) == 2
    assert it.versions()[0].corrections == 10
    assert trainings(it)[0][0] == ACTOR
    # and what it was trained for does not count again
    schedule.once(CancelToken())
    assert len(it.versions()) == 2


def test_words_that_were_taken_back_or_only_let_stand_do_not_count(it: Team) -> None:
    schedule, _ = retraining(it)
    it.teach(texts(10, 3))
    with it.storage.write() as uow:
        first = next(iter(uow.corrections.all("team")))
        uow.corrections.set_undone(first.id, undone=True)
    schedule.once(CancelToken())
    assert len(it.versions()) == 1


def test_it_trains_after_so_many_days_if_anything_was_said(it: Team) -> None:
    schedule, clock = retraining(it, retrain_after=0, retrain_days=7)
    clock.later = timedelta(days=8)
    schedule.once(CancelToken())
    assert len(it.versions()) == 1
    it.teach(texts(1, 3))
    clock.later = timedelta(days=6)
    schedule.once(CancelToken())
    assert len(it.versions()) == 1
    clock.later = timedelta(days=7, minutes=1)
    schedule.once(CancelToken())
    assert len(it.versions()) == 2


def test_two_programs_on_a_workspace_do_not_both_train(it: Team) -> None:
    # given a training that another program has begun, and that it was killed in
    it.teach(texts(10, 3))
    schedule, clock = retraining(it)
    with it.storage.write() as uow:
        assert uow.schedules.claim("team", clock(), clock() + LEASE)
    schedule.once(CancelToken())
    assert len(it.versions()) == 1
    # then nobody waits for it for ever
    clock.later = LEASE + timedelta(minutes=1)
    schedule.once(CancelToken())
    assert len(it.versions()) == 2


def test_a_training_that_fails_is_told_and_waits_longer_each_time(it: Team) -> None:
    # given a dataset that cannot be learnt from any more
    it.teach(texts(10, 3))
    settings = it.folder / "datasets" / "team" / "dataset.toml"
    good = settings.read_text("utf-8")
    settings.write_text(good.replace("labels = [", 'labels = ["Nobody", '), "utf-8")
    schedule, clock = retraining(it)
    schedule.once(CancelToken())
    schedule.once(CancelToken())
    # then it failed once, the log and the list of versions say so, and the version in force stays
    assert [actor for actor, _ in trainings(it)].count(ACTOR) == 1
    assert "error" in trainings(it)[0][1]
    (problem,) = it.app.ask(ListModels(dataset="team")).problems
    assert problem.startswith("Training team by schedule failed: ")
    assert len(it.versions()) == 1
    # an hour later again, then in two
    for hours, tries in ((1, 2), (2, 2), (3.2, 3)):
        clock.later = timedelta(hours=hours, minutes=1)
        schedule.once(CancelToken())
        assert [actor for actor, _ in trainings(it)].count(ACTOR) == tries
    # until it is mended
    settings.write_text(good, "utf-8")
    clock.later = timedelta(days=2)
    schedule.once(CancelToken())
    assert it.app.ask(ListModels(dataset="team")).problems == ()


def test_a_cancel_is_no_failure(it: Team) -> None:
    it.teach(texts(10, 3))
    schedule, _ = retraining(it)
    cancel = CancelToken()
    cancel.cancel()
    schedule.once(cancel)
    schedule.follow(cancel)
    assert len(it.versions()) == 1
    assert not it.app.ask(ListModels(dataset="team")).problems


def test_pauses_grow_to_a_day_and_nothing_is_scheduled_unless_wanted() -> None:
    hours = [pause_after(failures) / timedelta(hours=1) for failures in (1, 2, 3, 5, 6, 1_000)]
    assert hours == [1, 2, 4, 16, 24, 24]
    assert not is_scheduled(LearningRules())
    assert is_scheduled(LearningRules(retrain_days=1))
    assert is_scheduled(LearningRules(retrain_after=1))


def test_following_sources_trains_as_well(it: Team) -> None:
    # given a second program on the workspace that follows
    it.teach(texts(10, 3))
    app = build(it.folder)
    cancel = CancelToken()
    stop = app.subscribe(lambda _changes: cancel.cancel())
    try:
        # when, until something changes
        app.execute(SyncSources(follow=True), cancel=cancel)
    finally:
        stop()
        app.close()
    # then
    assert len(it.versions()) == 2
