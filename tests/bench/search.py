"""Searching a workspace with a million tickets, beside notmuch on 100,000 mails of comparable text.

    sh run bench search [TICKETS] [WORKSPACE] [MAILS]

Each of 30 typical queries is asked for its first page of 100, in the view of all tickets and in the inbox, as the queue
asks: through `App.ask`. Cold is the first time after the workspace was opened and the system was told to forget its
file; warm are the rounds after. Each of notmuch's queries is a process that lists a page, as mail programs have it;
what its process costs without a query is printed. At the end come queries that want to do harm: each must be answered
or refused within a second. A WORKSPACE that exists already is used as it is.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from time import perf_counter

from tests.bench.fill import fill
from tests.bench.likeness import KINDS, SUBJECTS
from tests.bench.vocabulary import Vocabulary
from triage_app import bootstrap
from triage_app.domain.errors import TriageError
from triage_app.services.app import App
from triage_app.services.queries import ListTicketIds

TICKETS, MAILS = 1_000_000, 100_000
PAGE = 100
ROUNDS = 5
PAGE_MS, HOSTILE_MS = 100, 1_000
VIEWS = ("all", "inbox")
LONG_AGO = "2026-06-01"

# A query, and how notmuch is asked for the same, where it can be.
QUERIES: Sequence[tuple[str, str]] = (
    ("trace4711", "trace4711"),
    ("account", "account"),
    ("account password", "account and password"),
    ("case77 case78", "case77 and case78"),
    ("invoice case77", "invoice and case77"),
    ('"payment transfer"', '"payment transfer"'),
    ("quar*", "quar*"),
    ("pass* repor*", "pass* and repor*"),
    ("from:ben4", "from:ben4"),
    ("subject:invoice", "subject:invoice"),
    ('subject:"port scan" beacon', 'subject:"port scan" and beacon'),
    ("account OR password", "account or password"),
    ("account -password", "account and not password"),
    ("(exploit OR beacon) -firewall -gateway", "(exploit or beacon) and not firewall and not gateway"),
    (f"before:{LONG_AGO} exploit", f"date:..{LONG_AGO} and exploit"),
    ("gateway blocked", "gateway and blocked"),
    ("category:phishing is:open", ""),
    ("category:DeviceLost account", ""),
    ("ip:11.0.0.4", ""),
    ("ip:11.3.0.0/16", ""),
    ("domain:host4002.example.org", ""),
    ("sha256:00000000000000000000000000000000000000000000000000000c140627361b", ""),
    ("hxxps://site101[.]example[.]org/urgent/5001", ""),
    ("has:attachment case77", ""),
    ("after:2026-10-30 category:phishing", ""),
    ("severity:>=high is:open", ""),
    ("confidence:<0.6 beacon", ""),
    ("assignee:ana case77", ""),
    ("note:case77 verdict:fp", ""),
    ("pattern:4711 -status:resolved", ""),
)

HOSTILE = (
    '"', "(((((((((", ")", '"a" OR', "a*", "e* OR s*", "con* ban* bas* mon* ser*", "* * *", "-*",
    "'; DROP TABLE tickets; --", 'account" OR 1=1 --', "NEAR(account password, 99999)", "{subject sender} : account",
    "^account", "account AND NOT NOT NOT account", "-account -password -report", "\0account\0", "account <-> password",
    " OR ".join(["account", "password", "report", "file"] * 16), " ".join(["account"] * 64),
    " OR ".join(f"{a}{b}a*" for a in "bdfgklmn" for b in "aeiou"), "(" * 20 + "account" + ")" * 20,
    "NOT " * 19 + "account", "account " * 500, "a" * 2_000, "ip:0.0.0.0/0 -ip:0.0.0.0/1", "has:ip -has:ip",
    "id:>0 -id:>0", "subject:account -subject:account", "similar:1 OR similar:2", "note:gateway -note:blocked",
    "-(account OR is:open) verdict:test", "before:1990-01-01 OR after:2090-01-01", "similar:>0 -similar:>0",
)  # fmt: skip


def main() -> int:
    """Make the workspace if needed, measure, print; 1 where a limit is not kept."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    mails = int(sys.argv[3]) if len(sys.argv) > 3 else min(MAILS, tickets)
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch) / "workspace"
        database = workspace / "triage.db"
        if not database.exists():
            workspace.mkdir(parents=True, exist_ok=True)
            print(f"filling a workspace with {tickets:,} tickets", file=sys.stderr)
            fill(database, tickets_wanted=tickets)
        forget(database)
        app = bootstrap.build(workspace)
        try:
            cold = {(query, view): timed(app, query, view)[0] for query, _ in QUERIES for view in VIEWS}
            warm = {key: [timed(app, *key)[0] for _ in range(ROUNDS)] for key in cold}
            hits = {query: timed(app, query, "all")[1] for query, _ in QUERIES}
            hostile = {query: max(timed(app, query, view) for view in VIEWS) for query in HOSTILE}
        finally:
            app.close()
        peer = notmuch(Path(scratch), mails) if which("notmuch") else {}
    return report(cold, warm, hits, peer, hostile, mails)


