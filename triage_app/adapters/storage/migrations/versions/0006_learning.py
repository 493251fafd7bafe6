"""Learning: what a model found most likely and why it did not answer, the quality of versions, answers in the shadow,
whom nothing is learnt from, double reviews, and tickets' tags.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WAITING = sa.text("second = ''")


def upgrade() -> None:
    for name, kind, default in (
        ("best_label", sa.Text(), ""),
        ("best_confidence", sa.Double(), "0"),
        ("held", sa.Text(), ""),
        ("likeness", sa.Double(), "1"),
    ):
        op.add_column("predictions", sa.Column(name, kind, nullable=False, server_default=default))
    for name, kind, default in (
        ("best", sa.Text(), ""),
        ("best_confidence", sa.Double(), "0"),
        ("held", sa.Text(), ""),
        ("sender", sa.Text(), ""),
        ("source", sa.Text(), ""),
    ):
        op.add_column("corrections", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("corrections", sa.Column("seconds", sa.Double(), nullable=True))
    op.create_index("ix_corrections_best", "corrections", ["model_id", "best", "id"], unique=False)
    op.create_index("ix_tickets_received", "tickets", ["received_at", "id"], unique=False)
    op.add_column("models", sa.Column("quality", sa.LargeBinary(), nullable=True))
    op.add_column("models", sa.Column("shadow", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("models", sa.Column("suspended", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("models", sa.Column("decision", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "shadow_answers",
        sa.Column("model_id", _KEY, nullable=False),
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("in_force", sa.Text(), nullable=False),
        sa.Column("in_force_confidence", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_shadow_answers_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("model_id", "ticket_id", name=op.f("pk_shadow_answers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "forgotten_origins",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("value", _KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten_origins")),
        sa.UniqueConstraint("dataset", "kind", "value", name=op.f("uq_forgotten_origins_dataset_kind_value")),
    )
    op.create_table(
        "double_reviews",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("first_who", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("second_who", sa.Text(), nullable=False),
        sa.Column("second_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_double_reviews_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_reviews")),
        sa.UniqueConstraint("ticket_id", "dataset", name=op.f("uq_double_reviews_ticket_id_dataset")),
    )
    op.create_index(
        "ix_double_reviews_waiting",
        "double_reviews",
        ["dataset", "id"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "ticket_tags",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("effect", _KEY, nullable=False),
        sa.Column("label", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_tags_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "dataset", name=op.f("pk_ticket_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_tags_label", "ticket_tags", ["effect", "label", "ticket_id"], unique=False)
    op.create_table(
        "scheduled_trainings",
        sa.Column("dataset", _KEY, nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_scheduled_trainings")),
        sqlite_with_rowid=False,
    )
