"""What learning keeps in the workspace's database, as Protocols that the storage implements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage_app.domain.item import Form
from triage_app.domain.labels import Effect, ModelId, Prediction
from triage_app.domain.poison import OriginKind
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Forgotten, Outcome, Review, ScheduledTraining, ShadowAnswer


class OutcomeRepository(Protocol):
    """Predictions with what became of them."""

    def of_dataset(self, dataset: str, *, since: datetime | None, until: datetime | None) -> Iterator[Outcome]:
        """The newest prediction of each ticket received at `since` or later and before `until`, in that order.

        With the decision that stands: the newest by time, then by id. Read by page."""


class ShadowRepository(Protocol):
    """What versions in the shadow said."""

    def add(self, answers: Sequence[ShadowAnswer]) -> None:
        """Store answers."""

    def of_model(self, model: ModelId) -> Iterator[ShadowAnswer]:
        """All answers of a version, by ticket id."""


class ForgottenRepository(Protocol):
    """Whom nothing is learnt from."""

    def add(self, forgotten: Forgotten) -> None:
        """Store; what is there already stays as it is."""

    def remove(self, dataset: str, kind: OriginKind, value: str) -> Forgotten:
        """Take away; raises NotFound."""

    def all(self, dataset: str) -> Sequence[Forgotten]:
        """All of a dataset, by kind and value."""


class ScheduleRepository(Protocol):
    """Which datasets are being trained by schedule, so that of several programs on a workspace one does it."""

    def claim(self, dataset: str, at: datetime, until: datetime) -> bool:
        """Take a dataset's training until then; False where somebody has it, or where it failed too lately."""

    def release(self, dataset: str, next_try: datetime, error: str) -> None:
        """Let others begin from `next_try` on. An empty `error` is that it went well, else the failures are counted."""

    def all(self) -> Sequence[ScheduledTraining]:
        """All datasets that were ever trained by schedule, by name."""


class ReviewRepository(Protocol):
    """Double reviews."""

    def ask(self, review: Review) -> bool:
        """Store that a decided ticket wants a second opinion; what is there already stays as it is: that is False."""

    def withdraw(self, ticket: TicketId, dataset: str) -> None:
        """Take back that a ticket wants one, with the opinion if it was given (undo only)."""

    def get(self, ticket: TicketId, dataset: str) -> Review | None:
        """The double review of a ticket, waiting or done."""

    def waiting(self, dataset: str, *, not_by: str, limit: int) -> Sequence[Review]:
        """Those that wait and that `not_by` has not decided, the oldest first."""

    def answer(self, ticket: TicketId, dataset: str, label: str, who: str, at: datetime) -> Review:
        """Store the second opinion; raises NotFound where none is waited for."""

    def reopen(self, ticket: TicketId, dataset: str) -> None:
        """Take a second opinion back: it waits again (undo only)."""

    def done(self, dataset: str) -> Sequence[Review]:
        """Those with both opinions, the oldest first."""


@dataclass(frozen=True, slots=True)
class FirstItem:
    """The item that a ticket was made of, as received."""

    ticket: TicketId
    form: Form
    received_at: datetime
    content: bytes


class CandidateRepository(Protocol):
    """Open tickets whose label in a dataset nobody has said, in bulk; what was only let stand is not said."""

    def newest(self, dataset: str, limit: int) -> Sequence[TicketId]:
        """The newest ones, the newest first."""

    def count(self, dataset: str) -> int:
        """How many there are."""

    def predictions(self, ids: Sequence[TicketId], dataset: str) -> Mapping[TicketId, Prediction]:
        """The newest prediction of each of these tickets; those without one are left out."""

    def first_items(self, ids: Sequence[TicketId]) -> Iterator[FirstItem]:
        """The item that each of these tickets was made of, in no order, while the transaction is open."""


class TagRepository(Protocol):
    """Queues, tags and playbooks that datasets gave to tickets: one label of each dataset and ticket."""

    def set(self, ticket: TicketId, dataset: str, effect: Effect, label: str) -> None:
        """Give a ticket a dataset's label; an empty label takes it away."""

    def of(self, tickets: Collection[TicketId]) -> Mapping[TicketId, tuple[TicketTag, ...]]:
        """What each of these tickets has, by dataset; tickets with nothing are left out."""