def timed(app: App, query: str, view: str) -> tuple[float, str]:
    """Milliseconds to the first page, and what came: how many there are, or how it was refused."""
    began = perf_counter()
    try:
        answer = app.ask(ListTicketIds(view=view, query=query, limit=PAGE))
        came = f"{answer.total:,}{'' if answer.exact else '+'}"
    except TriageError as error:
        came = error.code
    return (perf_counter() - began) * 1000, came


def forget(path: Path) -> None:
    """Tell the system to keep nothing of a file in memory."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


# -- notmuch ------------------------------------------------------------------------------------------------


def notmuch(scratch: Path, mails: int) -> dict[str, float]:
    """Milliseconds of each query of notmuch on that many mails."""
    print(f"writing {mails:,} mails for notmuch", file=sys.stderr)
    write_mails(scratch / "mails", mails)
    (scratch / "notmuch").mkdir()
    config = scratch / "notmuch" / "config"
    config.write_text(f"[database]\nmail_root={scratch / 'mails'}\npath={scratch / 'notmuch'}\n[new]\ntags=new\n")
    environment = {**os.environ, "NOTMUCH_CONFIG": str(config)}
    subprocess.run(["notmuch", "new", "--quiet"], env=environment, check=True)

    def ask(*query: str) -> float:
        began = perf_counter()
        subprocess.run(["notmuch", *query], env=environment, check=True, stdout=subprocess.DEVNULL)
        return (perf_counter() - began) * 1000

    nothing = statistics.median(ask("config", "get", "new.tags") for _ in range(2 * ROUNDS))
    print(f"a process of notmuch that searches for nothing takes {nothing:.1f} ms")
    found = {}
    for query, theirs in QUERIES:
        if theirs:
            times = [ask("search", f"--limit={PAGE}", theirs) for _ in range(ROUNDS + 1)]
            found[query] = statistics.median(times[1:])
    return found


def write_mails(folder: Path, mails: int) -> None:
    """Mails with the words of the invented tickets."""
    chance = random.Random(2)
    vocabulary = Vocabulary(1, KINDS)
    kinds = [int(chance.random() ** 2 * KINDS) for _ in range(mails)]
    for number, body in enumerate(vocabulary.bodies(kinds), 1):
        within = folder / f"{number // 1_000:03}"
        within.mkdir(parents=True, exist_ok=True)
        person, host = chance.choice(("ana", "ben", "chioma", "dai", "elif")), f"host-{number % 900}"
        subject = chance.choice(SUBJECTS).format(n=number, who=person, host=host)
        words = " ".join(vocabulary.words[each] for each in body)
        day = f"{1 + number % 28} {('Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct')[number * 8 // (mails + 1)]}"
        (within / f"{number}.eml").write_text(
            f"From: {person.title()} Example <{person}{number % 400}@mail{number % 50}.example.org>\n"
            f"To: desk@example.org\nSubject: {subject}\nDate: {day} 2026 12:00:00 +0000\n"
            f"Message-ID: <{number}@bench.example.org>\n\n{words} case{number % 5_000} trace{number}\n"
        )


# -- the report ---------------------------------------------------------------------------------------------


def report(
    cold: dict[tuple[str, str], float],
    warm: dict[tuple[str, str], list[float]],
    hits: dict[str, str],
    peer: dict[str, float],
    hostile: dict[str, tuple[float, str]],
    mails: int,
) -> int:
    """Print a line for each query and the limits; returns 1 where one is not kept."""
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{'first page of 100, ms':<46}{'hits':>8}{'cold':>8}{'all':>8}{'inbox':>8}{'notmuch':>9}")
    ratios = []
    for query, _ in QUERIES:
        every, inbox = (statistics.median(warm[query, view]) for view in VIEWS)
        beside = ""
        if query in peer:
            ratios.append(peer[query] / every)
            beside = f"{peer[query]:9.1f}"
        print(f"{query[:45]:<46}{hits[query]:>8}{cold[query, 'all']:8.1f}{every:8.1f}{inbox:8.1f}{beside}")
    times = sorted(each for rounds in warm.values() for each in rounds)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    colds = sorted(cold.values())
    print(f"cold: p50 {colds[len(colds) // 2]:.1f} ms, p95 {colds[int(len(colds) * 0.95)]:.1f} ms")
    print(f"warm: p50 {p50:.1f} ms, p95 {p95:.1f} ms   limit {PAGE_MS} ms   {'ok' if p95 <= PAGE_MS else 'OVER'}")
    if ratios:
        print(f"notmuch on {mails:,} mails takes {statistics.median(ratios):.1f} times as long (median)")
    print("\nqueries that want to do harm, ms")
    for query, (took, came) in hostile.items():
        print(f"{query[:60].encode('unicode_escape').decode():<64}{took:8.1f}   {came}")
    worst = max(took for took, _ in hostile.values())
    print(f"slowest: {worst:.0f} ms   limit {HOSTILE_MS} ms   {'ok' if worst <= HOSTILE_MS else 'OVER'}")
    return 0 if p95 <= PAGE_MS and worst <= HOSTILE_MS else 1


if __name__ == "__main__":
    sys.exit(main())
