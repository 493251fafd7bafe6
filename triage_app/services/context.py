"""What a command is told about its call: who, when, how to report progress, and whether to stop."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from triage_app.domain.changes import ChangeSet
from triage_app.domain.errors import Cancelled
from triage_app.services.arguments import Command


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person has to do elsewhere while a command waits: open an address and enter a code.

    Where the code is empty, the browser that opens the address is led back to the machine that waits, so that it has
    to be there.
    """

    address: str
    code: str

    @property
    def sentence(self) -> str:
        """It as a door without buttons says it."""
        if not self.code:
            return f"In a browser on the machine that holds the workspace, open {self.address}"
        return f"Open {self.address} and enter the code {self.code}"


@dataclass(frozen=True, slots=True)
class Progress:
    """Work done so far out of `total` (0 while unknown), with a word for what is counted.

    An `invitation` is repeated in each progress while it stands; a door shows it at once, also where it shows no
    progress. `loss` is the mean loss of a training by now.
    """

    done: int
    total: int
    what: str
    invitation: Invitation | None = None
    loss: float | None = None


class CancelToken:
    """A flag that one thread sets and a long command checks between pages, items and chunks."""

    __slots__ = ("_set",)

    def __init__(self) -> None:
        self._set = False

    def cancel(self) -> None:
        """Ask the command to stop at its next check; safe from any thread."""
        self._set = True

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._set

    def check(self) -> None:
        """Raise `Cancelled` if a stop was asked for."""
        if self._set:
            raise Cancelled("Stopped as asked. What was done before is kept.")


def ignore_progress(_progress: Progress) -> None:
    """A listener for calls that show no progress."""


def ignore_changes(_changes: ChangeSet) -> None:
    """A publisher for calls that nobody watches."""


def carry_out_nothing(_command: Command[Any], _actor: str, _cancel: CancelToken) -> None:
    """For calls that nothing else follows from."""


@dataclass(frozen=True, slots=True)
class Context:
    """One call: who acts, the time (aware UTC), who is told of progress, the cancel token, and who hears of changes.

    `carry_out` carries out another command, by another actor, and logs it as that; it opens its own transactions.
    """

    actor: str
    now: datetime
    progress: Callable[[Progress], None] = ignore_progress
    cancel: CancelToken = field(default_factory=CancelToken)
    publish: Callable[[ChangeSet], None] = ignore_changes
    carry_out: Callable[[Command[Any], str, CancelToken], None] = carry_out_nothing
