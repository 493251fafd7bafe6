"""One of two processes that import the same alerts at the same time: `python -m tests.fakes.twin WORKSPACE FILE...`.

It says when it is ready, waits for a line, then imports in batches of a few items, so that the two take turns often.
"""

import sys
from pathlib import Path

from tests.workspaces import opened
from triage_app.services import intake
from triage_app.services.commands import ImportFiles


def main() -> None:
    """Wait for the other one, then import."""
    intake.BATCH_ITEMS = 5
    with opened(Path(sys.argv[1])) as app:
        app.execute(ImportFiles((sys.argv[2],)))
        print("ready", flush=True)
        sys.stdin.readline()
        app.execute(ImportFiles(tuple(sys.argv[3:])))


if __name__ == "__main__":
    main()
