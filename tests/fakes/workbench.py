"""An App on a real database, whose alerts are written as what a rule sees of them: fast enough for thousands of runs.

No file is read, no process started and no model trained; all that decides, stores and takes back is the real thing.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

from tests.fakes.analyser import HereAnalyser
from tests.fakes.box import MemorySecrets
from tests.fakes.files import MemoryFiles
from triage_app.adapters.parquet import parquet
from triage_app.adapters.printing import ChildPrinter
from triage_app.adapters.rules.mapping_files import MappingFiles
from triage_app.adapters.rules.template_files import TemplateFiles
from triage_app.adapters.runner import ThreadRunner
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.bootstrap import resources_dir
from triage_app.domain.dedup import (
    KeyPart,
    Level,
    OnClosed,
    Rule,
    RuleKey,
    RuleName,
    RuleSet,
    Window,
    WindowKind,
)
from triage_app.domain.item import Form
from triage_app.domain.learning import Model
from triage_app.domain.observable import OwnNames
from triage_app.domain.ticket import Severity, TicketId
from triage_app.services.analysis import analyse
from triage_app.services.app import App, LocalApp
from triage_app.services.commands import ImportFiles, ImportReport
from triage_app.services.feeds import Connector, Runner, SignIn
from triage_app.services.outgoing import Outlets
from triage_app.services.ports import Ports, Settings
from triage_app.services.queries import ListTicketIds
from triage_app.services.shapes import Analysis, PendingItem

BEGIN = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """What a rule sees of an item: its name and key, how bad it is, and to whom it went."""

    rule: str
    key: str
    severity: Severity = Severity.LOW
    recipients: tuple[str, ...] = ()


class Workbench:
    """An App with what tests want to reach: its storage and a way to let items come in."""

    def __init__(self, app: App, storage: SqlStorage, files: MemoryFiles, ports: Ports, folder: Path) -> None:
        self.folder = folder
        self.app = app
        self.storage = storage
        self.ports = ports
        self.files = files
        self._numbers = count(1)

    def intake(self, *items: Item) -> ImportReport:
        """Import items, each one new."""
        path = f"alerts-{next(self._numbers)}"
        self.files.alerts = {path: [written(each, next(self._numbers)) for each in items]}
        return self.app.execute(ImportFiles((path,)), actor="intake")

    def intake_mail(self, *contents: bytes) -> ImportReport:
        """Import mails from a file."""
        path = f"mails-{next(self._numbers)}"
        self.files.mails = {path: contents}
        return self.app.execute(ImportFiles((path,)), actor="intake")

    def advance(self, time: timedelta) -> None:
        """Let time pass."""
        assert isinstance(self.ports.clock, _Clock)
        self.ports.clock.advance(time)

    def tickets(self, most: int = 0) -> Sequence[TicketId]:
        """All tickets, the oldest first."""
        return sorted(self.app.ask(ListTicketIds(view="all", limit=most)).ids)


@contextmanager
def workbench(
    url: str = "",
    *connectors: Connector,
    runner: Runner | None = None,
    outlets: Mapping[str, Outlets] | None = None,
    sign_ins: Mapping[str, SignIn] | None = None,
) -> Iterator[Workbench]:
    """A workbench on a database; on a new one in memory where none is named."""
    folder = Path(tempfile.mkdtemp(prefix="triage-", dir=_fast_place()))
    storage = open_storage(url or f"sqlite:///{folder / 'triage.db'}")
    files = MemoryFiles()
    clock = _Clock()
    numbers = count()
    nothing = cast("Any", _Nothing())
    ports = Ports(
        storage=storage,
        files=files,
        analyser=HereAnalyser(_analyses),
        models=nothing,
        datasets=nothing,
        rules=cast("Any", _Rules()),
        mappings=MappingFiles(folder, folder / "none"),
        templates=TemplateFiles(folder, resources_dir() / "templates"),
        sanitise=lambda html: html,
        clock=clock,
        chance=lambda: f"chance-{next(numbers)}",
        settings=Settings("maria"),
        demo=(),
        connectors={each.manifest.kind: each for each in connectors},
        sign_ins=sign_ins or {},
        outlets=outlets or {},
        secrets=MemorySecrets(),
        runner=runner or ThreadRunner(),
        parquet=parquet,
        printer=ChildPrinter(),
    )
    try:
        yield Workbench(LocalApp(ports, writer="test", close=storage.close), storage, files, ports, folder)
    finally:
        storage.close()
        shutil.rmtree(folder)


class _Clock:
    """A clock that goes on by a second with each look."""

    def __init__(self) -> None:
        self._now = BEGIN - timedelta(seconds=1)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def advance(self, time: timedelta) -> None:
        """Let time pass."""
        self._now += time


RULES = tuple(f"{level.value}-{closed.value}" for level in Level for closed in OnClosed)
"""One rule for each level and each way with closed first tickets, by name; all group by key, for ever."""


class _Rules:
    """The rules above; only their keys are not compiled, since items bring theirs."""

    def load(self) -> RuleSet:
        return _RULES


class _Nothing:
    """No models, no datasets."""

    def all(self) -> Sequence[object]:
        return ()


def _rule(name: str) -> Rule:
    level, closed = name.split("-")
    return Rule(
        name=RuleName(name),
        title=name,
        enabled=True,
        when=lambda _fields: True,
        parts=(KeyPart("host.name", "host.name"),),
        key=lambda _fields: (None,),
        window=Window(WindowKind.FOREVER),
        level=Level(level),
        on_closed=OnClosed(closed),
    )


_RULES = RuleSet(tuple(_rule(name) for name in RULES), "test")


def written(item: Item, number: int) -> bytes:
    """An item as its source brings it."""
    return json.dumps([item.rule, item.key, int(item.severity), item.recipients, number]).encode()


def _analyses(items: Sequence[PendingItem], _models: Sequence[Model]) -> Sequence[Analysis]:
    return [analyse([each], (), OwnNames())[0] if each.form is Form.MAIL else _analysis(each) for each in items]


def _analysis(item: PendingItem) -> Analysis:
    rule, key, severity, recipients, number = json.loads(item.content)
    return Analysis(
        subject=f"{rule} {key} {number}",
        event_at=item.received_at,
        severity=Severity(severity),
        form=Form.ALERT,
        keys=(RuleKey(RuleName(rule), (key,)),) if rule else (),
        recipients=frozenset(recipients),
    )


def _fast_place() -> str | None:
    """Where files are memory, if there is such a place."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None
