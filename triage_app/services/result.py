"""What a handler returns: its value, what it changed, how to take it back, and what the log keeps of it."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from triage_app.domain.changes import NOTHING, ChangeSet
from triage_app.services.arguments import Command
from triage_app.services.inverse import Inverse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """The value for the caller, the change set for the listeners, and the inverse (None: cannot be undone).

    `logged_value` stands in the audit log in place of a value that holds a secret, `redacted` in place of a command
    that holds one, where only the handler can tell, or that names a time as it was meant when it was given.
    """

    value: T
    changes: ChangeSet = NOTHING
    inverse: Inverse | None = None
    logged_value: object = None
    redacted: Command[Any] | None = None
