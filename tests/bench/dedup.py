"""Alerts a second through the whole durable decision beside Alertmanager on the same file: `sh run bench dedup
[ROUNDS]`.

Ours: `triage import` of the alert file into a new workspace whose one rule merges (level comment) what has the same
rule
name and host, with a gap of five minutes on event time; the time is that of the whole program, from its start to its
end.
The peer: Debian's prometheus-alertmanager, its v2 API on loopback, the same alerts in batches by one connection,
grouped
by the same two labels. It keeps alerts in memory; ours are on disk when they are counted.
"""

import csv
import gzip
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.memory import Run, measured

PORT = 19_093
BATCH = 500
RULES = """
rules:
  - name: repeats
    when: {rule.name|exists: true}
    key: [rule.name, host.name]
    window: {gap: 300s, time: event}
    level: comment
"""
CONFIG = """
route: {receiver: nobody, group_by: [alertname, host], group_wait: 30s, group_interval: 5m, repeat_interval: 12h}
receivers: [{name: nobody}]
"""


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
    for start in range(0, len(rows), BATCH):
        batch = [
            {
                "labels": {"alertname": row["name"], "host": row["host"], "ip": row["ip"], "short": row["short"]},
                "startsAt": (now - timedelta(days=5) + timedelta(seconds=int(row["time"]) - first)).isoformat(),
                "endsAt": ends,
            }
            for row in rows[start : start + BATCH]
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


def triage(data: Path, folder: Path) -> Run:
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "dedup.yaml").write_text(RULES)
    file = data / "alerts" / "ait_ads_russellmitchell.csv.gz"
    return measured([sys.executable, "-m", "triage_app", "--workspace", str(folder), "--json", "import", str(file)])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    rows = alerts(data)
    packed = bodies(rows)
    peers, ours = [], []
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            folder = Path(name) / f"alertmanager-{number}"
            folder.mkdir()
            with alertmanager(folder):
                peers.append(post_all(packed))
            ours.append(triage(data, Path(name) / f"triage-{number}"))
            assert ours[-1].code == 0, ours[-1].output.decode()
            for label, seconds in (("alertmanager", peers[-1]), ("triage", ours[-1].seconds)):
                print(f"{label:12} {len(rows) / seconds:8.0f} alerts/s  {seconds:6.2f} s")
        print(ours[-1].output.decode().strip())
    peer, own = statistics.median(peers), statistics.median(run.seconds for run in ours)
    print(
        f"dedup: {len(rows)} alerts, triage {len(rows) / own:.0f}/s, alertmanager {len(rows) / peer:.0f}/s, "
        f"ratio {peer / own:.2f}, peak {max(run.peak_mb for run in ours):.0f} MB"
    )


if __name__ == "__main__":
    main()
