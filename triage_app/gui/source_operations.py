"""One function for each thing that a user does about live sources: it starts the job behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from triage_app.domain.source import Tested
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Progressed
from triage_app.services.arguments import Command
from triage_app.services.queries import BalanceSheet, GetBalance
from triage_app.services.source_commands import (
    AddSource,
    PauseSource,
    RemoveSource,
    ResumeSource,
    SetSource,
    SignInSource,
    SyncReport,
    SyncSources,
)
from triage_app.services.source_queries import (
    ListSourceKinds,
    ListSources,
    SourceKinds,
    SourceList,
    SourceRow,
    TestSource,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form holds: settings and secrets as NAME=VALUE. `stored`: the source is there already."""

    name: str
    kind: str
    stored: bool
    settings: tuple[str, ...]
    secrets: tuple[str, ...] = field(repr=False)


# -- questions -----------------------------------------------------------------------------------------------------


def load_sources(desk: Desk, done: Done[SourceList], failed: Failed) -> Job[SourceList]:
    """Read the sources and how each fares; a newer request drops this one."""
    return desk.jobs.start(
        "sources", Lane.ASK, lambda _progress, cancel: desk.app.ask(ListSources(), cancel=cancel), done, failed=failed
    )


def load_kinds(desk: Desk, done: Done[SourceKinds], failed: Failed) -> Job[SourceKinds]:
    """Read which kinds of sources there are."""
    return desk.jobs.start(
        "source-kinds",
        Lane.ASK,
        lambda _progress, cancel: desk.app.ask(ListSourceKinds(), cancel=cancel),
        done,
        failed=failed,
    )


def load_balance_sheet(desk: Desk, done: Done[BalanceSheet], failed: Failed) -> Job[BalanceSheet]:
    """Read the balance for its screen; apart from the line at the foot, which would replace it."""
    return desk.jobs.start(
        "balance-sheet",
        Lane.ASK,
        lambda _progress, cancel: desk.app.ask(GetBalance(), cancel=cancel),
        done,
        failed=failed,
    )


def try_stored(desk: Desk, name: str, done: Done[Tested], failed: Failed) -> Job[Tested]:
    """Connect to a stored source as it is set, look and disconnect."""
    return _test(desk, TestSource(name), done, failed)


def try_draft(desk: Desk, draft: Draft, done: Done[Tested], failed: Failed) -> Job[Tested]:
    """Connect with what a form holds, without storing it."""
    kind = "" if draft.stored else draft.kind
    query = TestSource(draft.name, kind=kind, settings=draft.settings, secrets=draft.secrets)
    return _test(desk, query, done, failed)


def _test(desk: Desk, query: TestSource, done: Done[Tested], failed: Failed) -> Job[Tested]:
    return desk.jobs.start(
        "test-source", Lane.LONG, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


# -- decisions -----------------------------------------------------------------------------------------------------


def save_draft(desk: Desk, draft: Draft, done: Done[SourceRow], failed: Failed) -> Job[SourceRow]:
    """Add the source of a form, or change the one that is there."""
    command: Command[SourceRow]
    if draft.stored:
        command = SetSource(draft.name, settings=draft.settings, secrets=draft.secrets)
    else:
        command = AddSource(draft.kind, draft.name, settings=draft.settings, secrets=draft.secrets)
    return _do(desk, "save-source", command, done, failed)


def pause(desk: Desk, name: str, done: Done[SourceRow]) -> Job[SourceRow]:
    """Stop following a source until it is resumed."""
    return _do(desk, "pause-source", PauseSource(name), done)


def resume(desk: Desk, name: str, done: Done[SourceRow]) -> Job[SourceRow]:
    """Follow a source again; one that is followed is connected to anew at once."""
    return _do(desk, "resume-source", ResumeSource(name), done)


def remove(desk: Desk, name: str, done: Done[SourceRow]) -> Job[SourceRow]:
    """Forget a source; what it brought stays."""
    return _do(desk, "remove-source", RemoveSource(name), done)


def _do(
    desk: Desk, kind: str, command: Command[SourceRow], done: Done[SourceRow], failed: Failed | None = None
) -> Job[SourceRow]:
    return desk.jobs.start(
        kind, Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )


def sign_in(desk: Desk, name: str, done: Done[SourceRow], failed: Failed, progressed: Progressed) -> Job[SourceRow]:
    """Have a person sign in elsewhere; the progress says where. A newer sign-in ends this one."""
    return desk.jobs.start(
        "sign-in-source",
        Lane.LONG,
        lambda progress, cancel: desk.app.execute(SignInSource(name), progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


# -- taking in -----------------------------------------------------------------------------------------------------


def sync(desk: Desk, name: str, done: Done[SyncReport], failed: Failed, progressed: Progressed) -> Job[SyncReport]:
    """Take in what one source holds now."""
    return desk.jobs.start(
        "sync-source",
        Lane.LONG,
        lambda progress, cancel: desk.app.execute(SyncSources(name, once=True), progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


def follow(desk: Desk, done: Done[SyncReport], failed: Failed, progressed: Progressed) -> Job[SyncReport]:
    """Follow all sources until it is cancelled; it stands on its own lane and makes no desk busy."""
    return desk.jobs.start(
        "follow",
        Lane.FOLLOW,
        lambda progress, cancel: desk.app.execute(SyncSources(follow=True), progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


def draft_of(
    kind: str, name: str, values: Sequence[tuple[str, str]], secrets: Sequence[tuple[str, str]], *, stored: bool
) -> Draft:
    """A draft from the values of a form; a secret that was left empty is not named, and so stays what it is."""
    given: tuple[Any, ...] = tuple(f"{key}={value}" for key, value in secrets if value)
    return Draft(name, kind, stored, tuple(f"{key}={value}" for key, value in values), given)
