"""Alerts that arrive together through two processes, and processes that are killed in the middle of it."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import lacks
from tests.fakes.box import PASSWORD, Box
from tests.fakes.workbench import Item, workbench, written
from tests.servers import PostgresProgram, PostgresServer
from tests.workspaces import opened
from triage_app.adapters.settings import read_settings
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import CountViews, GetBalance, GetTicketRows, ListTicketIds
from triage_app.services.source_commands import AddSource, SetSource, SyncSources

RACES = 250
"""Pairs of twins in one race of two processes; four races (two levels, two databases) make a thousand."""

RULES = """
rules:
  - name: twins
    when: {form: alert}
    key: [rule.name, observer.name]
    window: forever
    level: %s
    on_closed: new
"""


def alert(number: int, version: str) -> str:
    """One event; two versions of it differ only in what no rule looks at."""
    fields = {
        "timestamp": f"2026-11-23T10:{number // 60 % 60:02}:{number % 60:02}Z",
        "event_type": "alert",
        "host": f"host-{number}",
        "src_ip": f"10.0.0.{version}",
        "alert": {"signature": "Twin", "severity": 2},
    }
    return json.dumps(fields)


def write(path: Path, numbers: range, version: str) -> Path:
    path.write_text("".join(f"{alert(number, version)}\n" for number in numbers), encoding="utf-8")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A new workspace on either database."""
    folder = tmp_path / "workspace"
    (folder / "rules").mkdir(parents=True)
    if request.param == "sqlite":
        yield folder
        return
    if PostgresProgram.find() is None:
        lacks("PostgreSQL")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    (folder / "settings.toml").write_text(f'database = "{server.url(name)}"\n', encoding="utf-8")
    yield folder
    server.drop_database(name)


def everything(app: App) -> tuple[TicketId, ...]:
    return tuple(sorted(app.ask(ListTicketIds(view="all")).ids))


