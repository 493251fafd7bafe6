"""Search and similar tickets: patterns and their counters, traits, words, notes that are found, tickets that come back,
saved views.

What can be known from the tickets themselves is filled in here; patterns, traits and words of tickets that are there
already are read again from their raw items later, by `reindex`.
"""

import ipaddress

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_MINE = sa.text("lane BETWEEN 1 AND 4 AND assignee <> ''")
_ADDRESS = sa.text("address IS NOT NULL")
_TIMED = sa.text("until IS NOT NULL")
_PAGE = 10_000


def upgrade() -> None:
    _alter_tickets()
    _count_tickets()
    _alter_observables()
    _create_tables()
    context.config.attributes["dialect"].create_search(op.get_bind())
    _fill_heads()
    _fill_notes()


def _alter_tickets() -> None:
    op.drop_index("ix_tickets_similar", "tickets")
    op.drop_index("ix_tickets_mine", "tickets")
    # It was never counted before: it is 0 everywhere.
    op.execute('ALTER TABLE tickets RENAME COLUMN "similar" TO counted')
    op.add_column("tickets", sa.Column("pattern_id", _ID, nullable=True))
    op.create_index("ix_tickets_pattern", "tickets", ["pattern_id", "id", "lane"], unique=False)
    op.create_index(
        "ix_tickets_mine",
        "tickets",
        ["assignee", "id", "category", "subject_key", "sender_key", "duplicates", "severity", "confidence"],
        unique=False,
        sqlite_where=_MINE,
        postgresql_where=_MINE,
    )


def _count_tickets() -> None:
    """How each ticket counts: not at all where it was taken back or is linked under another, as past, or as open."""
    op.execute(
        "UPDATE tickets SET counted = CASE WHEN lane = 0 THEN 2 ELSE 1 END WHERE lane <> 5 AND NOT EXISTS ("
        "SELECT 1 FROM dedup_links WHERE dedup_links.other_id = tickets.id AND NOT dedup_links.removed"
        " AND dedup_links.level IN ('child', 'link', 'note'))"
    )


def _alter_observables() -> None:
    op.add_column("observables", sa.Column("ignored", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("observables", sa.Column("address", _KEY, nullable=True))
    bind = op.get_bind()
    wanted = sa.text("SELECT id, value FROM observables WHERE kind IN ('ipv4', 'ipv6')")
    found = [{"which": row.id, "address": _address(row.value)} for row in bind.execute(wanted)]
    for start in range(0, len(found), _PAGE):
        bind.execute(
            sa.text("UPDATE observables SET address = :address WHERE id = :which"), found[start : start + _PAGE]
        )
    op.create_index(
        "ix_observables_address",
        "observables",
        ["address"],
        unique=False,
        sqlite_where=_ADDRESS,
        postgresql_where=_ADDRESS,
    )
    op.create_index(
        "ix_ticket_observables_observable", "ticket_observables", ["observable_id", "ticket_id"], unique=False
    )


def _address(text: str) -> str | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    number = int(found) if found.version == 6 else 0xFFFF00000000 + int(found)
    return f"{number:032x}"


def _create_tables() -> None:
    op.create_table(
        "patterns",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("past", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patterns")),
        sa.UniqueConstraint("digest", name=op.f("uq_patterns_digest")),
    )
    op.create_index("ix_patterns_total", "patterns", ["total", "id"], unique=False)
    op.create_table(
        "traits",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traits")),
        sa.UniqueConstraint("digest", name=op.f("uq_traits_digest")),
    )
    op.create_table(
        "ticket_traits",
        sa.Column("trait_id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["trait_id"], ["traits.id"], name=op.f("fk_ticket_traits_trait_id_traits")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_traits_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("trait_id", "ticket_id", name=op.f("pk_ticket_traits")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_traits_ticket", "ticket_traits", ["ticket_id", "trait_id"], unique=False)
    op.create_table(
        "ticket_words",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_words_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_words")),
    )
    op.create_table(
        "text_additions",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_text_additions_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_additions")),
    )
    op.create_index("ix_text_additions_ticket_id", "text_additions", ["ticket_id"], unique=False)
    op.create_table(
        "wakes",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("on_change", sa.Boolean(), nullable=False),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_wakes_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_wakes")),
    )
    op.create_index("ix_wakes_until", "wakes", ["until"], unique=False, sqlite_where=_TIMED, postgresql_where=_TIMED)
    op.create_table(
        "saved_views",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_views_name")),
    )


def _fill_heads() -> None:
    """Subjects and senders of the tickets that are there, so that they are found by `subject:` and `from:`."""
    bind, dialect = op.get_bind(), context.config.attributes["dialect"]
    after = 0
    wanted = sa.text("SELECT id, subject, sender FROM tickets WHERE id > :after ORDER BY id LIMIT :page")
    while rows := bind.execute(wanted, {"after": after, "page": _PAGE}).all():
        dialect.index_heads(bind, [tuple(row) for row in rows])
        after = rows[-1].id


def _fill_notes() -> None:
    """Notes that were not taken back, so that their words find their tickets."""
    bind, dialect = op.get_bind(), context.config.attributes["dialect"]
    bind.execute(
        sa.text(
            "INSERT INTO text_additions (id, ticket_id, kind, source_id, removed)"
            " SELECT id, ticket_id, 'note', id, false FROM notes WHERE NOT removed"
        )
    )
    after = 0
    wanted = sa.text("SELECT id, text FROM notes WHERE id > :after AND NOT removed ORDER BY id LIMIT :page")
    while rows := bind.execute(wanted, {"after": after, "page": _PAGE}).all():
        dialect.index_additions(bind, [tuple(row) for row in rows])
        after = rows[-1].id
