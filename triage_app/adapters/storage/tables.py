"""The schema as SQLAlchemy Core tables; `migrations` makes the same, which a test compares.

Ids are given by the single writer, in order, so that they can be known before rows are sent in bulk.
"""

from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from triage_app.adapters.storage.values import UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
"""An id; on SQLite the row id itself."""

Key = Text().with_variant(Text(collation="C"), "postgresql")
"""A text in order of its code points, which is what SQLite does."""


class Lane(IntEnum):
    """Which views a ticket stands in, as one number, so that one index a sort column serves all views.

    A view is a few lanes merged (`VIEW_LANES`); the numbers are stored and never change their meaning. What is
    withdrawn stands in no view: a ticket that was made and taken back, whose row keeps its id from being used again.
    What waits was put off by somebody and comes back by itself.
    """

    CLOSED = 0
    OPEN = 1
    REVIEW = 2
    REPEATED = 3
    REPEATED_REVIEW = 4
    WITHDRAWN = 5
    WAITING = 6


VIEW_LANES = {
    "inbox": (Lane.OPEN, Lane.REVIEW, Lane.REPEATED, Lane.REPEATED_REVIEW),
    "review": (Lane.REVIEW, Lane.REPEATED_REVIEW),
    "duplicates": (Lane.REPEATED, Lane.REPEATED_REVIEW),
    "waiting": (Lane.WAITING,),
    "closed": (Lane.CLOSED,),
    "all": (Lane.CLOSED, Lane.OPEN, Lane.REVIEW, Lane.REPEATED, Lane.REPEATED_REVIEW, Lane.WAITING),
}


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=False)


# -- ledger -------------------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("name", Key, nullable=False, unique=True),
    # Counted at the door and at every change of an outcome: what the balance sets against each other.
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("seen", "pending", "ticketed", "merged", "dropped", "parked")
    ),
)

