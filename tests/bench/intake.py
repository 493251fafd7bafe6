"""Mails a second through the whole intake beside `notmuch new` on the same files: `sh run bench intake [ROUNDS]`.

Both read the same folder of mails from files and index their text. Triage also extracts observables, classifies,
and stores the mails themselves. The two take turns; the ratio is that of the medians.
"""

import os
import statistics
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.bench.memory import Run, measured

ARCHIVES = ("phish", "ham_easy1", "ham_hard_odd", "spam1")


def unpack(data: Path, folder: Path) -> int:
    """The real mails as files; returns how many."""
    count = 0
    for name in ARCHIVES:
        with tarfile.open(data / "mail" / f"{name}.tar.gz") as packed:
            for member in packed:
                content = packed.extractfile(member)
                if content is not None:
                    path = folder / name / f"{count:05}.eml"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content.read())
                    count += 1
    return count


def notmuch(mails: Path, folder: Path) -> Run:
    """One `notmuch new` from nothing, with the database outside the mails."""
    folder.mkdir()
    config = folder / "config"
    config.write_text(f"[database]\nmail_root={mails}\npath={folder / 'database'}\n[new]\ntags=new\n")
    (folder / "database").mkdir()
    return measured(["notmuch", "new", "--quiet"], {**os.environ, "NOTMUCH_CONFIG": str(config)})


def triage(mails: Path, folder: Path) -> Run:
    """One `triage import` into a new workspace, with all that a first start costs."""
    command = [sys.executable, "-m", "triage_app", "--workspace", str(folder), "--json", "import", str(mails)]
    return measured(command)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = unpack(data, folder / "mails")
        peers, ours = [], []
        for number in range(rounds):
            peers.append(notmuch(folder / "mails", folder / f"notmuch-{number}"))
            ours.append(triage(folder / "mails", folder / f"triage-{number}"))
            for label, run in (("notmuch", peers[-1]), ("triage", ours[-1])):
                assert run.code == 0, run.output.decode()
                print(f"{label:8} {count / run.seconds:7.0f} mails/s  {run.seconds:6.2f} s  {run.peak_mb:5.0f} MB")
        print(ours[-1].output.decode().strip())
        size = sum(path.stat().st_size for path in (folder / "triage-0").rglob("*") if path.is_file())
    peer, own = (statistics.median(run.seconds for run in runs) for runs in (peers, ours))
    print(
        f"intake: {count} mails, triage {count / own:.0f}/s, notmuch {count / peer:.0f}/s, ratio {peer / own:.2f}, "
        f"peak {max(run.peak_mb for run in ours):.0f} MB, workspace {size / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
