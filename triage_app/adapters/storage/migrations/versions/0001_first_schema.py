"""The first schema."""

import sqlalchemy as sa
from alembic import context, op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("writer", _KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", _KEY, nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("inverse", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("writer", "number", name=op.f("uq_audit_entries_writer_number")),
    )
    op.create_index(
        "ix_audit_entries_undoable",
        "audit_entries",
        ["actor", "id"],
        unique=False,
        sqlite_where=sa.text("inverse <> '' AND NOT undone"),
        postgresql_where=sa.text("inverse <> '' AND NOT undone"),
    )
    op.create_table(
        "models",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("model_id", _KEY, nullable=False),
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("labels", sa.LargeBinary(), nullable=False),
        sa.Column("examples", sa.BigInteger(), nullable=False),
        sa.Column("corrections", sa.BigInteger(), nullable=False),
        sa.Column("data_sha256", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("options", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        sa.UniqueConstraint("model_id", name=op.f("uq_models_model_id")),
    )
    op.create_index(
        "uq_models_active",
        "models",
        ["dataset"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "observables",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observables")),
        sa.UniqueConstraint("digest", name=op.f("uq_observables_digest")),
    )
    op.create_table(
        "queue_counts",
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("assignee", _KEY, nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "assignee", name=op.f("pk_queue_counts")),
    )
    op.create_table(
        "sources",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("seen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ticketed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("merged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("dropped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("parked", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("category", _KEY, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("assignee", _KEY, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("similar", sa.Integer(), nullable=False),
        sa.Column("attachments", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("event_at", sa.BigInteger(), nullable=True),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("subject_key", _KEY, nullable=False),
        sa.Column("sender_key", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_tickets_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index("ix_tickets_age", "tickets", ["lane", "id"], unique=False)
    op.create_index("ix_tickets_assignee", "tickets", ["lane", "assignee", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_tickets_category", "tickets", ["lane", "category", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_tickets_confidence", "tickets", ["lane", "confidence", "id"], unique=False)
    op.create_index("ix_tickets_duplicates", "tickets", ["lane", "duplicates", "id"], unique=False)
    op.create_index(
        "ix_tickets_mine",
        "tickets",
        ["assignee", "id", "category", "subject_key", "sender_key", "duplicates", "similar", "severity", "confidence"],
        unique=False,
        sqlite_where=sa.text("lane > 0 AND assignee <> ''"),
        postgresql_where=sa.text("lane > 0 AND assignee <> ''"),
    )
    op.create_index("ix_tickets_sender", "tickets", ["lane", "sender_key", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_tickets_severity", "tickets", ["lane", "severity", "id"], unique=False)
    op.create_index("ix_tickets_similar", "tickets", ["lane", "similar", "id"], unique=False)
    op.create_index(
        "ix_tickets_subject", "tickets", ["lane", "subject_key", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "audit_tickets",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_tickets_entry_id_audit_entries")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_audit_tickets_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "entry_id", name=op.f("pk_audit_tickets")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_tickets_entry_id", "audit_tickets", ["entry_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_corrections_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_dataset", "corrections", ["dataset", "id"], unique=False)
    op.create_index(op.f("ix_corrections_ticket_id"), "corrections", ["ticket_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notes_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_ticket_id"), "notes", ["ticket_id"], unique=False)
    op.create_table(
        "predictions",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("alternatives", sa.LargeBinary(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_predictions_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "number", name=op.f("pk_predictions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "raw_items",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("folder", _KEY, nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", _KEY, nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_raw_items_source_id_sources")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_raw_items_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_items")),
        sa.UniqueConstraint(
            "uid", "folder", "uid_validity", "source_id", name=op.f("uq_raw_items_uid_folder_uid_validity_source_id")
        ),
    )
    op.create_index(
        "ix_raw_items_parked",
        "raw_items",
        ["id"],
        unique=False,
        sqlite_where=sa.text("outcome = 4"),
        postgresql_where=sa.text("outcome = 4"),
    )
    op.create_index(
        "ix_raw_items_pending",
        "raw_items",
        ["id"],
        unique=False,
        sqlite_where=sa.text("outcome = 0"),
        postgresql_where=sa.text("outcome = 0"),
    )
    op.create_index(
        "ix_raw_items_ticket_id",
        "raw_items",
        ["ticket_id"],
        unique=False,
        sqlite_where=sa.text("ticket_id IS NOT NULL"),
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_table(
        "ticket_observables",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("observable_id", _ID, nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["observable_id"], ["observables.id"], name=op.f("fk_ticket_observables_observable_id_observables")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_observables_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "position", name=op.f("pk_ticket_observables")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "raw_contents",
        sa.Column("raw_id", _ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_items.id"], name=op.f("fk_raw_contents_raw_id_raw_items")),
        sa.PrimaryKeyConstraint("raw_id", name=op.f("pk_raw_contents")),
    )
    context.config.attributes["dialect"].create_full_text(op.get_bind())
