"""Similar tickets with reasons, at 100,000 and at a million tickets, beside the classic way on the same texts.

    sh run bench similar [TICKETS...]

Ours is the whole query through the App, as the desk asks it, on an open workspace: candidates, comparison, reasons,
counts, rows and notes. The classic way is TF-IDF and cosine with scikit-learn: once with the matrix of all tickets
ready in memory, and once as programs do it that fetch their newest 3,000 texts and fit them for each question; it gives
ids and scores only. Also printed: what the indexes take on disk, what a new ticket costs more than without them, and
what the numbers of similar tickets of a page of the queue cost.
"""

import contextlib
import random
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from unittest import mock

from tests.bench.fill import NEWEST, fill
from tests.bench.vocabulary import Vocabulary
from triage_app.adapters.storage.compression import Packer
from triage_app.adapters.storage.dialects import SqliteDialect
from triage_app.adapters.storage.engine import open_storage
from triage_app.bootstrap import build
from triage_app.domain.item import Form, RawId
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.parsing import parse
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind, pattern_of, traits_of
from triage_app.domain.terms import record_of
from triage_app.domain.ticket import TicketId
from triage_app.services.analysis import searched_text
from triage_app.services.queries import GetTicketRows
from triage_app.services.search_queries import GetSimilar
from triage_app.services.shapes import Analysis, NewTicket

SIZES = (100_000, 1_000_000)
QUESTIONS = 300
CLASSIC_QUESTIONS = 20
FEW = 3_000
PAGE = 200
P95_MS, GROWTH, COST_MS, PAGE_MS = 60.0, 4.0, 3.0, 15.0
TABLES = {
    "words of tickets": ("ticket_words",),
    "traits": ("traits", "ticket_traits", "sqlite_autoindex_traits_1", "ix_ticket_traits_ticket"),
    "patterns": ("patterns", "sqlite_autoindex_patterns_1", "ix_patterns_total", "ix_tickets_pattern"),
    "who has an observable": ("ix_ticket_observables_observable",),
    "subjects and senders": ("ticket_heads_data", "ticket_heads_idx", "ticket_heads_docsize"),
    "full text (also of search)": ("ticket_texts_data", "ticket_texts_idx", "ticket_texts_docsize"),
}
FRESH, BATCH, ROUNDS = 400, 100, 7


def main() -> int:
    """Measure each size, then compare; 1 where a limit is not kept."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    kept, p95s = True, {}
    for tickets in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            print(f"filling a workspace with {tickets:,} tickets", file=sys.stderr)
            fill(folder / "triage.db", tickets_wanted=tickets)
            print(f"\n{tickets:,} tickets")
            p95s[tickets] = ask(folder, tickets)
            kept &= shown("ours, p95", p95s[tickets], P95_MS, "ms")
            kept &= shown(f"numbers of a page of {PAGE} rows", page(folder, tickets), PAGE_MS, "ms")
            classic(folder, tickets, p95s[tickets])
            sizes_on_disk(folder / "triage.db", tickets)
            kept &= shown("a new ticket costs more", cost(folder / "triage.db"), COST_MS, "ms")
    if len(sizes) > 1:
        kept &= shown(f"\ngrowth from {sizes[0]:,} to {sizes[-1]:,}", p95s[sizes[-1]] / p95s[sizes[0]], GROWTH, "times")
    return 0 if kept else 1


def shown(what: str, value: float, limit: float | None, unit: str) -> bool:
    """Print a number with its limit; whether that is kept."""
    verdict = "" if limit is None else f"   limit {limit:g}  {'ok' if value <= limit else 'OVER'}"
    print(f"  {what:<44}{value:>10,.2f} {unit}{verdict}")
    return limit is None or value <= limit


def percentile(times: Sequence[float], share: float) -> float:
    """Of seconds, in milliseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def chosen(tickets: int, number: int) -> list[TicketId]:
    """Tickets by chance, always the same."""
    return [TicketId(each) for each in random.Random(5).sample(range(1, tickets + 1), number)]


def ask(folder: Path, tickets: int) -> float:
    """The p95 of the whole query, in milliseconds; each ticket is asked about once."""
    app = build(folder)
    try:
        for each in chosen(tickets, QUESTIONS + 20)[QUESTIONS:]:
            app.ask(GetSimilar(str(each)))
        times, hits, spent = [], 0, process_time()
        for each in chosen(tickets, QUESTIONS):
            begun = perf_counter()
            hits += len(app.ask(GetSimilar(str(each))).similar)
            times.append(perf_counter() - begun)
        spent = process_time() - spent
    finally:
        app.close()
    shown("ours, p50", percentile(times, 0.5), None, "ms")
    shown("ours, processor time", spent * 1000 / QUESTIONS, None, f"ms each, {hits / QUESTIONS:.1f} hits each")
    return percentile(times, 0.95)


def page(folder: Path, tickets: int) -> float:
    """What the numbers of similar tickets add to the rows of a page, in milliseconds: the median of many pages."""
    app, storage = build(folder), open_storage(f"sqlite:///{folder / 'triage.db'}")
    whole, bare = [], []
    try:
        for first in chosen(tickets - PAGE, 40):
            ids = [TicketId(first + each) for each in range(PAGE)]
            begun = perf_counter()
            app.ask(GetTicketRows(tuple(ids)))
            between = perf_counter()
            with storage.read() as uow:
                uow.tickets.rows(ids)
            whole.append(between - begun)
            bare.append(perf_counter() - between)
    finally:
        app.close()
        storage.close()
    return (statistics.median(whole) - statistics.median(bare)) * 1000


