"""Sources that are asked for alerts over HTTP, for tests: a still clock, settings, and taking as intake does."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.mailboxes import Taker
from tests.workspaces import opened
from triage_app.domain.errors import TriageError
from triage_app.domain.item import RawItem
from triage_app.domain.secret import Secret
from triage_app.domain.source import Manifest, Source, SourceName, validated
from triage_app.services.app import LocalApp
from triage_app.services.context import CancelToken, Context
from triage_app.services.feeds import Connector
from triage_app.services.following import Follower, Tally
from triage_app.services.queries import BalanceSheet, GetBalance

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def still() -> dt.datetime:
    """A clock that stands at NOW."""
    return NOW


def at(minutes: float) -> dt.datetime:
    """So many minutes before NOW."""
    return NOW - dt.timedelta(minutes=minutes)


def configured(manifest: Manifest, **settings: str) -> Source:
    """A source with all defaults but what is given."""
    return Source(SourceName("siem"), manifest.kind, validated(manifest, settings)[0])


@dataclass(frozen=True)
class GivenSecrets:
    """A store that holds the same for every source."""

    secrets: Mapping[str, Secret]
    place = "test"

    def get(self, source: SourceName, field: str) -> Secret | None:
        return self.secrets.get(field)

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        raise NotImplementedError

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        raise NotImplementedError


class Puller:
    """A source that is asked again and again, with the cursors of a workspace between two openings."""

    def __init__(self, connector: Connector, source: Source, **secrets: str) -> None:
        self.taker = Taker()
        self.connector = connector
        self.source = source
        self.secrets = {name: Secret(value) for name, value in secrets.items()}

    def once(self) -> list[RawItem]:
        """Open, take what comes, close."""
        feed = self.connector.open(self.source, self.secrets)
        try:
            return self.taker.take(feed)
        finally:
            feed.close()

    def contents(self) -> list[bytes]:
        """What came so far, each item once, as the ledger holds it."""
        held: dict[tuple[str, int, str], bytes] = {}
        for item in self.taker.items:
            held.setdefault((item.folder, item.uid_validity, item.uid), item.content)
        return list(held.values())

    def pages_until(self, number: int) -> None:
        """Take so many pages and then end, as where the program is killed."""
        feed = self.connector.open(self.source, self.secrets)
        pages = feed.pull(self.taker.cursors, CancelToken())
        for _ in range(number):
            self.taker.hold(next(pages))
        feed.close()

    def in_workspace(self, folder: Path, times: int, between: Callable[[], None]) -> tuple[BalanceSheet, list[str]]:
        """Follow the source with the whole intake, so many times: the balance, and the errors that were told."""
        told = []
        with opened(folder) as app:
            assert isinstance(app, LocalApp)
            connectors = {self.source.kind: self.connector}
            ports = replace(app._ports, connectors=connectors, secrets=GivenSecrets(self.secrets))
            with ports.storage.write() as uow:
                uow.sources.add(self.source, NOW)
            for _ in range(times):
                tally = Tally()
                context = Context("test", NOW)
                Follower(self.source, ports, context, tally).once(context.cancel)
                if tally.error:
                    told.append(tally.error)
                between()
            return app.ask(GetBalance()), told


def tried(connector: Connector, source: Source, **secrets: str) -> str:
    """What a test of the connection says, or the failure."""
    try:
        return connector.test(source, {name: Secret(value) for name, value in secrets.items()}).message
    except TriageError as error:
        return error.message
