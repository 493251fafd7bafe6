"""A simulation of 100,000 stored items, real alerts and mails: `sh run bench simulate [ITEMS]`.

Seconds and memory are those of the whole program, `triage dedup simulate` from its start to its end with all its
processes, for a draft that has a rule for alerts and one for mails, beside the starter rules in force. Then the same
question is asked inside a program, to see that progress is told and how long a stop takes.
"""

import csv
import gzip
import json
import os
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from time import perf_counter

from tests.bench.memory import measured
from triage_app.adapters.storage.engine import open_storage
from triage_app.bootstrap import build
from triage_app.domain.errors import Cancelled
from triage_app.domain.item import Form, RawItem, digest
from triage_app.services.context import CancelToken, Progress
from triage_app.services.dedup_queries import SimulateDedup

ITEMS = 100_000
MOST_SECONDS = 20.0
MOST_MB = 400.0
MAILS = ("phish", "ham_easy1", "ham_hard_odd", "spam1")
MAIL_EVERY = 12
"""One item in so many is a mail."""

BATCH = 1_000
RECEIVED = datetime(2026, 11, 24, tzinfo=UTC)

DRAFT = """\
rules:
  - name: repeats
    when: {form: alert}
    key: [rule.name, host.name]
    window: {gap: 5m, time: event}
    level: {default: comment, critical: link}
  - name: same-sender
    when: {form: mail}
    key: [sender, subject|template]
    window: {gap: 1d, time: event}
    level: link
"""


def alerts(data: Path) -> Iterator[bytes]:
    """Real alerts again and again, each round some days later."""
    with gzip.open(data / "alerts" / "ait_ads_russellmitchell.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for days in count(0, 7):
        for row in rows:
            yield json.dumps(row | {"time": str(int(row["time"]) + days * 86_400)}).encode()


def mails(data: Path) -> Iterator[bytes]:
    """Real mails again and again, each round with another header line."""
    found = []
    for name in MAILS:
        with tarfile.open(data / "mail" / f"{name}.tar.gz") as packed:
            for member in packed:
                file = packed.extractfile(member)
                if file is not None:
                    found.append(file.read())
    for number in count():
        for content in found:
            yield b"X-Round: %d\r\n" % number + content if number else content


def items(data: Path) -> Iterator[RawItem]:
    """Alerts with a mail now and then."""
    alert, mail = alerts(data), mails(data)
    for number in count():
        form, content = (Form.MAIL, next(mail)) if number % MAIL_EVERY == 0 else (Form.ALERT, next(alert))
        sha256 = digest(content)
        yield RawItem("files", "", 0, f"{sha256}:{number}", form, content, sha256, f"bench:{number}")


def fill(workspace: Path, data: Path, wanted: int) -> None:
    """Store that many items as they came in."""
    workspace.mkdir()
    storage = open_storage(f"sqlite:///{workspace / 'triage.db'}")
    source = islice(items(data), wanted)
    while batch := list(islice(source, BATCH)):
        with storage.write() as uow:
            uow.ledger.add(batch, RECEIVED)
    storage.close()


def stop_seconds(workspace: Path) -> tuple[int, float]:
    """How often progress was told until a stop was asked for, and how long the stop took."""
    app = build(workspace)
    cancel = CancelToken()
    told = 0
    asked_at = 0.0
    asked = threading.Event()

    def listen(progress: Progress) -> None:
        nonlocal told, asked_at
        told += 1
        if not asked.is_set() and progress.done * 4 >= progress.total:
            asked.set()
            asked_at = perf_counter()
            cancel.cancel()

    try:
        app.ask(SimulateDedup(rules=DRAFT, since="all"), progress=listen, cancel=cancel)
    except Cancelled:
        return told, perf_counter() - asked_at
    finally:
        app.close()
    raise AssertionError("the stop was not obeyed")


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    with tempfile.TemporaryDirectory() as name:
        workspace, draft = Path(name) / "workspace", Path(name) / "draft.yaml"
        draft.write_text(DRAFT, encoding="utf-8")
        fill(workspace, data, wanted)
        command = [sys.executable, "-m", "triage_app", "--workspace", str(workspace), "--json"]
        began = os.times()
        run = measured([*command, "dedup", "simulate", "--rules", str(draft), "--since", "all"])
        assert run.code == 0, run.output.decode()
        ended = os.times()
        cpu = ended.children_user + ended.children_system - began.children_user - began.children_system
        found = json.loads(run.output)
        assert found["items"] == wanted, found["items"]
        for each in found["by_rule"]:
            print(f"{each['rule']:<12} {each['level']:<8} matched {each['matched']:>7}  groups {each['groups']:>6}")
        print(f"{found['items']} items, {found['tickets']} tickets, {found['today']} by the rules in force")
        told, seconds = stop_seconds(workspace)
    print(f"time    {run.seconds:6.1f} s   at most {MOST_SECONDS:g} s for {ITEMS} items")
    print(f"        {cpu:6.1f} s   of processor time in all processes")
    print(f"memory  {run.peak_mb:6.0f} MB  at most {MOST_MB:g} MB")
    print(f"stop    {seconds:6.2f} s   after progress was told {told} times")
    if wanted <= ITEMS and (run.seconds > MOST_SECONDS or run.peak_mb > MOST_MB):
        sys.exit("outside its bounds")


if __name__ == "__main__":
    main()
