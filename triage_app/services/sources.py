"""Live sources: adding and changing them, looking at them, and taking in what they hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput
from triage_app.domain.ledger import Balance
from triage_app.domain.secret import Secret
from triage_app.domain.source import (
    FieldKind,
    Manifest,
    Source,
    SourceName,
    SourceState,
    Tested,
    checked_name,
    validated,
)
from triage_app.services.context import Context
from triage_app.services.feeds import Connector
from triage_app.services.following import connector_of, secrets_of
from triage_app.services.inverse import Inverse, SourceBefore
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.retraining import is_scheduled
from triage_app.services.source_commands import (
    AddSource,
    PauseSource,
    RemoveSource,
    ResumeSource,
    SetSource,
)
from triage_app.services.source_queries import (
    ListSourceKinds,
    ListSources,
    SourceKind,
    SourceKinds,
    SourceList,
    SourceRow,
    TestSource,
)
from triage_app.services.waking import any_by_time

CHANGES = changed(ChangeKind.SOURCES)

Finish = Callable[[UnitOfWork], Result[SourceRow]]

# -- adding and changing ------------------------------------------------------------------------------


def add(command: AddSource, ports: Ports, _context: Context) -> Finish:
    """Check, keep the secrets, then store. Raises InvalidInput for a kind, name or setting that will not do."""
    connector = _connector(command.kind, ports)
    manifest = connector.manifest
    name = checked_name(command.name)
    settings, secrets = validated(manifest, _given(manifest, command.settings, command.secrets))
    with ports.storage.read() as uow:
        if any(source.name == name for source, _ in uow.sources.all()):
            raise InvalidInput(f"There is a source {name!r} already. Choose another name, or change that one.")
    _keep(name, secrets, ports)
    source = Source(name, manifest.kind, settings, command.paused)

    def finish(uow: UnitOfWork) -> Result[SourceRow]:
        uow.sources.add(source, ports.clock())
        redacted = replace(command, settings=_open(manifest, command.settings), secrets=tuple(sorted(secrets)))
        return Result(row_of(name, uow, ports), CHANGES, redacted=redacted)

    return finish


def set_(command: SetSource, ports: Ports, _context: Context) -> Finish:
    """Check the settings with those that stay, keep the secrets, then store; what failed before is forgotten."""
    with ports.storage.read() as uow:
        before = uow.sources.get(SourceName(command.name))
    connector = connector_of(before, ports)
    manifest = connector.manifest
    settings, _ = validated(
        manifest, _with_stored(before, connector, _given(manifest, command.settings, command.secrets), ports)
    )
    given = _given(manifest, command.settings, command.secrets)
    _keep(before.name, {field: given[field] for field in manifest.secrets if field in given}, ports)

    def finish(uow: UnitOfWork) -> Result[SourceRow]:
        uow.sources.put(replace(before, settings=settings))
        forgive(before.name, uow)
        redacted = replace(
            command,
            settings=_open(manifest, command.settings),
            secrets=tuple(field for field in manifest.secrets if field in given),
        )
        return Result(row_of(before.name, uow, ports), CHANGES, Inverse(source=SourceBefore(before)), redacted=redacted)

    return finish


def pause(command: PauseSource, uow: UnitOfWork, ports: Ports, _context: Context) -> Result[SourceRow]:
    """Followers notice within a second."""
    return _set_paused(command.name, uow, ports, paused=True)


def resume(command: ResumeSource, uow: UnitOfWork, ports: Ports, _context: Context) -> Result[SourceRow]:
    """Followers notice within a second, and try at once."""
    result = _set_paused(command.name, uow, ports, paused=False)
    forgive(SourceName(command.name), uow)
    return replace(result, value=row_of(SourceName(command.name), uow, ports))


def remove(command: RemoveSource, ports: Ports, _context: Context) -> Finish:
    """Forget the secrets, then the rest. Undo brings all back but the secrets."""
    name = SourceName(command.name)
    with ports.storage.read() as uow:
        source = uow.sources.get(name)
    connector = ports.connectors.get(source.kind)
    if connector is not None and connector.manifest.secrets:
        ports.secrets.remove(name, connector.manifest.secrets)

    def finish(uow: UnitOfWork) -> Result[SourceRow]:
        row = row_of(name, uow, ports)
        now = ports.clock()
        before = SourceBefore(uow.sources.get(name), now, tuple(uow.sources.cursors(name).values()))
        uow.sources.remove(name)
        return Result(row, CHANGES, Inverse(source=before))

    return finish


def _set_paused(name: str, uow: UnitOfWork, ports: Ports, *, paused: bool) -> Result[SourceRow]:
    before = uow.sources.get(SourceName(name))
    uow.sources.put(replace(before, paused=paused))
    return Result(row_of(before.name, uow, ports), CHANGES, Inverse(source=SourceBefore(before)))


def forgive(name: SourceName, uow: UnitOfWork) -> None:
    """Whoever changed something wants to see at once whether it helps."""
    uow.sources.save_state(name, replace(uow.sources.state(name), error="", trouble=None, failures=0, next_try=None))


def _keep(name: SourceName, secrets: Mapping[str, str], ports: Ports) -> None:
    for field, text in secrets.items():
        ports.secrets.put(name, field, Secret(text))


# -- what was typed -----------------------------------------------------------------------------------


def _connector(kind: str, ports: Ports) -> Connector:
    found = ports.connectors.get(kind)
    if found is None:
        known = ", ".join(sorted(ports.connectors)) or "none"
        raise InvalidInput(f"There is no kind of source named {kind!r}. There are: {known}.")
    return found


def _given(manifest: Manifest, settings: Sequence[str], secrets: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE texts as values by field; a list's lines may come one by one. Raises InvalidInput."""
    lists = {each.name for each in manifest.fields if each.kind is FieldKind.LIST}
    found: dict[str, str] = {}
    for each in settings:
        name, value = _parted(each)
        found[name] = f"{found[name]}\n{value}" if name in lists and name in found else value
    for each in secrets:
        name, value = _parted(each)
        if name not in manifest.secrets:
            names = ", ".join(manifest.secrets) or "none"
            raise InvalidInput(f"{name!r} is no secret of a source of kind {manifest.kind}. It has: {names}.")
        found[name] = value
    return found