raw_items = Table(
    "raw_items",
    metadata,
    _id(),
    Column("source_id", Id, ForeignKey(sources.c.id), nullable=False),
    Column("folder", Key, nullable=False),
    Column("uid_validity", BigInteger, nullable=False),
    Column("uid", Key, nullable=False),
    Column("outcome", SmallInteger, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("form", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("code", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    # The uid comes first: it tells most apart.
    UniqueConstraint("uid", "folder", "uid_validity", "source_id"),
)
for _name, _code in (("pending", 0), ("parked", 4)):
    Index(
        f"ix_raw_items_{_name}",
        raw_items.c.id,
        sqlite_where=text(f"outcome = {_code}"),
        postgresql_where=text(f"outcome = {_code}"),
    )
# Without the items that were merged into a ticket: there may be ten thousands of one.
Index(
    "ix_raw_items_ticketed",
    raw_items.c.ticket_id,
    sqlite_where=text("outcome = 1"),
    postgresql_where=text("outcome = 1"),
)
# By this an item is recognised when its folder counts anew. Files and alerts have no such count and are left out.
Index(
    "ix_raw_items_sha256",
    raw_items.c.sha256,
    sqlite_where=text("uid_validity > 0"),
    postgresql_where=text("uid_validity > 0"),
)

raw_contents = Table(
    "raw_contents",
    metadata,
    Column("raw_id", Id, ForeignKey(raw_items.c.id), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

# -- tickets ------------------------------------------------------------------------------------------

tickets = Table(
    "tickets",
    metadata,
    _id(),
    Column("lane", SmallInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("category", Key, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("tier", Text, nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("verdict", Text),
    Column("severity", SmallInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("assignee", Key, nullable=False),
    Column("source_id", Id, ForeignKey(sources.c.id), nullable=False),
    Column("form", Text, nullable=False),
    Column("duplicates", Integer, nullable=False),
    # How it counts among similar ones: 0 not at all (taken back, or linked under another), 1 as open, 2 as past.
    Column("counted", Integer, nullable=False),
    Column("attachments", Integer, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("event_at", UtcTime),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("subject_key", Key, nullable=False),
    Column("sender_key", Key, nullable=False),
    # Of `patterns`; NULL for a ticket of an earlier version until it is looked at again.
    Column("pattern_id", Id),
)

TEXT_SORTS = {
    "category": tickets.c.category,
    "subject": tickets.c.subject_key,
    "sender": tickets.c.sender_key,
    "assignee": tickets.c.assignee,
}
"""Columns usually read upwards: their index has the newest first among equals in that direction."""

NUMBER_SORTS = {
    "duplicates": tickets.c.duplicates,
    "severity": tickets.c.severity,
    "confidence": tickets.c.confidence,
}
"""Columns usually read downwards: their index has the newest first among equals in that direction."""

Index("ix_tickets_age", tickets.c.lane, tickets.c.id)
# What came in within a month, in order.
Index("ix_tickets_received", tickets.c.received_at, tickets.c.id)
for _name, _column in TEXT_SORTS.items():
    Index(f"ix_tickets_{_name}", tickets.c.lane, _column, tickets.c.id.desc())
for _name, _column in NUMBER_SORTS.items():
    Index(f"ix_tickets_{_name}", tickets.c.lane, _column, tickets.c.id)

MINE = text("lane BETWEEN 1 AND 4 AND assignee <> ''")
# All of one pattern, in order; with the lane, so that a queue in order of patterns reads nothing else.
Index("ix_tickets_pattern", tickets.c.pattern_id, tickets.c.id, tickets.c.lane)

# Few tickets are anybody's, so one index that holds every sort column is read whole for a person.
Index(
    "ix_tickets_mine",
    tickets.c.assignee,
    tickets.c.id,
    tickets.c.category,
    tickets.c.subject_key,
    tickets.c.sender_key,
    tickets.c.duplicates,
    tickets.c.severity,
    tickets.c.confidence,
    sqlite_where=MINE,
    postgresql_where=MINE,
)

queue_counts = Table(
    "queue_counts",
    metadata,
    Column("lane", SmallInteger, primary_key=True, autoincrement=False),
    Column("assignee", Key, primary_key=True),
    Column("tickets", BigInteger, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    # Higher is newer.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dataset", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("tier", Text, nullable=False),
    Column("model_id", Text, nullable=False),
    Column("alternatives", LargeBinary, nullable=False),
    Column("reasons", LargeBinary, nullable=False),
    # What the model found most likely, whoever answered; empty where it was not asked or said nothing.
    Column("best_label", Text, nullable=False, server_default=""),
    Column("best_confidence", Double, nullable=False, server_default="0"),
    Column("held", Text, nullable=False, server_default=""),
    Column("likeness", Double, nullable=False, server_default="1"),
    sqlite_with_rowid=False,
)

observables = Table(
    "observables",
    metadata,
    _id(),
    # A digest of kind and value: a value may be longer than an index entry can be.
    Column("digest", Key, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("tickets", BigInteger, nullable=False),
    # Somebody said that it tells nothing about a ticket.
    Column("ignored", Boolean, nullable=False, server_default=text("false")),
    # An IP address as 32 hexadecimal digits, IPv4 as mapped into IPv6: networks are ranges of it.
    Column("address", Key),
)
Index(
    "ix_observables_address",
    observables.c.address,
    sqlite_where=text("address IS NOT NULL"),
    postgresql_where=text("address IS NOT NULL"),
)

ticket_observables = Table(
    "ticket_observables",
    metadata,
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("observable_id", Id, ForeignKey(observables.c.id), nullable=False),
    Column("places", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_ticket_observables_observable", ticket_observables.c.observable_id, ticket_observables.c.ticket_id)

notes = Table(
    "notes",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
)

# -- learning -----------------------------------------------------------------------------------------

corrections = Table(
    "corrections",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("dataset", Key, nullable=False),
    Column("decision", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("model_id", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("text", Text, nullable=False),
    Column("undone", Boolean, nullable=False),
    Column("best", Text, nullable=False, server_default=""),
    Column("best_confidence", Double, nullable=False, server_default="0"),
    Column("held", Text, nullable=False, server_default=""),
    Column("sender", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    Column("seconds", Double),
)
Index("ix_corrections_dataset", corrections.c.dataset, corrections.c.id)
# The last decisions on what a version found most likely.
Index("ix_corrections_best", corrections.c.model_id, corrections.c.best, corrections.c.id)

models = Table(
    "models",
    metadata,
    _id(),
    Column("model_id", Key, nullable=False, unique=True),
    Column("dataset", Key, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("labels", LargeBinary, nullable=False),
    Column("examples", BigInteger, nullable=False),
    Column("corrections", BigInteger, nullable=False),
    Column("data_sha256", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("parent", Text),
    Column("options", LargeBinary, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("quality", LargeBinary),
    Column("shadow", Boolean, nullable=False, server_default=text("false")),
    Column("suspended", Text, nullable=False, server_default="[]"),
    Column("decision", Text, nullable=False, server_default=""),
)
# At most one is in force for a dataset, whatever the writers do.
Index(
    "uq_models_active",
    models.c.dataset,
    unique=True,
    sqlite_where=text("active"),
    postgresql_where=text("active"),
)

# -- history ------------------------------------------------------------------------------------------

audit_entries = Table(
    "audit_entries",
    metadata,
    _id(),
    Column("writer", Key, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Key, nullable=False),
    Column("command", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("inverse", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("undone", Boolean, nullable=False),
    UniqueConstraint("writer", "number"),
)
Index(
    "ix_audit_entries_undoable",
    audit_entries.c.actor,
    audit_entries.c.id,
    sqlite_where=text("inverse <> '' AND NOT undone"),
    postgresql_where=text("inverse <> '' AND NOT undone"),
)

audit_tickets = Table(
    "audit_tickets",
    metadata,
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("entry_id", Id, ForeignKey(audit_entries.c.id), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
Index("ix_audit_tickets_entry_id", audit_tickets.c.entry_id)
