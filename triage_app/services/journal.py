"""The audit log: one hash-chained entry for every executed command, in the same transaction as what it did."""

from typing import Any

import msgspec

from triage_app.domain.history import GENESIS, AuditEntry, entry_hash
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse
from triage_app.services.ports import UnitOfWork
from triage_app.services.registry import verb_of
from triage_app.services.result import Result

MAX_RESULT = 2_000
"""Characters of a result that the log keeps."""


class Journal:
    """Writes the entries of one writing process; each names the one before by hash, so that a gap or an edit shows.

    Every process has a chain of its own, so that writers never wait for each other.
    """

    def __init__(self, writer: str) -> None:
        self._writer = writer

    def record(self, uow: UnitOfWork, command: object, context: Context, result: Result[Any]) -> None:
        """Log a command that was carried out, with the inverse that takes it back."""
        inverse = "" if result.inverse is None else encode_inverse(result.inverse)
        value = msgspec.json.encode(result.value).decode()[:MAX_RESULT]
        self._append(uow, command, context, value, inverse, tuple(sorted(result.changes.tickets)))

    def record_failure(self, uow: UnitOfWork, command: object, context: Context, code: str) -> None:
        """Log a long command that failed or was stopped; what it did before stays."""
        self._append(uow, command, context, msgspec.json.encode({"error": code}).decode(), "", ())

    def _append(
        self,
        uow: UnitOfWork,
        command: object,
        context: Context,
        result: str,
        inverse: str,
        tickets: tuple[TicketId, ...],
    ) -> None:
        last = uow.audit.last(self._writer)
        number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
        name = verb_of(type(command)).name
        arguments = msgspec.json.encode(command).decode()
        at = context.now.isoformat()
        named = ",".join(map(str, tickets))
        uow.audit.append(
            AuditEntry(
                writer=self._writer,
                number=number,
                at=context.now,
                actor=context.actor,
                command=name,
                arguments=arguments,
                result=result,
                inverse=inverse,
                tickets=tickets,
                previous=previous,
                hash=entry_hash(
                    previous, self._writer, str(number), at, context.actor, name, arguments, result, inverse, named
                ),
            )
        )


def encode_inverse(inverse: Inverse) -> str:
    """The inverse as JSON, as the log keeps it."""
    return msgspec.json.encode(inverse).decode()


def decode_inverse(text: str) -> Inverse:
    """The inverse from the log's JSON."""
    return msgspec.json.decode(text, type=Inverse)
