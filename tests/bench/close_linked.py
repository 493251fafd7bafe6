"""Closing a group of 5,000 linked tickets with one command, and opening all of them again with one undo.

    sh run bench close_linked [TICKETS]

Each is measured as the desk waits for it: the command with its log entry, committed to the disk that TMPDIR is on.
"""

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.fakes.workbench import Item, workbench
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.commands import CloseLinked, Undo
from triage_app.services.dedup_queries import GetDuplicates, PlanCloseLinked
from triage_app.services.queries import CountViews

TICKETS = 5_000
LIMIT_S = 1.0
TIMES = 5


def main() -> int:
    """Fill, close, open again a few times; print the slowest of each; 1 where the limit is not kept."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    with tempfile.TemporaryDirectory() as folder, workbench(f"sqlite:///{Path(folder) / 'triage.db'}") as bench:
        bench.intake(*[Item("link-new", "a")] * tickets)
        planned, closed, opened, shown = 0.0, 0.0, 0.0, 0.0
        for _ in range(TIMES):
            begun = perf_counter()
            bench.app.ask(GetDuplicates(TicketId(1)))
            shown = max(shown, perf_counter() - begun)
            begun = perf_counter()
            bench.app.ask(PlanCloseLinked(TicketId(1)))
            planned = max(planned, perf_counter() - begun)
            begun = perf_counter()
            report = bench.app.execute(CloseLinked(TicketId(1), verdict=Verdict.DUPLICATE))
            closed = max(closed, perf_counter() - begun)
            assert len(report.tickets) == tickets
            assert bench.app.ask(CountViews()).inbox == 0
            begun = perf_counter()
            bench.app.execute(Undo())
            opened = max(opened, perf_counter() - begun)
            assert bench.app.ask(CountViews()).inbox == tickets
    print(f"a group of {tickets:,} tickets, the slowest of {TIMES} times")
    for what, seconds, limit in (
        ("show the group", shown, None),
        ("plan the closing", planned, None),
        ("close all", closed, LIMIT_S),
        ("undo", opened, None),
    ):
        kept = "" if limit is None else f"  (limit {limit:g} s: {'ok' if seconds <= limit else 'OVER'})"
        print(f"{what:<18} {seconds:6.3f} s{kept}")
    return 0 if closed <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
