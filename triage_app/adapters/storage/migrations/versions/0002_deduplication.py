"""De-duplication: rules and what they did, groups, repeats, links and pairs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_index("ix_raw_items_ticket_id", table_name="raw_items")
    op.create_index(
        "ix_raw_items_ticketed",
        "raw_items",
        ["ticket_id"],
        unique=False,
        sqlite_where=sa.text("outcome = 1"),
        postgresql_where=sa.text("outcome = 1"),
    )
    op.create_table(
        "dedup_rules",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("groups", sa.BigInteger(), nullable=False),
        sa.Column("saved", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("linked", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dedup_rules")),
        sa.UniqueConstraint("name", name=op.f("uq_dedup_rules_name")),
    )
    op.create_table(
        "dedup_groups",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("rule_id", _ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.BigInteger(), nullable=False),
        sa.Column("primary_id", _ID, nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["primary_id"], ["tickets.id"], name=op.f("fk_dedup_groups_primary_id_tickets")),
        sa.ForeignKeyConstraint(["rule_id"], ["dedup_rules.id"], name=op.f("fk_dedup_groups_rule_id_dedup_rules")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dedup_groups")),
    )
    op.create_index("ix_dedup_groups_digest", "dedup_groups", ["digest", "id"], unique=False)
    op.create_index(op.f("ix_dedup_groups_primary_id"), "dedup_groups", ["primary_id"], unique=False)
    op.create_table(
        "dedup_repeats",
        sa.Column("raw_id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("novelty", sa.Text(), nullable=False),
        sa.Column("split_settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["dedup_groups.id"], name=op.f("fk_dedup_repeats_group_id_dedup_groups")),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_items.id"], name=op.f("fk_dedup_repeats_raw_id_raw_items")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_dedup_repeats_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("raw_id", name=op.f("pk_dedup_repeats")),
    )
    op.create_index(
        "ix_dedup_repeats_ticket",
        "dedup_repeats",
        ["ticket_id", "received_at", "raw_id"],
        unique=False,
        sqlite_where=sa.text("split_settled_at IS NULL"),
        postgresql_where=sa.text("split_settled_at IS NULL"),
    )
    op.create_index(
        "ix_dedup_repeats_split",
        "dedup_repeats",
        ["group_id"],
        unique=False,
        sqlite_where=sa.text("split_settled_at IS NOT NULL"),
        postgresql_where=sa.text("split_settled_at IS NOT NULL"),
    )
    op.create_table(
        "dedup_links",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("primary_id", _ID, nullable=False),
        sa.Column("other_id", _ID, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("rule_id", _ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("novelty", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_dedup_links_other_id_tickets")),
        sa.ForeignKeyConstraint(["primary_id"], ["tickets.id"], name=op.f("fk_dedup_links_primary_id_tickets")),
        sa.ForeignKeyConstraint(["rule_id"], ["dedup_rules.id"], name=op.f("fk_dedup_links_rule_id_dedup_rules")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dedup_links")),
    )
    op.create_index(op.f("ix_dedup_links_other_id"), "dedup_links", ["other_id"], unique=False)
    op.create_index(op.f("ix_dedup_links_primary_id"), "dedup_links", ["primary_id"], unique=False)
    op.create_table(
        "dedup_pairs",
        sa.Column("lower_id", _ID, autoincrement=False, nullable=False),
        sa.Column("higher_id", _ID, autoincrement=False, nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["higher_id"], ["tickets.id"], name=op.f("fk_dedup_pairs_higher_id_tickets")),
        sa.ForeignKeyConstraint(["lower_id"], ["tickets.id"], name=op.f("fk_dedup_pairs_lower_id_tickets")),
        sa.PrimaryKeyConstraint("lower_id", "higher_id", name=op.f("pk_dedup_pairs")),
        sqlite_with_rowid=False,
    )
