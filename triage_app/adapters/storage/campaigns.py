"""How large campaigns are: counted along the index of patterns."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select

from triage_app.adapters.storage.patterns import stored_id
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.tables import Lane, tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.domain.pattern import Pattern
from triage_app.services.search_shapes import SimilarCount


class SqlCampaigns:
    """`CampaignRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def count(self, pattern: Pattern) -> SimilarCount:
        """How many tickets of a pattern stand on their own and are open, and how many others have it."""
        number = stored_id(self._tx, pattern)
        if number is None:
            return SimilarCount(0, 0)
        follows = tickets.c.pattern_id == number
        # The index alone counts all; those taken back, which are few, are looked up from their own end.
        every = select(func.count()).select_from(tickets).where(follows).scalar_subquery()
        # The plus keeps the database from asking each ticket of the pattern.
        theirs: ColumnElement[int] = literal_column("+tickets.pattern_id")
        gone = select(func.count()).where(tickets.c.lane == Lane.WITHDRAWN, theirs == number).scalar_subquery()
        row = self._tx.first(
            select(patterns.c.open, every.label("every"), gone.label("gone")).where(patterns.c.id == number)
        )
        if row is None:
            return SimilarCount(0, 0)
        return SimilarCount(row.open, row.every - row.gone - row.open)

    def span(self, pattern: Pattern) -> tuple[datetime, datetime] | None:
        """When the first and the last ticket of a pattern came in; None where it is that of none."""
        number = stored_id(self._tx, pattern)
        if number is None:
            return None
        wanted = select(tickets.c.received_at).where(tickets.c.pattern_id == number, tickets.c.lane != Lane.WITHDRAWN)
        first = self._tx.first(wanted.order_by(tickets.c.id).limit(1))
        last = self._tx.first(wanted.order_by(tickets.c.id.desc()).limit(1))
        return None if first is None or last is None else (first.received_at, last.received_at)
