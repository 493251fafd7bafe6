"""Groups of duplicates know which items they count, so that one that is taken out is counted out."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("dedup_groups", sa.Column("kept_first_at", sa.BigInteger(), nullable=True))
    op.add_column("dedup_groups", sa.Column("kept_last_at", sa.BigInteger(), nullable=True))
    op.add_column("dedup_links", sa.Column("group_id", _ID, nullable=True))
    op.add_column("dedup_links", sa.Column("item_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_dedup_links_group",
        "dedup_links",
        ["group_id", "item_at"],
        unique=False,
        sqlite_where=sa.text("group_id IS NOT NULL AND NOT removed"),
        postgresql_where=sa.text("group_id IS NOT NULL AND NOT removed"),
    )
    op.create_index("ix_dedup_pairs_higher_id", "dedup_pairs", ["higher_id"], unique=False)
