"""The audit log: one hash-chained entry for every executed command, in the same transaction as what it did."""

import json
from typing import Any

import msgspec

from triage_app.domain.history import GENESIS, AuditEntry, entry_hash
from triage_app.domain.ticket import TicketId
from triage_app.services.arguments import Command
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

    def record(self, uow: UnitOfWork, command: Command[Any], context: Context, result: Result[Any]) -> None:
        """Log a command that was carried out, with the inverse that takes it back."""
        inverse = "" if result.inverse is None else encode_inverse(result.inverse)
        value = _json(result.value if result.logged_value is None else result.logged_value)[:MAX_RESULT]
        redacted = command if result.redacted is None else result.redacted
        self._append(uow, redacted, context, value, inverse, tuple(sorted(result.changes.tickets)))

    def record_failure(self, uow: UnitOfWork, command: Command[Any], context: Context, code: str) -> None:
        """Log a long command that failed or was stopped; what it did before stays."""
        self._append(uow, command, context, _json({"error": code}), "", ())

    def _append(
        self,
        uow: UnitOfWork,
        command: Command[Any],
        context: Context,
        result: str,
        inverse: str,
        tickets: tuple[TicketId, ...],
    ) -> None:
        last = uow.audit.last(self._writer)
        number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
        name = verb_of(type(command)).name
        arguments = _json(command.logged())
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
    return _json(inverse)


def decode_inverse(text: str) -> Inverse:
    """The inverse from the log's JSON."""
    return msgspec.json.decode(text, type=Inverse)


def _json(value: object) -> str:
    """JSON of any value; file names that are no valid text, and lone surrogates, lose a character rather than fail."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode()