def classic(folder: Path, tickets: int, ours: float) -> None:
    """TF-IDF and cosine over everything, and over the newest few."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = texts_of(folder / "triage.db")
    begun = perf_counter()
    vectorizer: Any = TfidfVectorizer()
    matrix = vectorizer.fit_transform(texts)
    built = perf_counter() - begun
    times = timed(lambda text: nearest(matrix @ vectorizer.transform([text]).T), questions(texts, tickets))
    megabytes = (matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes) / 1e6
    p95 = percentile(times, 0.95)
    shown("TF-IDF over all, p50", percentile(times, 0.5), None, "ms")
    shown("TF-IDF over all, p95", p95, None, f"ms, {built:,.0f} s to build, {megabytes:,.0f} MB in memory")
    shown("TF-IDF over all, p95, beside ours", p95 / ours, None, "times")
    newest = texts[-FEW:]

    def fit(text: str) -> None:
        few: Any = TfidfVectorizer()
        nearest(few.fit_transform(newest) @ few.transform([text]).T)

    times = timed(fit, questions(texts, tickets))
    shown(f"TF-IDF over the newest {FEW:,}, p95", percentile(times, 0.95), None, "ms")
    shown(f"the newest {FEW:,}, p95, beside ours", percentile(times, 0.95) / ours, None, "times")


def texts_of(database: Path) -> list[str]:
    """The texts of all tickets, from their items."""
    packer = Packer()
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT content FROM raw_contents ORDER BY raw_id")
    return [packer.unpack(content).decode() for (content,) in rows]


def questions(texts: Sequence[str], tickets: int) -> list[str]:
    """The texts of tickets by chance."""
    return [texts[each - 1] for each in chosen(tickets, CLASSIC_QUESTIONS)]


def nearest(scores: Any) -> list[int]:
    """The places of the twenty highest of a column."""
    import numpy as np

    dense = np.asarray(scores.todense()).ravel()
    best = np.argpartition(dense, -20)[-20:]
    return [int(each) for each in best[np.argsort(-dense[best])]]


def timed(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Seconds for each text."""
    found = []
    for text in texts:
        begun = perf_counter()
        work(text)
        found.append(perf_counter() - begun)
    return found


def sizes_on_disk(database: Path, tickets: int) -> None:
    """What each index takes, and all of the database."""
    connection = sqlite3.connect(database)
    try:
        pages = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    except sqlite3.OperationalError:
        print("  this SQLite cannot tell what a table takes")
        return
    total = sum(pages.values())
    for what, tables in TABLES.items():
        size = sum(pages.get(each, 0) for each in tables)
        shown(what, size / 1e6, None, f"MB, {size / tickets:,.0f} bytes a ticket, {size / total:.0%} of the database")


def cost(database: Path) -> float:
    """Milliseconds that a new ticket takes more than one without pattern, traits, words and head: reading these from
    its item, and storing them in batches as the intake does. In turn, the medians of several rounds.
    """
    with_them: list[float] = []
    without: list[float] = []
    storage = open_storage(f"sqlite:///{database}")
    vocabulary = Vocabulary(11, FRESH)
    bodies = [" ".join(vocabulary.words[each] for each in body) for body in vocabulary.bodies(list(range(FRESH)))]
    try:
        for turn in range(ROUNDS):
            for times, full in ((with_them, True), (without, False)):
                new = [fresh(number, bodies[number], turn, full=full) for number in range(FRESH)]
                begun = process_time()
                for first in range(0, FRESH, BATCH):
                    heads = contextlib.nullcontext() if full else mock.patch.object(SqliteDialect, "index_heads")
                    with heads, storage.write() as uow:
                        uow.tickets.add(new[first : first + BATCH])
                times.append(process_time() - begun)
    finally:
        storage.close()
    stored = (statistics.median(with_them) - statistics.median(without)) * 1000 / FRESH
    read = reading(bodies)
    shown("reading it from an item", read, None, "ms")
    shown("storing it", stored, None, "ms")
    return read + stored


def fresh(number: int, body: str, turn: int, *, full: bool) -> NewTicket:
    """A ticket as the intake stores it."""
    chance = random.Random(number * 31 + turn)
    values = [f"host{chance.randrange(1, 1_000_000)}.example.org" for _ in range(3)]
    subject = f"Invoice {chance.randrange(100_000)} of kind {number}"
    analysis = Analysis(
        subject=subject,
        sender=f"ana{number} <ana{number}@mail{number % 50}.example.org>",
        form=Form.MAIL,
        search_text=body,
        sightings=tuple(Sighting(Observable(ObservableKind.DOMAIN, each), "text") for each in values),
        pattern=Pattern(f"invoice <num> of kind {number}", "") if full else NO_PATTERN,
        traits=(
            Trait(TraitKind.SENDER_DOMAIN, f"mail{number % 50}.example.org"),
            Trait(TraitKind.HOST, f"host-{chance.randrange(900)}"),
            Trait(TraitKind.USER, f"user{chance.randrange(3_000)}"),
        )
        if full
        else (),
        record=record_of(subject, body) if full else b"",
    )
    return NewTicket(RawId(0), "files", NEWEST, analysis, "Spam", 0.9, "model")


def reading(bodies: Sequence[str]) -> float:
    """Milliseconds for the pattern, traits and words of a parsed item."""
    parsed = [
        parse(f"From: a@example.org\r\nSubject: Invoice {n}\r\n\r\n{body}\r\n".encode(), Form.MAIL, near=None)
        for n, body in enumerate(bodies)
    ]
    begun = process_time()
    for each in parsed:
        pattern_of(each)
        traits_of(each)
        record_of(each.subject, searched_text(each))
    return (process_time() - begun) * 1000 / len(parsed)


if __name__ == "__main__":
    sys.exit(main())
