"""The window on a workspace with a million tickets: first page, filter, sort, scrolling, memory.

    sh run bench queue [TICKETS] [WORKSPACE]

A fresh process opens the workspace as `triage` does and is driven from within: the time to the first page counts from
the start of that process, a block is the longest time in which the event loop did not serve a timer of 1 ms. Without a
display it paints offscreen. A WORKSPACE that exists already is used as it is. Beside each block stands the processor
time that the event loop's own thread used in one go: on a busy machine the rest was spent waiting for a processor.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter

TICKETS = 1_000_000
FIRST_PAGE_MS, CHANGE_MS, BLOCK_MS, MEMORY_MB = 1500, 150, 50, 350
PAGES = 300
JUMPS = 40
SORTS = ("severity", "subject", "confidence", "category", "age")
SEARCHES = ("invoice", "trace4711", "case77 account", "port scan")
TYPED = ("from:edr is:open account", "severity:>=high -category:spam (login OR password)", "age:<90d subject:case*")
BETWEEN_LETTERS_MS = 70
PATIENCE_S = 60.0
BETWEEN_STEPS_MS = 16


def main() -> int:
    """Make the workspace if needed, run the child, print the numbers; 1 where a limit is not kept."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch)
        database = workspace / "triage.db"
        if not database.exists():
            from tests.bench.fill import fill

            workspace.mkdir(parents=True, exist_ok=True)
            print(f"filling a workspace with {tickets:,} tickets", file=sys.stderr)
            fill(database, tickets_wanted=tickets)
        environment = {**os.environ, "BENCH_BEGUN": repr(monotonic())}
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, "-m", "tests.bench.queue", "--child", str(workspace)]
        environment["BENCH_BEGUN"] = repr(monotonic())
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return report(json.loads(done.stdout))


def report(found: dict[str, float]) -> int:
    """Print a line for each number with its limit."""
    kept = True
    if hasattr(os, "getloadavg"):
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, value in found.items():
        limit = next((limit for start, limit in LIMITS if name.startswith(start)), None)
        verdict = "" if limit is None else ("ok" if value <= limit else "OVER")
        kept = kept and verdict != "OVER"
        print(f"{name:<58}{value:>12,.1f}   {'' if limit is None else f'limit {limit:,}':<14}{verdict}")
    return 0 if kept else 1


LIMITS = (
    ("first page", FIRST_PAGE_MS),
    ("sort", CHANGE_MS),
    ("search", CHANGE_MS),
    ("view", CHANGE_MS),
    ("longest block", BLOCK_MS),
    ("memory", MEMORY_MB),
)


def child(workspace: Path) -> None:
    """Open the window and drive it."""
    begun = float(os.environ["BENCH_BEGUN"])
    found: dict[str, float] = {}
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer
    from PySide6.QtTest import QTest

    from tests.bench._watch import Watch
    from triage_app import bootstrap
    from triage_app.gui import application

    imported = monotonic()
    app = bootstrap.build(workspace)
    built = monotonic()
    sys.setswitchinterval(application.SWITCH_S)
    qt = application.make_application()
    settings = QSettings(str(workspace / "bench.ini"), QSettings.Format.IniFormat)
    opened = application.open_window(app, bootstrap.resources_dir(), settings)
    window = opened.window
    table, view = window.queue.table, window.queue.list
    made = monotonic()

    class Painted(QObject):
        """Counts how often the viewport was painted with rows of the present list."""

        count = 0

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not table.loading and table.row_at(view.rowAt(1)) is not None:
                self.count += 1
            return False

    def end(name: str) -> None:
        watch.end()
        found[f"longest block while {name}, ms"] = watch.longest * 1000
        found[f"  busiest on the processor ({name})"] = watch.busiest * 1000

    painted = Painted()
    view.viewport().installEventFilter(painted)
    watch = Watch()

    def until(condition: Callable[[], bool]) -> None:
        give_up = perf_counter() + PATIENCE_S
        while not condition():
            if perf_counter() > give_up:
                raise TimeoutError("the window did not get ready")
            qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    def settled() -> None:
        until(lambda: opened.desk.jobs.idle and not table.loading and table.complete)

    def change(act: Callable[[], object], query: str = "") -> float:
        count = painted.count
        start = perf_counter()
        act()
        if query:
            # It is read first what was typed; what is painted meanwhile is the list before.
            until(lambda: table.which.query == query)
            count = painted.count
        until(lambda: not table.loading and (painted.count > count or table.rowCount() == 0))
        return (perf_counter() - start) * 1000

    window.resize(1440, 900)
    window.show()
    window.start()
    watch.begin()
    until(lambda: painted.count > 0)
    found["first page, ms"] = (monotonic() - begun) * 1000
    found["  of it: imports"] = (imported - begun) * 1000
    found["  of it: workspace opened"] = (built - imported) * 1000
    found["  of it: window made"] = (made - built) * 1000
    end("first painting")
    found["  of it: longest block of the first paint"] = found.pop("longest block while first painting, ms")
    watch.begin()
    settled()
    end("the list loads")
    found["tickets in the view"] = table.rowCount()
    watch.begin()
    for sort in SORTS:
        column = next(i for i, key in enumerate(application_sorts()) if key == sort)
        found[f"sort by {sort}, ms"] = change(lambda column=column: window.queue.sort_by(column))  # type: ignore[misc]
        settled()
    for words in SEARCHES:
        window.queue.search.setText(words)
        found[f"search {words!r}, ms"] = change(window.queue.search_now, query=words)
        settled()
    end("changing")
    watch.begin()
    for words in TYPED:
        window.do("search-all")
        for letter in words:
            QTest.keyClicks(window.queue.search, letter)
            QTest.qWait(BETWEEN_LETTERS_MS)
        settled()
    end("typing a search")
    window.queue.search.clear()
    window.queue.search_now()
    settled()
    for name in ("closed", "review", "all"):
        found[f"view {name}, ms"] = change(lambda name=name: window.do(f"go-{name}"))  # type: ignore[misc]
        settled()

    bar = view.verticalScrollBar()
    steps = [bar.value() + bar.pageStep() * k for k in range(PAGES)]
    steps += [int(bar.maximum() * k / JUMPS) for k in range(JUMPS, 0, -1)]
    loop = QEventLoop()
    timer = QTimer()

    def step() -> None:
        if steps:
            bar.setValue(steps.pop(0))
        else:
            loop.quit()

    timer.timeout.connect(step)
    timer.start(BETWEEN_STEPS_MS)
    watch.begin()
    loop.exec()
    timer.stop()
    until(lambda: table.row_at(view.rowAt(1)) is not None)
    end("scrolling")
    watch.begin()
    for _ in range(50):
        window.do("next")
        until(lambda: window.pane.view is not None and window.pane.view.row.id == window.queue.current)
    end("going from ticket to ticket")
    found["memory at its peak, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    window.close()
    opened.close()
    app.close()
    print(json.dumps(found))


def application_sorts() -> tuple[str, ...]:
    """The sort key of each column."""
    from triage_app.gui.models.ticket_table import SORT_KEYS

    return SORT_KEYS


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--child":
        child(Path(sys.argv[2]))
    else:
        sys.exit(main())
