"""Pushed alerts a second, durable, beside Alertmanager's API in the same run: `sh run bench push [ROUNDS]`.

Both servers run already when the clock starts, and both take the same alerts of the same file over the same number of
connections, in posts of 64, which is what a Prometheus server sends. Ours is `triage serve`: each post is answered when
its alerts are in the ledger and decided by one rule that merges (level comment) what has the same rule name and host.
The peer, Debian's prometheus-alertmanager, groups by the same two labels and keeps alerts in memory. Then posts of one
alert, one after the other: what a sender waits for.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import dedup
from triage_app.bootstrap import build
from triage_app.domain.token import Scope, TokenName
from triage_app.services.commands import ImportFiles
from triage_app.services.queries import GetBalance
from triage_app.services.token_commands import AddToken

CONNECTIONS = 16
SINGLES = 400


@dataclass(frozen=True, slots=True)
class Target:
    """Where alerts are posted to."""

    port: int
    path: str
    headers: dict[str, str]

    def post(self, client: http.client.HTTPConnection, body: bytes) -> None:
        client.request("POST", self.path, body, self.headers)
        answer = client.getresponse()
        text = answer.read()
        assert answer.status == 200, text

    def rate(self, posts: Sequence[bytes]) -> float:
        """Seconds for all posts, over several connections."""

        def some(first: int) -> None:
            client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            for body in posts[first::CONNECTIONS]:
                self.post(client, body)
            client.close()

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            start = time.perf_counter()
            list(pool.map(some, range(CONNECTIONS)))
            return time.perf_counter() - start

    def singles(self, posts: Sequence[bytes]) -> list[float]:
        """Milliseconds of each post, one after the other, sorted."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        found = []
        for body in posts:
            start = time.perf_counter()
            self.post(client, body)
            found.append((time.perf_counter() - start) * 1_000)
        client.close()
        return sorted(found)


@contextmanager
def triage(folder: Path) -> Iterator[Target]:
    """Our server on a workspace whose first model is trained, as in a program that has run for a while."""
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "dedup.yaml").write_text(dedup.RULES)
    (folder / "first.json").write_text('{"time": "2022-01-01T00:00:00Z", "name": "the first", "host": "h"}\n')
    app = build(folder)
    try:
        app.execute(ImportFiles(paths=(str(folder / "first.json"),)))
        secret = app.execute(AddToken(TokenName("bench"), scope=(Scope.INTAKE,), source="bench")).secret
    finally:
        app.close()
    serve = [sys.executable, "-m", "triage_app", "--workspace", str(folder), "serve", "--port", "0", "--no-sync"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().removeprefix("Serving http://").partition(";")[0]
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            yield Target(int(address.rpartition(":")[2]), "/api/v1/alerts", headers)
        finally:
            server.terminate()


def balanced(folder: Path, wanted: int) -> None:
    """All that was posted is there, and decided."""
    app = build(folder)
    try:
        (bench,) = (each for each in app.ask(GetBalance()).sources if each.source == "bench")
        assert (bench.seen, bench.pending, bench.difference) == (wanted, 0, 0)
    finally:
        app.close()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    rows = dedup.alerts(data)
    theirs = dedup.bodies(rows)
    ours = [json.dumps(rows[start : start + dedup.POSTED]).encode() for start in range(0, len(rows), dedup.POSTED)]
    singles = {
        "alertmanager": [json.dumps(json.loads(each)[:1]).encode() for each in theirs[:SINGLES]],
        "triage": [json.dumps(each).encode() for each in rows[:SINGLES]],
    }
    rates: dict[str, list[float]] = {"alertmanager": [], "triage": []}
    waits: dict[str, list[float]] = {"alertmanager": [], "triage": []}
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            folder = Path(name) / f"alertmanager-{number}"
            folder.mkdir()
            with dedup.alertmanager(folder):
                peer = Target(dedup.PORT, "/api/v2/alerts", {"Content-Type": "application/json"})
                rates["alertmanager"].append(len(rows) / peer.rate(theirs))
                waits["alertmanager"] += peer.singles(singles["alertmanager"])
            folder = Path(name) / f"triage-{number}"
            with triage(folder) as target:
                target.singles(singles["triage"][:20])
                rates["triage"].append(len(rows) / target.rate(ours))
                waits["triage"] += target.singles(singles["triage"])
            balanced(folder, len(rows) + SINGLES + 20)
            for label, found in rates.items():
                print(f"{label:12} {found[-1]:8.0f} alerts/s")
    for label, found in waits.items():
        cuts = statistics.quantiles(found, n=100)
        print(f"{label:12} a post of one alert: median {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms")
    own, other = (statistics.median(rates[label]) for label in ("triage", "alertmanager"))
    print(f"push: {len(rows)} alerts, triage {own:.0f}/s, alertmanager {other:.0f}/s, ratio {own / other:.2f}")


if __name__ == "__main__":
    main()
