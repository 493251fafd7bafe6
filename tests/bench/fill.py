"""Fills a workspace's database with invented tickets, fast enough for a bench with a million of them."""

import hashlib
import random
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import zstandard
from sqlalchemy import update

from triage_app.adapters.storage.counts import recount
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.ledger import source_id
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.tables import (
    observables,
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
OBSERVABLES = 20_000
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = ("ana", "ben", "chioma", "dai", "elif")
CATEGORIES = (
    ("Phishing", 30), ("Spam", 18), ("BruteForce", 14), ("Malware", 10), ("Vulnerability", 9),
    ("Other", 8), ("AccessRequest", 5), ("Enrichment", 4), ("DeviceLost", 2),
)  # fmt: skip
SUBJECTS = (
    "Invoice {n} is overdue", "Your account {n} was locked", "Failed login of {who} on {host}",
    "Suspicious mail from {who}", "Port scan against {host}", "Malware found on {host}", "I lost my phone, {who}",
    "CVE-2026-{n} on {host}", "Access to share {n} for {who}",
    "Please check this link {n}", "Fwd: payment transfer {n}",
    "ET SCAN Behavioral Unusual Port 445 traffic", "Multiple authentication failures", "Delivery {n} could not be made",
)  # fmt: skip
WORDS = [
    "account",
    "password",
    "transfer",
    "urgent",
    "payment",
    "delivery",
    "parcel",
    "gateway",
    "firewall",
    "blocked",
    "connection",
    "service",
    "user",
    "admin",
    "login",
    "failed",
    "denied",
    "process",
    "started",
    "file",
    "download",
    "attachment",
    "macro",
    "document",
    "report",
    "mailbox",
    "quarantine",
    "policy",
    "server",
    "workstation",
    "office",
    "remote",
    "session",
    "certificate",
    "expired",
    "update",
    "patch",
    "exploit",
    "beacon",
    "traffic",
    "query",
    "record",
]


def fill(where: Path | str, *, tickets_wanted: int = 1_000_000, seed: int = 1) -> None:
    """Make a database at `where`, a path or a URL, with that many tickets; the rows are the same for the same seed.

    About 55 % are open, a third of those unreviewed, few assigned. One raw item, one prediction, two observables
    and a dozen searchable words each. Indexes of tickets are made at the end, which takes a third of the time.
    """
    storage = open_storage(where if isinstance(where, str) and "://" in where else f"sqlite:///{where}")
    try:
        with storage.write() as uow:
            tx = uow.transaction
            for index in tickets.indexes | raw_items.indexes:
                index.drop(tx.connection)
            source = source_id(tx, "files")
            _fill_observables(tx)
            rows = _rows(random.Random(seed), source, tickets_wanted)
            for first in range(1, tickets_wanted + 1, CHUNK):
                _fill_chunk(tx, [next(rows) for _ in range(min(CHUNK, tickets_wanted + 1 - first))])
            for index in sorted(tickets.indexes | raw_items.indexes, key=lambda each: str(each.name)):
                index.create(tx.connection)
            recount(tx)
            tx.run(update(sources).values(seen=tickets_wanted, ticketed=tickets_wanted))
    finally:
        storage.close()


def _rows(chance: random.Random, source: int, count: int) -> Iterator[tuple[Any, ...]]:
    """In the order of the columns of `tickets`, the oldest first."""
    names = [name for name, weight in CATEGORIES for _ in range(weight)]
    senders = [f"{each.title()} Example <{each}{n}@mail{n % 50}.example.org>" for each in PEOPLE for n in range(400)]
    now = to_micros(NEWEST)
    second = timedelta(seconds=1) // timedelta(microseconds=1)
    for number in range(1, count + 1):
        draw = chance.random()
        subject = SUBJECTS[int(chance.random() ** 2 * len(SUBJECTS))].format(
            n=chance.randrange(100_000), who=PEOPLE[number % 5], host=f"host-{chance.randrange(900)}"
        )
        sender = senders[int(chance.random() ** 2 * len(senders))]
        tier = "model" if draw < 0.7 else "keyword" if draw < 0.88 else "default"
        is_open = chance.random() < 0.55
        reviewed = not is_open or chance.random() < 0.1
        assignee = chance.choice(PEOPLE) if not is_open or chance.random() < 0.05 else ""
        status = "resolved" if not is_open else "in_progress" if assignee else "new"
        duplicates = int(chance.expovariate(0.3)) if draw > 0.9 else 0
        at = now - (count - number) * 20 * second
        yield (
            number,
            int(lane_of(status=status, reviewed=reviewed, tier=tier, duplicates=duplicates)),
            subject, sender, chance.choice(names), round(0.5 + draw / 2, 4), tier, reviewed,
            status,
            None if is_open else "false_positive", chance.choice((0, 1, 1, 2, 2, 2, 3, 4)), 0, assignee, source,
            Form.ALERT.value if number % 3 else Form.MAIL.value, duplicates, 0, number % 2,
            at, at - 5 * second, at, at, sort_key(subject), sort_key(sender), None,
        )  # fmt: skip


def _fill_chunk(tx: Transaction, rows: list[tuple[Any, ...]]) -> None:
    ids = [row[0] for row in rows]
    packer = zstandard.ZstdCompressor()
    bodies = {row[0]: _body(row[0]) for row in rows}
    tx.insert(tickets, rows)
    tx.insert(
        predictions,
        [
            (row[0], 1, "category", row[4], row[5], row[6], "category-1", b'[["Phishing",0.9]]', b'[["urgent",1.5]]',
             row[4], row[5], "", 0.9)
            for row in rows
        ],
    )  # fmt: skip
    tx.insert(
        ticket_observables,
        [(each, place, 1 + each * (place + 7) % OBSERVABLES, "text") for each in ids for place in range(2)],
    )
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


def _body(number: int) -> str:
    """A dozen words, common ones more often, and two that few tickets share."""
    common = " ".join(WORDS[(number * k * k) % len(WORDS) * (number * k) % len(WORDS)] for k in range(1, 11))
    return f"{common} case{number % 5_000} trace{number}"


def _raw(row: tuple[Any, ...], body: str) -> bytes:
    if row[14] == Form.MAIL.value:
        return f"From: {row[3]}\r\nSubject: {row[2]}\r\n\r\n{body}\r\n".encode()
    return f'{{"rule": {{"name": "{row[2]}"}}, "message": "{body}"}}'.encode()


def _fill_observables(tx: Transaction) -> None:
    rows = []
    for number in range(1, OBSERVABLES + 1):
        value = f"host{number}.example.org"
        digest = b64encode(hashlib.blake2b(f"domain\n{value}".encode(), digest_size=15).digest()).decode()
        rows.append((number, digest, "domain", value, False, 100, False, None))
    tx.insert(observables, rows)


if __name__ == "__main__":
    begun = perf_counter()
    fill(sys.argv[1], tickets_wanted=int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    print(f"{perf_counter() - begun:.1f} s")
