"""The window with a group of 5,000 tickets: the longest event-loop block of each thing that one does with it.

    sh run bench groups [TICKETS]

A fresh process opens a workspace of twice as many tickets and is driven from within, as by keys: mark, link, read the
group under Duplicates, walk on, close all that is linked, undo each. A block is the longest time in which the event
loop did not serve a timer of 1 ms; beside it stands the processor time that the event loop's own thread used in one
go, since on a busy machine the rest was spent waiting for a processor. Without a display it paints offscreen.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

TICKETS = 5_000
BLOCK_MS = 50
PATIENCE_S = 120.0
STEPS = 20
PAINTED_AFTER_MS = 60

Figures = dict[str, tuple[float, float, float]]


def main() -> int:
    """Fill a workspace, run the child, print each figure beside the limit; 1 where it is not kept."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    with tempfile.TemporaryDirectory() as scratch:
        from tests.bench.fill import fill

        workspace = Path(scratch)
        fill(workspace / "triage.db", tickets_wanted=2 * tickets)
        environment = dict(os.environ)
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, "-m", "tests.bench.groups", "--child", scratch, str(tickets)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return report(json.loads(done.stdout), tickets)


def report(found: Figures, tickets: int) -> int:
    """Print a line for each thing that was done: its longest block, the limit, and how long it took in all."""
    if hasattr(os, "getloadavg"):
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{f'a group of {tickets:,} tickets':<42}{'longest block':>15}{'on processor':>15}{'in all':>12}")
    kept = True
    for name, (longest, busiest, whole) in found.items():
        ok = longest <= BLOCK_MS
        kept = kept and ok
        verdict = "ok" if ok else "OVER"
        print(f"{name:<42}{longest:>12.1f} ms{busiest:>12.1f} ms{whole:>9.0f} ms   limit {BLOCK_MS} ms {verdict}")
    return 0 if kept else 1


def child(workspace: Path, tickets: int) -> None:
    """Open the window and drive it; print the figures as JSON."""
    from PySide6.QtCore import QEventLoop, QSettings, QTimer

    from tests.bench._watch import Watch
    from triage_app import bootstrap
    from triage_app.domain.ticket import Verdict
    from triage_app.gui import application

    app = bootstrap.build(workspace)
    sys.setswitchinterval(application.SWITCH_S)
    qt = application.make_application()
    settings = QSettings(str(workspace / "bench.ini"), QSettings.Format.IniFormat)
    opened = application.open_window(app, bootstrap.resources_dir(), settings)
    window = opened.window
    queue, pane = window.queue, window.pane
    watch = Watch()
    found: Figures = {}

    def until(condition: Callable[[], bool]) -> None:
        give_up = perf_counter() + PATIENCE_S
        while not condition():
            if perf_counter() > give_up:
                raise TimeoutError("the window did not get ready")
            qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    def settled() -> bool:
        return opened.desk.jobs.idle and not queue.table.loading and queue.table.complete

    def painted() -> None:
        rest = QEventLoop()
        QTimer.singleShot(PAINTED_AFTER_MS, rest.quit)
        rest.exec()

    def measure(name: str, act: Callable[[], object], ready: Callable[[], bool] = lambda: True) -> None:
        begun = perf_counter()
        watch.begin()
        # From within the event loop, as a key press would come: what the act itself takes is a block as well.
        act()
        until(lambda: settled() and ready())
        whole = perf_counter() - begun
        painted()
        watch.end()
        found[name] = (watch.longest * 1000, watch.busiest * 1000, whole * 1000)

    def linked() -> int:
        return len(pane.duplicates.tree.links) if pane.duplicates.tree is not None else 0

    def there_and_back() -> None:
        for tab in ("message", "duplicates"):
            window.do(f"tab-{tab}")

    def out_and_in() -> None:
        queue.go_to(tickets + STEPS)
        until(lambda: settled() and linked() == 0)
        queue.go_to(0)
        until(lambda: settled() and linked() == tickets - 1)

    def walk() -> None:
        for _ in range(STEPS):
            window.do("group-next")
            until(settled)

    window.resize(1440, 900)
    window.show()
    window.start()
    until(settled)
    application.rarely_collect()
    painted()
    measure("mark them", lambda: queue.marks.mark(range(tickets)))
    measure("link them", lambda: window.do("link"), lambda: linked() == tickets - 1)
    measure("undo the link", lambda: window.do("undo"), lambda: linked() == 0)
    queue.marks.mark(range(tickets))
    window.do("link")
    until(lambda: settled() and linked() == tickets - 1)
    measure("another tab and back to Duplicates", there_and_back)
    other = pane.duplicates.lines.rowCount() - 1
    measure("the end of the list", lambda: pane.duplicates.list.setCurrentIndex(pane.duplicates.lines.index(other)))

    measure(f"walk through {STEPS} of them", walk)
    measure("out of the group and in again", out_and_in)
    bar = pane.close_linked
    measure("what closing all would do", lambda: window.do("close-linked"), bar.verdicts.isVisible)
    measure(
        "close all that is linked",
        lambda: bar.chosen.emit(Verdict.DUPLICATE),
        lambda: queue.table.rowCount() <= tickets,
    )
    measure("undo the closing", lambda: window.do("undo"), lambda: queue.table.rowCount() > tickets)
    window.close()
    opened.close()
    app.close()
    print(json.dumps(found))


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "--child":
        child(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main())
