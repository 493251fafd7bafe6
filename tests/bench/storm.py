"""The window while alerts are pushed without end: `sh run bench storm [SECONDS [RATE [TICKETS]]]`.

In a workspace with TICKETS (20,000) tickets one process is the desk and serves the API as well, which is the hardest
case: window, server, database and painting share Python's lock. Another process posts RATE (200) single alerts a second
over several connections, each at its time whether or not the one before is answered, so that a wait counts for all that
wait. They are real alerts with the time of now; every second one repeats the one before, the others are tickets of
their own. Meanwhile somebody goes from ticket to ticket. A block is the longest time in which the event loop did not
serve a timer of 1 ms; below it stands what is left of it without the time in which no processor was free.
"""

import http.client
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import dedup
from triage_app.adapters.clock import system_clock

SECONDS, RATE, TICKETS = 60, 200, 20_000
BLOCK_MS = 50
CONNECTIONS = 32
STEP_EVERY_MS = 700
LOOK_EVERY_MS = 20
PATIENCE_S = 60.0
SHOWN = 8


def main() -> int:
    """Fill a workspace, run the desk on it, print the numbers; 1 where the limit is not kept."""
    seconds, rate, tickets = (
        int(sys.argv[place]) if len(sys.argv) > place else default
        for place, default in ((1, SECONDS), (2, RATE), (3, TICKETS))
    )
    from tests.bench.fill import fill

    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        if tickets:
            fill(workspace / "triage.db", tickets_wanted=tickets)
        environment = dict(os.environ)
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, "-m", "tests.bench.storm", "--desk", name, str(seconds), str(rate)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    posts = sorted(found["posts"])
    cuts = statistics.quantiles(posts, n=100)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{len(posts):,} posts in {found['seconds']:.1f} s, {len(posts) / found['seconds']:.0f} a second")
    print(f"a post: median {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, longest {posts[-1]:.1f} ms")
    print(f"tickets before {found['before']:,}, after {found['after']:,}; gone to {found['steps']} of them")
    print("the longest blocks and where the event loop was then:")
    for milliseconds, where in found["blocks"]:
        print(f"  {milliseconds:6.1f} ms  {where}")
    print(f"busiest on the processor: {found['busiest']:.1f} ms")
    kept = found["longest"] <= BLOCK_MS
    print(f"longest block: {found['longest']:.1f} ms, limit {BLOCK_MS} ms: {'ok' if kept else 'OVER'}")
    print(f"without the waits for a processor: {found['unhindered']:.1f} ms")
    return 0 if kept else 1


def desk(workspace: Path, seconds: int, rate: int) -> None:
    """Open the window, serve, have alerts posted, and watch the event loop."""
    from PySide6.QtCore import QEventLoop, QSettings, QTimer

    from tests.bench._watch import Spy, Watch
    from triage_app import bootstrap
    from triage_app.domain.token import Scope, TokenName
    from triage_app.gui import application
    from triage_app.services.commands import ImportFiles
    from triage_app.services.queries import GetBalance
    from triage_app.services.token_commands import AddToken

    app = bootstrap.build(workspace)
    first = workspace / "first.json"
    first.write_text('{"time": "2022-01-01T00:00:00Z", "name": "the first", "host": "h"}\n')
    app.execute(ImportFiles(paths=(str(first),)))
    secret = app.execute(AddToken(TokenName("bench"), scope=(Scope.INTAKE,), source="bench")).secret
    server, _ = bootstrap.api_server(app, workspace, "127.0.0.1", 0)
    server.start()
    sys.setswitchinterval(application.SWITCH_S)
    application.make_application()
    settings = QSettings(str(workspace / "bench.ini"), QSettings.Format.IniFormat)
    opened = application.open_window(app, bootstrap.resources_dir(), settings)
    window = opened.window
    table = window.queue.table

    def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        # The loop that the program runs: to process events with a limit of time would not wait but spin.
        loop, look, late = QEventLoop(), QTimer(), QTimer()
        look.timeout.connect(lambda: loop.quit() if condition() else None)
        look.start(LOOK_EVERY_MS)
        late.setSingleShot(True)
        late.timeout.connect(lambda: loop.exit(1))
        late.start(round(patience_s * 1000))
        if loop.exec():
            raise TimeoutError("the window did not get ready")

    def settled() -> bool:
        return opened.desk.jobs.idle and not table.loading and table.complete

    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        window.do("next")

    window.resize(1440, 900)
    window.show()
    window.start()
    until(settled)
    application.rarely_collect()
    before = table.rowCount()
    walk = QTimer()
    walk.timeout.connect(step)
    walk.start(STEP_EVERY_MS)
    command = [sys.executable, "-m", "tests.bench.storm", "--posts", str(server.port), str(seconds), str(rate)]
    posting = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert posting.stdin is not None
    posting.stdin.write(f"{secret}\n")
    posting.stdin.close()
    answers: list[str] = []
    reader = threading.Thread(target=lambda: answers.append(posting.stdout.read() if posting.stdout else ""))
    reader.start()
    watch = Watch()
    spy = Spy(watch)
    watch.begin()
    spy.start()
    until(lambda: not reader.is_alive(), seconds + PATIENCE_S)
    spy.stop()
    watch.end()
    walk.stop()
    posting.wait()
    until(settled)
    posted = json.loads(answers[0])
    (bench,) = (each for each in app.ask(GetBalance()).sources if each.source == "bench")
    assert (bench.seen, bench.pending, bench.difference) == (len(posted["posts"]), 0, 0)
    found = {
        **posted,
        "before": before,
        "after": table.rowCount(),
        "steps": steps,
        "longest": watch.longest * 1000,
        "unhindered": watch.unhindered * 1000,
        "busiest": watch.busiest * 1000,
        "blocks": [(seconds * 1000, where) for seconds, where in spy.blocks()[:SHOWN]],
    }
    server.stop()
    window.close()
    opened.close()
    app.close()
    print(json.dumps(found))


def posts(port: int, seconds: int, rate: int) -> None:
    """Post at an even rate, and print how long each took from the moment at which it was due."""
    from tests.bench.push import Target

    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    rows = dedup.alerts(data)
    headers = {"Authorization": f"Bearer {sys.stdin.readline().strip()}", "Content-Type": "application/json"}
    target = Target(port, "/api/v1/alerts", headers)
    due: queue.SimpleQueue[tuple[float, bytes] | None] = queue.SimpleQueue()
    took: list[float] = []

    def some() -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (each := due.get()) is not None:
            target.post(client, each[1])
            took.append((time.perf_counter() - each[0]) * 1000)
        client.close()

    threads = [threading.Thread(target=some) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    never = threading.Event()
    start = time.perf_counter()
    for number in range(seconds * rate):
        at = start + number / rate
        never.wait(max(0.0, at - time.perf_counter()))
        row = rows[number // 2 % len(rows)]
        alert = {**row, "time": system_clock().isoformat(), "host": f"{row['host']}-{number // 2}"}
        due.put((at, json.dumps(alert).encode()))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    print(json.dumps({"posts": took, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    if len(sys.argv) > 4 and sys.argv[1] == "--desk":
        desk(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    elif len(sys.argv) > 4 and sys.argv[1] == "--posts":
        posts(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(main())
