"""The tables of de-duplication: rules and what they did, groups, repeats, links, and what people said about pairs."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text, text

from triage_app.adapters.storage.tables import Id, Key, metadata, raw_items, tickets
from triage_app.adapters.storage.values import UtcTime

FIGURES = ("matched", "groups", "saved", "dropped", "linked")
"""What is counted for each rule."""

dedup_rules = Table(
    "dedup_rules",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Key, nullable=False, unique=True),
    *(Column(name, BigInteger, nullable=False) for name in FIGURES),
    Column("last_at", UtcTime),
)

dedup_groups = Table(
    "dedup_groups",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("rule_id", Id, ForeignKey(dedup_rules.c.id), nullable=False),
    # 16 bytes of a hash of the rule and the values, which may be longer than an index entry can be.
    Column("digest", LargeBinary, nullable=False),
    # JSON for people: an array of texts.
    Column("parts", Text, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("items", BigInteger, nullable=False),
    Column("primary_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("severity", SmallInteger, nullable=False),
    # JSON: recipients and malicious observables that were seen, two arrays of texts; empty where there are none.
    Column("seen", Text, nullable=False),
    # The smallest and largest time of the items that nobody can take out: the first one, and those that were dropped.
    # Groups from before this was kept have none, and their first and last time stay.
    Column("kept_first_at", UtcTime),
    Column("kept_last_at", UtcTime),
)
# The newest group of a key is its current one, so that nothing has to be changed when a new one opens.
Index("ix_dedup_groups_digest", dedup_groups.c.digest, dedup_groups.c.id)

dedup_repeats = Table(
    "dedup_repeats",
    metadata,
    Column("raw_id", Id, ForeignKey(raw_items.c.id), primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey(tickets.c.id), nullable=False),
    Column("group_id", Id, ForeignKey(dedup_groups.c.id), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    # JSON: an array of texts; empty where nothing is new.
    Column("novelty", Text, nullable=False),
    # When a split item was merged before, to bring it back exactly; a repeat that is not split has none.
    Column("split_settled_at", UtcTime),
)
_MERGED = text("split_settled_at IS NULL")
Index(
    "ix_dedup_repeats_ticket",
    dedup_repeats.c.ticket_id,
    dedup_repeats.c.received_at,
    dedup_repeats.c.raw_id,
    sqlite_where=_MERGED,
    postgresql_where=_MERGED,
)
_SPLIT = text("split_settled_at IS NOT NULL")
Index("ix_dedup_repeats_split", dedup_repeats.c.group_id, sqlite_where=_SPLIT, postgresql_where=_SPLIT)

dedup_links = Table(
    "dedup_links",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("primary_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("other_id", Id, ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("level", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("rule_id", Id, ForeignKey(dedup_rules.c.id)),
    Column("at", UtcTime, nullable=False),
    Column("checked", Boolean, nullable=False),
    # JSON: arrays of texts.
    Column("reasons", Text, nullable=False),
    Column("novelty", Text, nullable=False),
    # A removed link keeps its row, so that its id is never another link's.
    Column("removed", Boolean, nullable=False),
    # The group that the linked item is counted in, and its time as the rule's window measures it.
    Column("group_id", Id),
    Column("item_at", UtcTime),
)
_COUNTED = text("group_id IS NOT NULL AND NOT removed")
Index(
    "ix_dedup_links_group",
    dedup_links.c.group_id,
    dedup_links.c.item_at,
    sqlite_where=_COUNTED,
    postgresql_where=_COUNTED,
)

dedup_pairs = Table(
    "dedup_pairs",
    metadata,
    # The pair in either order is one row.
    Column("lower_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("higher_id", Id, ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("apart", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_dedup_pairs_higher_id", dedup_pairs.c.higher_id)
