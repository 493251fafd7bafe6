"""Groups of duplicates and rules, made by hand for tests of the desk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.item import RawId
from triage_app.domain.ticket import Severity, Status, TicketId, TicketRow
from triage_app.services.dedup_queries import DuplicateLink, DuplicateTree, MergedRepeat, RuleCard, RuleList

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BASE = TicketRow(
    TicketId(0), "Failed login", "vpn-gw1", "BruteForce", 0.9, "model", False, Status.NEW, None, Severity.MEDIUM,
    1, "", "files", "alert", 0, 0, NOW, NOW, NOW, NOW,
)  # fmt: skip


def a_row(ticket: int, **fields: Any) -> TicketRow:
    """A row of the queue."""
    return replace(BASE, id=TicketId(ticket), **fields)


def a_link(link: int, level: Level, row: TicketRow, **fields: Any) -> DuplicateLink:
    """A link to a ticket."""
    made = DuplicateLink(
        LinkId(link),
        level,
        row,
        is_first=False,
        here=TicketId(1),
        by="vpn",
        at=NOW,
        checked=False,
        reasons=("same user",),
        novelty=(),
    )
    return replace(made, **fields)


def a_repeat(raw: int, minutes: int, *novelty: str) -> MergedRepeat:
    """An item that was merged, so many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    return MergedRepeat(RawId(raw), at, at, "files", "/mail/vpn.jsonl", "vpn", novelty)


def a_tree(*links: DuplicateLink, repeats: tuple[MergedRepeat, ...] = (), **fields: Any) -> DuplicateTree:
    """A group below ticket 1."""
    return DuplicateTree(a_row(1, **fields), links, len(repeats), repeats)


YAML = """\
# The team's rules
rules:
  - name: vpn   # one for each user
    when: {source: vpn}
    key: [user.name]
    window: {gap: 5m, max_life: 12h}
    level: comment

  - name: beat
    title: Heartbeats
    enabled: false
    when: {subject|startswith: Heartbeat}
    key: [host.name]
    window: {calendar: day}
    level: drop
"""
CARD = RuleCard(
    "vpn", "", True, 3, ("user.name",), "gap 5m", Level.COMMENT, "new_and_link", "skip", True, "", 204, 31, 103, 31, 4,
    NOW - timedelta(hours=3), "", "",
)  # fmt: skip
BEAT = replace(CARD, name="beat", title="Heartbeats", enabled=False, level=Level.DROP, undoable=False, matched=0)
RULES = RuleList((CARD, BEAT), YAML, "c1")
