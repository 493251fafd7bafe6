"""Alerts a second through the whole durable decision beside Alertmanager: `sh run bench dedup [ROUNDS [GROUPS]]`.

Both programs run already when the clock starts, and both take the same alerts of the same file. Ours: the command that
imports the file into a workspace whose one rule merges (level comment) what has the same rule name and host, with a gap
of five minutes on event time; every alert and its decision are on disk before it ends. The peer: Debian's
prometheus-alertmanager, its v2 API on loopback, grouped by the same two labels, over one connection in posts of 64
alerts, which is what a Prometheus server sends. It keeps alerts in memory.

Then the cost of a decision with GROUPS (1,000,000) open groups beside that with 10,000, for repeats that join a group
and for firsts that open one.
"""

import csv
import gzip
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.memory import tree_mb
from triage_app.adapters.rules.dedup_file import DedupFile
from triage_app.adapters.storage.engine import open_storage
from triage_app.bootstrap import build, starter_rules
from triage_app.domain.dedup import Arrival, RuleKey, RuleName, RuleSet
from triage_app.domain.item import Form, RawId, RawItem, digest
from triage_app.domain.ticket import Severity
from triage_app.services.commands import ImportFiles
from triage_app.services.ports import Storage
from triage_app.services.settling import settle
from triage_app.services.shapes import Analysis, PendingItem

PORT = 19_093
POSTED = 64
RULE = RuleName("repeats")
RULES = f"""
rules:
  - name: {RULE}
    when: {{rule.name|exists: true}}
    key: [rule.name, host.name]
    window: {{gap: 300s, time: event}}
    level: comment
"""
CONFIG = """
route: {receiver: nobody, group_by: [alertname, host], group_wait: 30s, group_interval: 5m, repeat_interval: 12h}
receivers: [{name: nobody}]
"""
FEW, MANY = 10_000, 1_000_000
BATCH = 1_000
START = datetime(2026, 11, 1, tzinfo=UTC)


def alerts(data: Path) -> list[dict[str, str]]:
    with gzip.open(data / "alerts" / "ait_ads_russellmitchell.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def alertmanager(folder: Path) -> Iterator[None]:
    (folder / "config.yml").write_text(CONFIG)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                "prometheus-alertmanager", f"--config.file={folder / 'config.yml'}", f"--storage.path={folder}",
                f"--web.listen-address=127.0.0.1:{PORT}", "--cluster.listen-address=",
            ],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        for _ in range(200):
            try:
                client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
                client.request("GET", "/-/ready")
                if client.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.05)  # noqa: TID251  (waits for another program)
        yield
    finally:
        server.terminate()
        server.wait()


def bodies(rows: list[dict[str, str]]) -> list[bytes]:
    now = datetime.now(UTC)  # noqa: TID251  (alerts that have ended are not kept)
    ends = (now + timedelta(hours=1)).isoformat()
    first = int(rows[0]["time"])
    found = []
    for start in range(0, len(rows), POSTED):
        batch = [
            {
                "labels": {"alertname": row["name"], "host": row["host"], "ip": row["ip"], "short": row["short"]},
                "startsAt": (now - timedelta(days=5) + timedelta(seconds=int(row["time"]) - first)).isoformat(),
                "endsAt": ends,
            }
            for row in rows[start : start + POSTED]
        ]
        found.append(json.dumps(batch).encode())
    return found


