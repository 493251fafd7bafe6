"""The tables of search and similarity: patterns, traits, words of tickets, what was written later, tickets that come
back by themselves, and saved views.

What full text search needs beside these is made by the dialect: the texts, the heads and the additions of tickets.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, text

from triage_app.adapters.storage.tables import Id, Key, metadata, tickets
from triage_app.adapters.storage.values import UtcTime

# What tickets of one kind have in common (`domain.pattern`), with how many of those that stand on their own are open
# and past; `total` is their sum, by which a queue is sorted.
patterns = Table(
    "patterns",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    # A digest of template and scope.
    Column("digest", Key, nullable=False, unique=True),
    Column("template", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("open", BigInteger, nullable=False),
    Column("past", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
)
Index("ix_patterns_total", patterns.c.total, patterns.c.id)

traits = Table(
    "traits",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    # A digest of kind and value.
    Column("digest", Key, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("tickets", BigInteger, nullable=False),
)

ticket_traits = Table(
    "ticket_traits",
    metadata,
    Column("trait_id", Id, ForeignKey(traits.c.id), primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
Index("ix_ticket_traits_ticket", ticket_traits.c.ticket_id, ticket_traits.c.trait_id)

# The words of a ticket in the form of `domain.terms`; a ticket without a row was never looked at.
ticket_words = Table(
    "ticket_words",
    metadata,
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("record", LargeBinary, nullable=False),
)

# Notes and answers, whose words find their ticket too.
text_additions = Table(
    "text_additions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    # note, answer
    Column("kind", Text, nullable=False),
    # The note's or the raw item's id.
    Column("source_id", Id, nullable=False),
    Column("removed", Boolean, nullable=False),
)

# Tickets that come back by themselves: put off, or to be looked at again.
wakes = Table(
    "wakes",
    metadata,
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("until", UtcTime),
    Column("on_change", Boolean, nullable=False),
    # A follow-up: the ticket was not put off meanwhile, and may be closed.
    Column("follow_up", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
TIMED = text("until IS NOT NULL")
Index("ix_wakes_until", wakes.c.until, sqlite_where=TIMED, postgresql_where=TIMED)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Key, nullable=False, unique=True),
    Column("query", Text, nullable=False),
    Column("sort", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
