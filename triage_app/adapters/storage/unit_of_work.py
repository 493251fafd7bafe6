"""Transactions on the workspace's database: the `Storage` port and its unit of work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from triage_app.adapters.storage.audit import SqlAudit
from triage_app.adapters.storage.campaigns import SqlCampaigns
from triage_app.adapters.storage.candidates import SqlCandidates
from triage_app.adapters.storage.corrections import SqlCorrections
from triage_app.adapters.storage.dialects import TURN_SECONDS, Dialect
from triage_app.adapters.storage.duplicates import SqlDuplicates
from triage_app.adapters.storage.feeds import SqlSources
from triage_app.adapters.storage.forgotten import SqlForgotten
from triage_app.adapters.storage.ledger import SqlLedger
from triage_app.adapters.storage.messages import SqlMessages
from triage_app.adapters.storage.models import SqlModels
from triage_app.adapters.storage.outbox import SqlOutbox
from triage_app.adapters.storage.outcomes import SqlOutcomes
from triage_app.adapters.storage.pivot import SqlPivot
from triage_app.adapters.storage.reviews import SqlReviews
from triage_app.adapters.storage.schedules import SqlSchedules
from triage_app.adapters.storage.shadows import SqlShadows
from triage_app.adapters.storage.similar import SqlSimilar
from triage_app.adapters.storage.tags import SqlTags
from triage_app.adapters.storage.tickets import SqlTickets
from triage_app.adapters.storage.tokens import SqlTokens
from triage_app.adapters.storage.transaction import KnownIds, Transaction
from triage_app.adapters.storage.views import SqlViews
from triage_app.adapters.storage.wakes import SqlWakes
from triage_app.domain.errors import StorageFailed


class SqlUnitOfWork:
    """The repositories on one open transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    @property
    def transaction(self) -> Transaction:
        """The open transaction, for bulk work on the tables themselves."""
        return self._tx

    @cached_property
    def ledger(self) -> SqlLedger:
        """Raw items and what became of them."""
        return SqlLedger(self._tx)

    @cached_property
    def tickets(self) -> SqlTickets:
        """Tickets, their observables, predictions and notes."""
        return SqlTickets(self._tx)

    @cached_property
    def duplicates(self) -> SqlDuplicates:
        """Groups, repeats, links and what people said about pairs."""
        return SqlDuplicates(self._tx)

    @cached_property
    def corrections(self) -> SqlCorrections:
        """Corrections and confirmations."""
        return SqlCorrections(self._tx)

    @cached_property
    def models(self) -> SqlModels:
        """Model versions."""
        return SqlModels(self._tx)

    @cached_property
    def audit(self) -> SqlAudit:
        """The audit log."""
        return SqlAudit(self._tx)

    @cached_property
    def tokens(self) -> SqlTokens:
        """Tokens of the local API."""
        return SqlTokens(self._tx)

    @cached_property
    def sources(self) -> SqlSources:
        """Configured sources, how they fare and how far they were taken in."""
        return SqlSources(self._tx)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """What waits to be done outside."""
        return SqlOutbox(self._tx)

    @cached_property
    def outcomes(self) -> SqlOutcomes:
        """Predictions with what became of them."""
        return SqlOutcomes(self._tx)

    @cached_property
    def messages(self) -> SqlMessages:
        """Which mails belong to which ticket."""
        return SqlMessages(self._tx)

    @cached_property
    def reviews(self) -> SqlReviews:
        """Double reviews."""
        return SqlReviews(self._tx)

    @cached_property
    def candidates(self) -> SqlCandidates:
        """Open tickets whose label nobody has said."""
        return SqlCandidates(self._tx)

    @cached_property
    def shadows(self) -> SqlShadows:
        """What versions in the shadow said."""
        return SqlShadows(self._tx)

    @cached_property
    def forgotten(self) -> SqlForgotten:
        """Whom nothing is learnt from."""
        return SqlForgotten(self._tx)

    @cached_property
    def tags(self) -> SqlTags:
        """Queues, tags and playbooks that datasets gave to tickets."""
        return SqlTags(self._tx)

    @cached_property
    def schedules(self) -> SqlSchedules:
        """What is trained by schedule."""
        return SqlSchedules(self._tx)

    @cached_property
    def wakes(self) -> SqlWakes:
        """Tickets that come back by themselves."""
        return SqlWakes(self._tx)

    @cached_property
    def views(self) -> SqlViews:
        """Saved views."""
        return SqlViews(self._tx)

    @cached_property
    def campaigns(self) -> SqlCampaigns:
        """How large campaigns are."""
        return SqlCampaigns(self._tx)

    @cached_property
    def pivot(self) -> SqlPivot:
        """The tickets of an observable, and what appears with it."""
        return SqlPivot(self._tx)

    @cached_property
    def similar(self) -> SqlSimilar:
        """What tickets have in common."""
        return SqlSimilar(self._tx)


class SqlStorage:
    """`Storage` on SQL. Safe from any thread and beside other processes on the same database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._writing: Engine = dialect.writing_engine()
        self._reading: Engine = dialect.reading_engine()
        self._known = KnownIds()
        self._turn = threading.Lock()
        self._writer: int | None = None

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        """A writing transaction: committed at the end, rolled back on any exception.

        Waits for its turn behind other threads and processes; raises StorageFailed when that takes too long. Not to be
        opened inside itself.
        """
        with self._my_turn(), _explained(self._dialect), self._writing.connect() as connection:
            try:
                self._dialect.begin_write(connection)
                transaction = Transaction(connection, self._dialect, self._known)
                yield SqlUnitOfWork(transaction)
                transaction.flush()
                connection.commit()
            except BaseException:
                self._known.forget()
                connection.rollback()
                raise

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        """A reading snapshot that never waits for writers; writing through it raises StorageFailed."""
        with _explained(self._dialect), self._reading.connect() as connection:
            self._dialect.begin_read(connection)
            try:
                yield SqlUnitOfWork(Transaction(connection, self._dialect))
            finally:
                connection.rollback()

    def close(self) -> None:
        """Release every connection; for SQLite the write-ahead log is folded into the database by the last one."""
        self._reading.dispose()
        self._writing.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._writer == me:
            raise StorageFailed("A writing transaction was opened inside another one. Please report this.")
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise StorageFailed("Another task of this program writes for too long. Try again when it is done.")
        self._writer = me
        try:
            yield
        finally:
            self._writer = None
            self._turn.release()


@contextmanager
def _explained(dialect: Dialect) -> Iterator[None]:
    """Turn a driver's error into one that a person can act on."""
    errors: tuple[type[Exception], ...] = (SQLAlchemyError, *dialect.driver_errors)
    try:
        yield
    except errors as error:
        raise dialect.explain(error) from error
