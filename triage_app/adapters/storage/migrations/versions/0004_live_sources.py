"""Live sources: settings and state of sources, cursors, tokens of the API, and mail that goes out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WAITING = sa.text("state = 'waiting'")
_IN_A_MAILBOX = sa.text("uid_validity > 0")


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("source_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_success", sa.BigInteger(), nullable=True),
        sa.Column("last_item", sa.BigInteger(), nullable=True),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Text(), nullable=False),
        sa.Column("on_server", sa.BigInteger(), nullable=True),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_feeds_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_feeds")),
    )
    op.create_table(
        "cursors",
        sa.Column("source_id", _ID, autoincrement=False, nullable=False),
        sa.Column("folder", _KEY, nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_cursors_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", "folder", name=op.f("pk_cursors")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_tokens_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("marker", _KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outbox_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("marker", name=op.f("uq_outbox_marker")),
    )
    op.create_index(op.f("ix_outbox_ticket_id"), "outbox", ["ticket_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting", "outbox", ["id"], unique=False, sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_table(
        "messages",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("raw_id", _ID, nullable=True),
        sa.Column("outbox_id", _ID, nullable=True),
        sa.Column("message_id", _KEY, nullable=False),
        sa.Column("address", _KEY, nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_messages_outbox_id_outbox")),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_items.id"], name=op.f("fk_messages_raw_id_raw_items")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_address"), "messages", ["address", "at"], unique=False)
    op.create_index(op.f("ix_messages_message_id"), "messages", ["message_id"], unique=False)
    op.create_index(op.f("ix_messages_ticket_id"), "messages", ["ticket_id"], unique=False)
    op.create_index(
        "ix_raw_items_sha256",
        "raw_items",
        ["sha256"],
        unique=False,
        sqlite_where=_IN_A_MAILBOX,
        postgresql_where=_IN_A_MAILBOX,
    )