def post_all(packed: list[bytes]) -> float:
    client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    start = time.perf_counter()
    for body in packed:
        client.request("POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
        answer = client.getresponse()
        text = answer.read()
        assert answer.status == 200, text
    return time.perf_counter() - start


def triage(data: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the import, and the memory (MB) of the program with its workers at its end."""
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "dedup.yaml").write_text(RULES)
    (folder / "first.json").write_text('{"time": "2022-01-01T00:00:00Z", "name": "the first", "host": "h"}\n')
    app = build(folder)
    try:
        # The workers are started and the first model is trained, as in a program that has run for a while.
        app.execute(ImportFiles(paths=(str(folder / "first.json"),)))
        start = time.perf_counter()
        report = app.execute(ImportFiles(paths=(str(data / "alerts" / "ait_ads_russellmitchell.csv.gz"),)))
        seconds = time.perf_counter() - start
        assert report.difference == 0
        assert report.merged > 40_000
        return seconds, tree_mb(os.getpid())
    finally:
        app.close()


# -- cost by number of groups ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Book:
    """A workspace that is filled with groups of one item each; `groups` is how many it has."""

    storage: Storage
    rules: RuleSet
    groups: int = 0
    items: int = 0

    def fill(self, wanted: int) -> None:
        if not self.groups:
            self.take([0])
        with self.storage.read() as uow:
            group = uow.duplicates.current(RULE, key(0))
        assert group is not None
        while self.groups < wanted:
            with self.storage.write() as uow:
                for number in range(self.groups, min(wanted, self.groups + 20_000)):
                    arrival = Arrival(RawId(1), START, START, Severity.LOW, (RuleKey(RULE, key(number)),))
                    uow.duplicates.open_group(RULE, key(number), arrival, group.primary, at=START)
            self.groups = min(wanted, self.groups + 20_000)

    def take(self, numbers: Sequence[int]) -> float:
        """Decide one alert for each number of a group; returns seconds of the deciding transaction, commit included."""
        items = []
        for number in numbers:
            content = f'{{"rule": "{number}", "n": {self.items}}}'.encode()
            self.items += 1
            sha256 = digest(content)
            items.append(RawItem("bench", "", 0, sha256, Form.ALERT, content, sha256, "bench"))
        with self.storage.write() as uow:
            ids = uow.ledger.add(items, START)
        pending = [
            PendingItem(raw, "bench", Form.ALERT, item.content, START)
            for raw, item in zip(ids, items, strict=True)
            if raw is not None
        ]
        analyses = [
            Analysis(subject="Alert", event_at=START, form=Form.ALERT, keys=(RuleKey(RULE, key(number)),))
            for number in numbers
        ]
        start = time.perf_counter()
        with self.storage.write() as uow:
            settle(pending, analyses, uow, self.rules, START)
        self.groups = max(self.groups, *(number + 1 for number in numbers))
        return time.perf_counter() - start


def key(number: int) -> tuple[str, ...]:
    return (f"rule {number}", f"host-{number % 997}")


def micros(book: Book, chance: random.Random) -> tuple[float, float]:
    """Microseconds a decision, the median of twenty batches: for joins and for opens."""
    joins, opens = [], []
    for _ in range(20):
        joins.append(book.take(chance.sample(range(book.groups), BATCH)))
        opens.append(book.take(range(book.groups, book.groups + BATCH)))
    return statistics.median(joins) / BATCH * 1e6, statistics.median(opens) / BATCH * 1e6


def by_size(many: int, folder: Path) -> None:
    folder.mkdir()
    (folder / "rules").mkdir()
    (folder / "rules" / "dedup.yaml").write_text(RULES)
    book = Book(open_storage(f"sqlite:///{folder / 'triage.db'}"), DedupFile(folder, starter_rules()).load())
    chance = random.Random(7)
    book.fill(FEW)
    micros(book, chance)
    few = micros(book, chance)
    book.fill(many)
    micros(book, chance)
    later = micros(book, chance)
    for what, low, high in zip(("joins a group", "opens a group"), few, later, strict=True):
        print(
            f"a decision that {what}: {low:.0f} us with {FEW} groups, {high:.0f} us with {many}, "
            f"ratio {high / low:.2f} (limit 1.5)"
        )
    book.storage.close()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    many = int(sys.argv[2]) if len(sys.argv) > 2 else MANY
    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    rows = alerts(data)
    packed = bodies(rows)
    peers, ours, memory = [], [], []
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            folder = Path(name) / f"alertmanager-{number}"
            folder.mkdir()
            with alertmanager(folder):
                peers.append(post_all(packed))
            seconds, held = triage(data, Path(name) / f"triage-{number}")
            ours.append(seconds)
            memory.append(held)
            for label, taken in (("alertmanager", peers[-1]), ("triage", seconds)):
                print(f"{label:12} {len(rows) / taken:8.0f} alerts/s  {taken:6.2f} s")
        if many:
            by_size(many, Path(name) / "groups")
    peer, own = statistics.median(peers), statistics.median(ours)
    print(
        f"dedup: {len(rows)} alerts, triage {len(rows) / own:.0f}/s, alertmanager {len(rows) / peer:.0f}/s, "
        f"ratio {peer / own:.2f}, {max(memory):.0f} MB"
    )


if __name__ == "__main__":
    main()
