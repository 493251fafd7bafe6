"""The tables of learning: answers in the shadow, whom nothing is learnt from, double reviews, tickets' tags, and
what is trained by schedule.
"""

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, Table, Text, UniqueConstraint, text

from triage_app.adapters.storage.tables import Id, Key, metadata, tickets
from triage_app.adapters.storage.values import UtcTime

shadow_answers = Table(
    "shadow_answers",
    metadata,
    Column("model_id", Key, primary_key=True),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("dataset", Key, nullable=False),
    Column("label", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("tier", Text, nullable=False),
    Column("in_force", Text, nullable=False),
    Column("in_force_confidence", Double, nullable=False),
    sqlite_with_rowid=False,
)

forgotten_origins = Table(
    "forgotten_origins",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("dataset", Key, nullable=False),
    # sender, analyst, source
    Column("kind", Key, nullable=False),
    Column("value", Key, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    UniqueConstraint("dataset", "kind", "value"),
)

double_reviews = Table(
    "double_reviews",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False),
    Column("dataset", Key, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("first", Text, nullable=False),
    Column("first_who", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("second_who", Text, nullable=False),
    Column("second_at", UtcTime),
    UniqueConstraint("ticket_id", "dataset"),
)
WAITING = "second = ''"
Index(
    "ix_double_reviews_waiting",
    double_reviews.c.dataset,
    double_reviews.c.id,
    sqlite_where=text(WAITING),
    postgresql_where=text(WAITING),
)

ticket_tags = Table(
    "ticket_tags",
    metadata,
    Column("ticket_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("dataset", Key, primary_key=True),
    # queue, tag, playbook
    Column("effect", Key, nullable=False),
    Column("label", Key, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_ticket_tags_label", ticket_tags.c.effect, ticket_tags.c.label, ticket_tags.c.ticket_id)

# A dataset that is trained by schedule: nobody else begins before `next_try`.
scheduled_trainings = Table(
    "scheduled_trainings",
    metadata,
    Column("dataset", Key, primary_key=True),
    Column("next_try", UtcTime, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    sqlite_with_rowid=False,
)
