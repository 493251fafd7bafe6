"""Fills a workspace's database with invented tickets, fast enough for a bench with a million of them."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import zstandard
from sqlalchemy import update

from tests.bench.likeness import HOSTS, PEOPLE, Likeness
from triage_app.adapters.storage.additions import AdditionKind, add_texts
from triage_app.adapters.storage.counts import recount
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.ledger import source_id
from triage_app.adapters.storage.patterns import recount_all
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.search_tables import ticket_traits
from triage_app.adapters.storage.tables import (
    Lane,
    notes,
    predictions,
    raw_contents,
    raw_items,
    sources,
    ticket_observables,
    tickets,
)
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import sort_key, to_micros
from triage_app.domain.item import Form

CHUNK = 20_000
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
CATEGORIES = (
    ("Phishing", 30), ("Spam", 18), ("BruteForce", 14), ("Malware", 10), ("Vulnerability", 9),
    ("Other", 8), ("AccessRequest", 5), ("Enrichment", 4), ("DeviceLost", 2),
)  # fmt: skip


def fill(where: Path | str, *, tickets_wanted: int = 1_000_000, seed: int = 1) -> None:
    """Make a database at `where`, a path or a URL, with that many tickets; the rows are the same for the same seed.

    About 55 % are open, a third of those unreviewed, few assigned. One raw item, one prediction, some sixty words of a
    vocabulary as real texts have it, a few observables of which some are everywhere and most are rare, a pattern and
    traits each. Most indexes are made at the end, which takes a third of the time.
    """
    storage = open_storage(where if isinstance(where, str) and "://" in where else f"sqlite:///{where}")
    late = [*tickets.indexes, *raw_items.indexes, *ticket_observables.indexes, *ticket_traits.indexes]
    try:
        with storage.write() as uow:
            tx = uow.transaction
            for index in late:
                index.drop(tx.connection)
            source = source_id(tx, "files")
            likeness = Likeness(seed, tickets_wanted)
            likeness.fill_observables(tx)
            rows = _rows(random.Random(seed), source, tickets_wanted, likeness)
            for first in range(1, tickets_wanted + 1, CHUNK):
                _fill_chunk(tx, [next(rows) for _ in range(min(CHUNK, tickets_wanted + 1 - first))], likeness)
            likeness.finish(tx)
            for index in sorted(late, key=lambda each: str(each.name)):
                index.create(tx.connection)
            recount(tx)
            recount_all(tx)
            tx.run(update(sources).values(seen=tickets_wanted, ticketed=tickets_wanted))
    finally:
        storage.close()


def _rows(chance: random.Random, source: int, count: int, likeness: Likeness) -> Iterator[tuple[Any, ...]]:
    """In the order of the columns of `tickets`, the oldest first."""
    names = [name for name, weight in CATEGORIES for _ in range(weight)]
    senders = [f"{each.title()} Example <{each}{n}@mail{n % 50}.example.org>" for each in PEOPLE for n in range(400)]
    now = to_micros(NEWEST)
    second = timedelta(seconds=1) // timedelta(microseconds=1)
    for number in range(1, count + 1):
        draw = chance.random()
        host = f"host-{chance.randrange(HOSTS)}"
        kind = likeness.kind(chance)
        subject = likeness.subjects[kind].format(n=chance.randrange(100_000), who=PEOPLE[number % 5], host=host)
        sender = senders[int(chance.random() ** 2 * len(senders))]
        tier = "model" if draw < 0.7 else "keyword" if draw < 0.88 else "default"
        is_open = chance.random() < 0.55
        reviewed = not is_open or chance.random() < 0.1
        assignee = chance.choice(PEOPLE) if not is_open or chance.random() < 0.05 else ""
        status = "resolved" if not is_open else "in_progress" if assignee else "new"
        duplicates = int(chance.expovariate(0.3)) if draw > 0.9 else 0
        at = now - (count - number) * 20 * second
        form = Form.ALERT.value if number % 3 else Form.MAIL.value
        yield (
            number,
            int(lane_of(status=status, reviewed=reviewed, tier=tier, duplicates=duplicates)),
            subject, sender, chance.choice(names), round(0.5 + draw / 2, 4), tier, reviewed,
            status,
            None if is_open else "false_positive", chance.choice((0, 1, 1, 2, 2, 2, 3, 4)), 0, assignee, source,
            form, duplicates, 1 if is_open else 2, number % 2,
            at, at - 5 * second, at, at, sort_key(subject), sort_key(sender),
            likeness.add(number, kind, sender, host if form == Form.ALERT.value else ""),
        )  # fmt: skip


def _fill_chunk(tx: Transaction, rows: list[tuple[Any, ...]], likeness: Likeness) -> None:
    packer = zstandard.ZstdCompressor()
    bodies = likeness.bodies([row[0] for row in rows])
    tx.insert(tickets, rows)
    tx.insert(
        predictions,
        [
            (row[0], 1, "category", row[4], row[5], row[6], "category-1", b'[["Phishing",0.9]]', b'[["urgent",1.5]]',
             row[4], row[5], "", 0.9)
            for row in rows
        ],
    )  # fmt: skip
    likeness.fill_chunk(tx, [(row[0], row[2]) for row in rows])
    tx.insert(
        raw_items,
        [
            (row[0], row[13], "", 0, f"{row[0]:064x}", 1, row[0], row[14], row[0].to_bytes(32, "big"), 100,
             f"alerts.jsonl:{row[0]}", row[18], row[18], 0, "", "")
            for row in rows
        ],
    )  # fmt: skip
    tx.insert(raw_contents, [(row[0], packer.compress(_raw(row, bodies[row[0]]))) for row in rows])
    tx.dialect.index_texts(tx.connection, [(row[0], f"{row[2]}\n{row[3]}\n{bodies[row[0]]}") for row in rows])
    tx.dialect.index_heads(tx.connection, [(row[0], row[2], row[3]) for row in rows])
    resolved = [row[0] for row in rows if row[1] == Lane.CLOSED and row[0] % 4 == 0]
    texts = [(each, f"Blocked at the gateway, see case{each % 5_000}.") for each in resolved]
    tx.insert(notes, [(each, each, to_micros(NEWEST), "ana", text, False) for each, text in texts])
    add_texts(tx, AdditionKind.NOTE, [(each, each, text) for each, text in texts])


def _raw(row: tuple[Any, ...], body: str) -> bytes:
    if row[14] == Form.MAIL.value:
        return f"From: {row[3]}\r\nSubject: {row[2]}\r\n\r\n{body}\r\n".encode()
    return f'{{"rule": {{"name": "{row[2]}"}}, "message": "{body}"}}'.encode()


if __name__ == "__main__":
    begun = perf_counter()
    fill(sys.argv[1], tickets_wanted=int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    print(f"{perf_counter() - begun:.1f} s")
