"""Signing in to a source: a person does it elsewhere, and what comes of it is kept with the source's secrets."""

from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.source import SourceName
from triage_app.services.context import Context
from triage_app.services.following import connector_of, secrets_of
from triage_app.services.ports import Ports
from triage_app.services.result import Result
from triage_app.services.source_commands import SignInSource
from triage_app.services.source_queries import SourceRow
from triage_app.services.sources import CHANGES, forgive, row_of


def sign_in(command: SignInSource, ports: Ports, context: Context) -> Result[SourceRow]:
    """Wait for the person, keep the tokens, and have the source tried anew at once.

    Raises NotFound, InvalidState for a kind that is not signed in to so, SourceFailed and Cancelled."""
    name = SourceName(command.name)
    with ports.storage.read() as uow:
        source = uow.sources.get(name)
    road = ports.sign_ins.get(source.kind)
    if road is None:
        raise InvalidState(
            f"{name} is of kind {source.kind}, to which nobody signs in by OAuth. "
            f"Give it its secrets: triage source set {name} --secret NAME"
        )
    found = road(source, secrets_of(source, connector_of(source, ports), ports), context.progress, context.cancel)
    for field, secret in found.items():
        ports.secrets.put(name, field, secret)
    try:
        with ports.storage.write() as uow:
            # Its settings may have changed while the person was busy.
            uow.sources.put(uow.sources.get(name))
            forgive(name, uow)
            return Result(row_of(name, uow, ports), CHANGES)
    except NotFound:
        ports.secrets.remove(name, tuple(found))
        raise
