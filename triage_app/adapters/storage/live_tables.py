"""The tables of live sources: their settings and state, cursors, tokens of the API, and mail that goes out."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from triage_app.adapters.storage.tables import Id, Key, metadata, raw_items, sources, tickets
from triage_app.adapters.storage.values import UtcTime

feeds = Table(
    "feeds",
    metadata,
    Column("source_id", Id, ForeignKey(sources.c.id), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    # JSON: an object of texts, without secrets.
    Column("settings", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    # Counts the changes of settings and secrets, so that those who follow the source notice.
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_success", UtcTime),
    Column("last_item", UtcTime),
    Column("next_try", UtcTime),
    Column("error", Text, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("tls", Text, nullable=False),
    Column("on_server", BigInteger),
    Column("skipped", BigInteger, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source_id", Id, ForeignKey(sources.c.id), primary_key=True, autoincrement=False),
    Column("folder", Key, primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("position", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Key, nullable=False, unique=True),
    # SHA-256 of a token of 256 random bits, which needs no salt and no stretching.
    Column("digest", LargeBinary, nullable=False, unique=True),
    # The scopes, sorted, with a space between.
    Column("scopes", Text, nullable=False),
    # The source that what is pushed with it belongs to; empty for a token that pushes nothing.
    Column("source", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    # reply, acknowledgement, move, flag
    Column("kind", Text, nullable=False),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    # The source whose account carries it out.
    Column("source", Text, nullable=False),
    # JSON: what is to be done.
    Column("payload", Text, nullable=False),
    # What makes doing it twice impossible: the Message-ID of a mail, or the item and folder of a move.
    Column("marker", Key, nullable=False, unique=True),
    # waiting, sending, done, failed, cancelled
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    # While it is being sent: until when whoever sends it holds it.
    Column("next_try", UtcTime),
    Column("error", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
)
OPEN = text("state IN ('waiting', 'sending')")
"""What is still to be done; written as its index is."""
Index("ix_outbox_open", outbox.c.id, sqlite_where=OPEN, postgresql_where=OPEN)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    # The item that came in, or the entry that went out: one of the two.
    Column("raw_id", Id, ForeignKey(raw_items.c.id), index=True),
    Column("outbox_id", Id, ForeignKey(outbox.c.id)),
    Column("message_id", Key, nullable=False, index=True),
    # The other side's address, in lower case: the sender of what came in, the recipient of what went out.
    Column("address", Key, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    # The other addresses of a mail that came in, in lower case, one a line.
    Column("others", Text, nullable=False, server_default=""),
)
Index("ix_messages_address", messages.c.address, messages.c.at)
