"""Conversations: who else a mail was addressed to, and entries of the outbox that are being sent."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    op.add_column("messages", sa.Column("others", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_messages_raw_id"), "messages", ["raw_id"], unique=False)
    op.drop_index("ix_outbox_waiting", table_name="outbox", sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_index("ix_outbox_open", "outbox", ["id"], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)
