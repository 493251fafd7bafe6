"""The log of executed commands, and taking the last decision back."""

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import NothingToUndo
from triage_app.services.commands import Undo, Undone
from triage_app.services.context import Context
from triage_app.services.inverse import take_back
from triage_app.services.journal import decode_inverse
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.promises import keep_promises
from triage_app.services.queries import AuditList, ListAudit
from triage_app.services.result import Result


def undo(_command: Undo, uow: UnitOfWork, ports: Ports, context: Context) -> Result[Undone]:
    """Take back the caller's newest decision that still stands; called again it takes back the one before."""
    entry = uow.audit.latest_undoable(context.actor)
    if entry is None:
        raise NothingToUndo("There is no decision of yours left to take back.")
    inverse = decode_inverse(entry.inverse)
    changes = take_back(inverse, uow)
    if ChangeKind.CORRECTIONS in changes.kinds and keep_promises(uow, ports, changes.tickets):
        changes = ChangeSet(changes.kinds | {ChangeKind.MODELS}, changes.tickets)
    uow.audit.mark_undone(entry.writer, entry.number)
    return Result(Undone(entry.command, tuple(sorted(changes.tickets))), changes)


def list_audit(query: ListAudit, uow: UnitOfWork, _ports: Ports, _context: Context) -> AuditList:
    """The newest entries."""
    return AuditList(tuple(uow.audit.entries(query.ticket, max(query.limit, 0))))
