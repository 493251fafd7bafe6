"""How long a month's figures take in a large workspace: in proportion to what came in during it, whatever lies before.

python -m tests.bench.month [TICKETS]
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from tests.bench.fill import NEWEST, fill
from triage_app.adapters.storage.engine import open_storage
from triage_app.services.tallying import Tally


def main(tickets: int) -> None:
    """Fill a workspace and count the last days of it, processor time beside the clock's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "triage.db"
        fill(path, tickets_wanted=tickets)
        storage = open_storage(f"sqlite:///{path}")
        for days in (1, 3, 31):
            with storage.read() as uow:
                begun, used = perf_counter(), process_time()
                found = uow.outcomes.of_dataset("category", since=NEWEST - timedelta(days=days), until=None)
                counted = Tally(found, 0.8).all.predictions
                used, took = process_time() - used, perf_counter() - begun
            print(
                f"the last {days:>2} days of {tickets:,} tickets: {counted:,} predictions in {used:.2f} s of processor "
                f"time, {took:.2f} s on the clock, {counted / used:,.0f} a second"
            )
        storage.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
