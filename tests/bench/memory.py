"""Memory and time of a process with all its children, as Linux accounts for them."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: seconds of wall time, exit code, peak of the proportional set size (MB) of the whole tree."""

    seconds: float
    code: int
    peak_mb: float
    output: bytes


def measured(command: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end, looking at its memory ten times a second."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(INTERVAL):
            peak = max(peak, tree_mb(child.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    output, _ = child.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return Run(seconds, child.returncode, peak, output)


def tree_mb(pid: int) -> float:
    """Proportional set size of a process and all below it, in MB: shared pages count once."""
    return sum(_pss_kb(each) for each in [pid, *_descendants(pid)]) / 1024


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(each) for each in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _pss_kb(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0