@pytest.mark.parametrize("level", [Level.COMMENT, Level.LINK])
def test_of_twins_one_is_first_whichever_process_is_faster(workspace: Path, tmp_path: Path, level: Level) -> None:
    # given two processes with the same events in two versions, and one file that both have
    (workspace / "rules" / "dedup.yaml").write_text(RULES % level.value, encoding="utf-8")
    shared = write(tmp_path / "shared.json", range(RACES, RACES + 50), "9")
    program = [sys.executable, "-m", "tests.fakes.twin", str(workspace)]
    with opened(workspace):
        pass
    twins = []
    for version in ("1", "2"):
        warm = write(tmp_path / f"warm{version}.json", range(1000 + int(version), 1001 + int(version)), version)
        mine = write(tmp_path / f"twin{version}.json", range(RACES), version)
        twins.append(
            subprocess.Popen(
                [*program, str(warm), str(mine), str(shared)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
    for each in twins:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    # when both begin at once
    for each in twins:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in twins:
        each.communicate()
        assert each.returncode == 0
    # then of each pair one is the first and the other one is its repeat, and what both had came in once
    with opened(workspace) as app:
        sheet = app.ask(GetBalance())
        assert (sheet.difference, sheet.pending, sheet.seen) == (0, 0, 2 * RACES + 50 + 2)
        trees = [app.ask(GetDuplicates(each)) for each in everything(app)]
    repeated = Counter(tree.first.id for tree in trees if tree.merged or tree.links)
    if level is Level.COMMENT:
        assert (sheet.ticketed, sheet.merged) == (RACES + 52, RACES)
        assert len(repeated) == RACES
        assert all(tree.merged == 1 for tree in trees if tree.first.id in repeated)
    else:
        assert (sheet.ticketed, sheet.merged) == (2 * RACES + 52, 0)
        assert len(repeated) == RACES
        assert set(repeated.values()) == {2}
        assert all(len(tree.links) == 1 for tree in trees if tree.first.id in repeated)


# -- killed in the middle ----------------------------------------------------------------------------------------------

IMPORTER = """
import sys
from pathlib import Path
from tests.workspaces import opened
from triage_app.services import intake
from triage_app.services.commands import ImportFiles
intake.BATCH_ITEMS = 20
with opened(Path(sys.argv[1])) as app:
    app.subscribe(lambda _changes: print("batch", flush=True))
    app.execute(ImportFiles((sys.argv[2],)))
"""

FOLLOWER = """
import sys
from tests.fakes.box import PASSWORD, Box
from tests.fakes.workbench import Item, workbench, written
from triage_app.domain.secret import Secret
from triage_app.services.context import CancelToken
from triage_app.services.source_commands import SyncSources
box = Box(page=7)
box.put(*[written(Item("comment-new" if n % 3 else "", str(n % 50)), n) for n in range(200)])
def script(step):
    if step == sys.argv[2]:
        print(step, flush=True)
box.script = script
with workbench(sys.argv[1], box) as bench:
    bench.ports.secrets.put("mail", "password", Secret(PASSWORD))
    bench.app.execute(SyncSources(follow=True), cancel=CancelToken())
"""

CLOSER = """
import sys
from pathlib import Path
from tests.workspaces import opened
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services import journal
from triage_app.services.commands import CloseLinked
stage = sys.argv[2]
record = journal.Journal.record
def stop(*given):
    if stage == "logged":
        record(*given)
    print("here", flush=True)
    sys.stdin.readline()
journal.Journal.record = stop
with opened(Path(sys.argv[1])) as app:
    app.execute(CloseLinked(TicketId(1), verdict=Verdict.DUPLICATE))
"""


@contextmanager
def killed_after(program: str, *arguments: str, lines: int) -> Iterator[None]:
    """Run a program and kill it, and all that it started, once it has said so many lines."""
    child = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    try:
        assert child.stdout is not None
        for _ in range(lines):
            assert child.stdout.readline()
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    yield


@pytest.mark.parametrize("batches", [1, 4, 7])
def test_an_import_with_merges_that_is_killed_leaves_whole_batches_and_goes_on(
    workspace: Path, tmp_path: Path, batches: int
) -> None:
    # given 200 alerts, of which every key comes four times, and what they become when nothing happens
    (workspace / "rules" / "dedup.yaml").write_text(RULES % "comment", encoding="utf-8")
    log = tmp_path / "log.json"
    log.write_text("".join(f"{alert(number % 50, str(number))}\n" for number in range(200)), encoding="utf-8")
    # when the import is killed
    with killed_after(IMPORTER, str(workspace), str(log), lines=batches), opened(workspace) as app:
        # then what is there is whole
        sheet = app.ask(GetBalance())
        assert sheet.difference == 0
        counted = sum(row.duplicates for row in app.ask(GetTicketRows(everything(app))).tickets)
        trees = [app.ask(GetDuplicates(each)) for each in everything(app)]
        assert counted == sheet.merged == sum(len(tree.repeats) for tree in trees)
        assert app.ask(CountViews()).all == sheet.ticketed
        # and going on gives what it would have been
        app.execute(ImportFiles((str(log),)))
        sheet = app.ask(GetBalance())
        assert (sheet.seen, sheet.ticketed, sheet.merged, sheet.pending, sheet.difference) == (200, 50, 150, 0, 0)
        assert {row.duplicates for row in app.ask(GetTicketRows(everything(app))).tickets} == {3}


@pytest.mark.parametrize(("step", "times"), [("pull", 1), ("pull", 9), ("settled", 1), ("settled", 14), ("wait", 1)])
def test_a_source_whose_follower_is_killed_brings_everything_once(workspace: Path, step: str, times: int) -> None:
    # given a mailbox of 200 that is followed
    url = read_settings(workspace).database
    box = Box(page=7)
    box.put(*[written(Item("comment-new" if n % 3 else "", str(n % 50)), n) for n in range(200)])
    with workbench(url, box) as bench:
        bench.app.execute(AddSource("box", "mail", settings=("user=soc",), secrets=(f"password={PASSWORD}",)))
    # when the follower is killed, and another one goes on
    with killed_after(FOLLOWER, url, step, lines=times), workbench(url, box) as bench:
        assert bench.app.ask(GetBalance()).difference == 0
        bench.app.execute(SetSource("mail", secrets=(f"password={PASSWORD}",)))
        report = bench.app.execute(SyncSources())
        # then every mail was seen once and none is left
        sheet = bench.app.ask(GetBalance())
        assert (report.failed, report.known) == (0, 0)
        assert (sheet.seen, sheet.pending, sheet.difference) == (200, 0, 0)
        assert (sheet.ticketed, sheet.merged) == (67 + 50, 133 - 50)
        trees = [bench.app.ask(GetDuplicates(each)) for each in everything(bench.app)]
        assert sum(tree.merged for tree in trees) == sheet.merged


@pytest.mark.parametrize("stage", ["closed", "logged"])
def test_a_bulk_close_that_is_killed_has_closed_nothing(workspace: Path, stage: str) -> None:
    # given a group of 500
    with workbench(read_settings(workspace).database) as bench:
        bench.intake(*[Item("link-new", "a")] * 500)
    # when the closing is killed before its transaction ends
    with killed_after(CLOSER, str(workspace), stage, lines=1), opened(workspace) as app:
        # then every ticket is as it was, and no log entry claims anything else
        views = app.ask(CountViews())
        assert (views.inbox, views.closed) == (500, 0)
        rows = app.ask(GetTicketRows(everything(app))).tickets
        assert all(row.verdict is None for row in rows)
        tree = app.ask(GetDuplicates(TicketId(1)))
        assert len(tree.links) == 499
        assert {row.verdict for row in rows} != {Verdict.DUPLICATE}
