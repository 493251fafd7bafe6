"""One function for each thing that a user does on an observable's page: it starts the job behind it."""

from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed
from triage_app.services.search_commands import HeedObservable, IgnoreObservable, ObservableSwitched
from triage_app.services.search_queries import GetPivot, Pivot

SHOWN = 200
"""Tickets of an observable that its page lists, the newest."""


def load_pivot(desk: Desk, value: str, done: Done[Pivot], failed: Failed) -> Job[Pivot]:
    """Read an observable's page; a newer request drops this one."""
    query = GetPivot(value, limit=SHOWN)
    return desk.jobs.start(
        "pivot", Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def ignore(desk: Desk, value: str, done: Done[ObservableSwitched], failed: Failed) -> Job[ObservableSwitched]:
    """Say that an observable tells nothing."""
    return desk.jobs.start(
        "ignore",
        Lane.DO,
        lambda _progress, _cancel: desk.app.execute(IgnoreObservable(value)),
        done,
        failed=failed,
        replaces=False,
    )


def heed(desk: Desk, value: str, done: Done[ObservableSwitched], failed: Failed) -> Job[ObservableSwitched]:
    """Say that an observable tells something again."""
    return desk.jobs.start(
        "heed",
        Lane.DO,
        lambda _progress, _cancel: desk.app.execute(HeedObservable(value)),
        done,
        failed=failed,
        replaces=False,
    )
