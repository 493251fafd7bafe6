"""Observables' pages and campaigns at a million tickets, through the App as the desk asks for them.

    sh run bench pivot [TICKETS] [WORKSPACE]

The observables in the most tickets, and some in few; the patterns of the most tickets, and some that few follow. A
WORKSPACE that exists already is used as it is.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select

from tests.bench.fill import fill
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.tables import observables, tickets
from triage_app.bootstrap import build
from triage_app.domain.ticket import TicketId
from triage_app.services.search_queries import GetCampaign, GetPivot

TICKETS = 1_000_000
PAGE_MS, CAMPAIGN_MS = 100.0, 1_000.0
OF_EACH = 10
FEW = 20


def main() -> int:
    """Make the workspace if needed, ask, print a line for each; 1 where a limit is not kept."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch)
        database = workspace / "triage.db"
        if not database.exists():
            workspace.mkdir(parents=True, exist_ok=True)
            print(f"filling a workspace with {count:,} tickets", file=sys.stderr)
            fill(database, tickets_wanted=count)
        values, followers = _samples(database)
        app = build(workspace)
        try:
            app.ask(GetPivot("nowhere.example.org"))
            kept = [
                _report(name, PAGE_MS, [_timed(partial(app.ask, GetPivot(each))) for each in chosen])
                for name, chosen in values
            ]
            kept += [
                _report(name, CAMPAIGN_MS, [_timed(partial(app.ask, GetCampaign(each))) for each in chosen])
                for name, chosen in followers
            ]
        finally:
            app.close()
    return 0 if all(kept) else 1


def _samples(database: Path) -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[TicketId]]]]:
    """Values of observables and tickets of patterns, those of the most tickets and those of few."""
    storage = open_storage(f"sqlite:///{database}")
    try:
        with storage.read() as uow:
            tx = uow.transaction
            of = observables.c
            many = select(of.value, of.tickets).order_by(of.tickets.desc()).limit(OF_EACH)
            few = select(of.value, of.tickets).where(of.tickets.between(2, FEW)).limit(OF_EACH)
            values = [
                (f"page of an observable in {_most(rows):,} tickets or fewer", [row[0] for row in rows])
                for rows in (tx.all(many), tx.all(few))
            ]
            newest = select(func.max(tickets.c.id)).where(tickets.c.pattern_id == patterns.c.id).scalar_subquery()
            large = select(newest, patterns.c.total).order_by(patterns.c.total.desc()).limit(OF_EACH)
            small = select(newest, patterns.c.total).where(patterns.c.total.between(2, FEW)).limit(OF_EACH)
            followers = [
                (f"campaign of {_most(rows):,} tickets or fewer", [TicketId(row[0]) for row in rows])
                for rows in (tx.all(large), tx.all(small))
            ]
    finally:
        storage.close()
    return values, followers


def _most(rows: Sequence[Sequence[int]]) -> int:
    return max((row[1] for row in rows), default=0)


def _timed(ask: Callable[[], object]) -> float:
    begun = perf_counter()
    ask()
    return (perf_counter() - begun) * 1_000


def _report(name: str, limit: float, times: Sequence[float]) -> bool:
    if not times:
        return True
    kept = max(times) <= limit
    verdict = "ok" if kept else "OVER"
    print(f"{name:<58}{statistics.median(times):>9.1f} ms, slowest {max(times):>8.1f}   limit {limit:,.0f}   {verdict}")
    return kept


if __name__ == "__main__":
    raise SystemExit(main())