def _parted(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise InvalidInput("A setting is given as NAME=VALUE, such as host=imap.example.org.")
    return name.strip(), value


def _open(manifest: Manifest, settings: Sequence[str]) -> tuple[str, ...]:
    """The settings as given, without those that are secret."""
    return tuple(each for each in settings if _parted(each)[0] not in manifest.secrets)


def _with_stored(source: Source, connector: Connector, given: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """What is given over what is stored. The stored secrets are asked for only where they are needed."""
    manifest = connector.manifest
    known = {each.name for each in manifest.fields}
    values = {key: value for key, value in source.settings.items() if key in known}
    if any(field not in given for field in manifest.secrets):
        values |= {field: secret.reveal() for field, secret in secrets_of(source, connector, ports).items()}
    return values | dict(given)


# -- looking ------------------------------------------------------------------------------------------


def list_sources(_query: ListSources, uow: UnitOfWork, ports: Ports, _context: Context) -> SourceList:
    """Every source with its state and balance."""
    balances = {each.source: each for each in uow.ledger.balance()}
    rows = tuple(_row(source, state, balances, ports) for source, state in uow.sources.all())
    scheduled = is_scheduled(ports.settings.learning) or any_by_time(uow) or bool(uow.similar.unread(limit=1))
    return SourceList(rows, ports.secrets.place, scheduled)


def list_kinds(query: ListSourceKinds, _uow: UnitOfWork, ports: Ports, _context: Context) -> SourceKinds:
    """The manifests, mailboxes first; raises InvalidInput for a kind that is not there."""
    found = [_connector(query.kind, ports)] if query.kind else list(ports.connectors.values())
    manifests = [each.manifest for each in found]
    return SourceKinds(
        tuple(SourceKind(each.kind, each.title, each.summary, each.pushes, each.fields) for each in manifests)
    )


def test(query: TestSource, ports: Ports, _context: Context) -> Tested:
    """Connect with what is stored and what is given. Raises SourceFailed, or InvalidInput for settings."""
    if query.kind:
        connector = _connector(query.kind, ports)
        settings, texts = validated(connector.manifest, _given(connector.manifest, query.settings, query.secrets))
        name = checked_name(query.name or query.kind)
    else:
        with ports.storage.read() as uow:
            source = uow.sources.get(SourceName(query.name))
        connector = connector_of(source, ports)
        given = _given(connector.manifest, query.settings, query.secrets)
        settings, texts = validated(connector.manifest, _with_stored(source, connector, given, ports))
        name = source.name
    secrets = {field: Secret(text) for field, text in texts.items()}
    return connector.test(Source(name, connector.manifest.kind, settings), secrets)


def row_of(name: SourceName, uow: UnitOfWork, ports: Ports) -> SourceRow:
    """A source as it is shown; raises NotFound."""
    balances = {each.source: each for each in uow.ledger.balance()}
    return _row(uow.sources.get(name), uow.sources.state(name), balances, ports)


def _row(source: Source, state: SourceState, balances: Mapping[str, Balance], ports: Ports) -> SourceRow:
    connector = ports.connectors.get(source.kind)
    road = ports.sign_ins.get(source.kind)
    counts = balances.get(source.name, Balance(source.name, 0, 0, 0, 0, 0, 0))
    return SourceRow(
        name=source.name,
        kind=source.kind,
        title=source.kind if connector is None else connector.manifest.title,
        status=_status(source, state),
        last_success=state.last_success,
        last_item=state.last_item,
        next_try=None if source.paused else state.next_try,
        error=state.error,
        trouble=state.trouble,
        failures=state.failures,
        tls=state.tls,
        on_server=state.on_server,
        skipped=state.skipped,
        seen=counts.seen,
        ticketed=counts.ticketed,
        merged=counts.merged,
        dropped=counts.dropped,
        parked=counts.parked,
        pending=counts.pending,
        settings=tuple(sorted(source.settings.items())),
        signs_in=road is not None and road.fits(source),
    )


def _status(source: Source, state: SourceState) -> str:
    if source.paused:
        return "paused"
    if state.failures:
        return "failing"
    return "new" if state.last_success is None else "ok"
