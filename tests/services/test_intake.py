"""From files to tickets: nothing lost, nothing twice, and nothing stuck."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.fakes.workbench import Item, workbench, written
from tests.workspaces import opened
from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.dedup import RuleSet
from triage_app.domain.errors import Cancelled, NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App, LocalApp
from triage_app.services.commands import DismissParked, ImportFiles, RetryParked, Undo
from triage_app.services.context import CancelToken, Progress
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.intake import BATCH_ITEMS
from triage_app.services.queries import (
    CountViews,
    GetBalance,
    GetRaw,
    GetTicketRows,
    ListParked,
    ListTicketIds,
)

MANY = 2 * BATCH_ITEMS + 100
"""More than two batches."""

MAIL = (
    b"From: a@example.org\nTo: soc@example.com\nSubject: I lost my phone\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n\n%s\n"
)


def write_mails(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"{number:04}.eml").write_bytes(MAIL % f"on bus number {number}".encode())


def subjects(app: App) -> list[str]:
    ids = tuple(app.ask(ListTicketIds(view="all")).ids)
    return [f"{each.id} {each.subject}" for each in app.ask(GetTicketRows(ids)).tickets]


def test_every_item_becomes_a_ticket_and_the_sheet_balances(empty: App, tmp_path: Path) -> None:
    write_mails(tmp_path / "mails", 20)
    report = empty.execute(ImportFiles((str(tmp_path / "mails"),)))
    assert (report.found, report.known, report.seen, report.ticketed, report.pending, report.difference) == (
        20, 0, 20, 20, 0, 0,
    )  # fmt: skip
    sheet = empty.ask(GetBalance())
    assert (sheet.seen, sheet.ticketed, sheet.difference) == (20, 20, 0)
    assert [balance.source for balance in sheet.sources] == ["files"]


def test_importing_again_adds_nothing_even_from_another_place(empty: App, tmp_path: Path) -> None:
    # given
    write_mails(tmp_path / "mails", 5)
    empty.execute(ImportFiles((str(tmp_path / "mails"),)))
    before = subjects(empty)
    # when the folder was moved
    shutil.move(tmp_path / "mails", tmp_path / "elsewhere")
    report = empty.execute(ImportFiles((str(tmp_path / "elsewhere"),)))
    # then
    assert (report.found, report.known, report.seen, report.ticketed) == (5, 5, 0, 0)
    assert subjects(empty) == before


def test_a_growing_log_adds_what_is_new_and_equal_lines_are_different_alerts(empty: App, tmp_path: Path) -> None:
    # given a log with one line twice
    line = '{"timestamp":"2026-11-23T10:00:00Z","event_type":"alert","alert":{"signature":"ET SCAN","severity":2}}\n'
    log = tmp_path / "eve.json"
    log.write_text(line * 2)
    first = empty.execute(ImportFiles((str(log),)))
    assert (first.found, first.ticketed, first.merged) == (2, 1, 1)
    # when the same event comes twice more
    log.write_text(line * 4)
    # then only those are new
    report = empty.execute(ImportFiles((str(log),)))
    assert (report.found, report.known, report.ticketed, report.merged) == (4, 2, 0, 2)
    # and each of the four is kept: one as a ticket, three as its repeats
    tree = empty.ask(GetDuplicates(TicketId(1)))
    assert (tree.merged, len(tree.repeats), tree.first.duplicates) == (3, 3, 3)


def test_what_is_neither_mail_nor_alert_is_parked_with_its_reason_and_can_be_dismissed(
    empty: App, tmp_path: Path
) -> None:
    # given a picture among the mails
    write_mails(tmp_path / "mails", 2)
    (tmp_path / "mails" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    report = empty.execute(ImportFiles((str(tmp_path / "mails"),)))
    assert (report.ticketed, report.parked, report.difference) == (2, 1, 0)
    # then it is shown with a reason and its bytes
    (item,) = empty.ask(ListParked()).parked
    assert item.reason
    assert item.origin.endswith("photo.png")
    assert "PNG" in empty.ask(GetRaw(item.id)).text
    assert empty.ask(CountViews()).parked == 1
    # when dismissed, then it counts as dropped, and undo brings it back
    empty.execute(DismissParked(item.id))
    assert (empty.ask(GetBalance()).dropped, empty.ask(GetBalance()).parked) == (1, 0)
    empty.execute(Undo())
    assert empty.ask(ListParked()).parked == (item,)
    # when tried again, then it is parked again, with one attempt more
    report = empty.execute(RetryParked())
    assert (report.parked, report.difference) == (1, 0)
    assert empty.ask(ListParked()).parked[0].attempts == item.attempts + 1


def test_a_path_that_is_not_there_is_named_before_anything_is_read(empty: App, tmp_path: Path) -> None:
    write_mails(tmp_path / "mails", 2)
    with pytest.raises(NotFound, match="nowhere"):
        empty.execute(ImportFiles((str(tmp_path / "mails"), str(tmp_path / "nowhere"))))
    assert empty.ask(GetBalance()).seen == 0


def test_cancelling_keeps_what_was_done_and_the_next_import_goes_on(empty: App, tmp_path: Path) -> None:
    # given more than one batch of mail, and a user who stops after the first progress
    write_mails(tmp_path / "mails", MANY)
    cancel = CancelToken()
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        if progress.what == "items read":
            seen.append(progress)
            cancel.cancel()

    # when
    with pytest.raises(Cancelled):
        empty.execute(ImportFiles((str(tmp_path / "mails"),)), progress=stop, cancel=cancel)
    # then the sheet balances at every moment, and a second import completes it
    sheet = empty.ask(GetBalance())
    assert sheet.difference == 0
    assert 0 < sheet.ticketed < MANY
    empty.execute(ImportFiles((str(tmp_path / "mails"),)))
    assert empty.ask(GetBalance()).ticketed == MANY
    assert seen


def test_listeners_hear_of_tickets_while_the_import_runs(empty: App, tmp_path: Path) -> None:
    write_mails(tmp_path / "mails", 3)
    heard: list[ChangeSet] = []
    stop = empty.subscribe(heard.append)
    empty.execute(ImportFiles((str(tmp_path / "mails"),)))
    stop()
    assert ChangeKind.TICKETS_ADDED in heard[0].kinds


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_an_import_that_is_killed_gives_the_same_tickets_when_run_again(tmp_path: Path, batches: int) -> None:
    # given the tickets of an import that was left alone
    write_mails(tmp_path / "mails", MANY)
    with opened(tmp_path / "whole") as app:
        app.execute(ImportFiles((str(tmp_path / "mails"),)))
        expected = subjects(app)
    # when another is killed once the database holds so many batches
    workspace = tmp_path / "killed"
    program = [sys.executable, "-m", "triage_app", "--workspace", str(workspace), "--json"]
    child = subprocess.Popen(
        [*program, "import", str(tmp_path / "mails")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    wait_for_tickets(program, child, batches * BATCH_ITEMS)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    # then nothing is half done, and running it again completes it
    with opened(workspace) as app:
        assert app.ask(GetBalance()).difference == 0
        app.execute(ImportFiles((str(tmp_path / "mails"),)))
        assert app.ask(GetBalance()).pending == 0
        assert subjects(app) == expected


def wait_for_tickets(program: list[str], child: "subprocess.Popen[bytes]", count: int) -> None:
    while child.poll() is None:
        asked = subprocess.run([*program, "balance"], capture_output=True, check=False)
        if asked.returncode == 0 and json.loads(asked.stdout)["ticketed"] >= count:
            return
        time.sleep(0.01)  # noqa: TID251  (polls another process)


class _NoWindows:
    """Rules whose windows cannot be measured: a mistake that nobody foresaw."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules

    def load(self) -> RuleSet:
        return RuleSet(tuple(replace(each, window=cast("Any", None)) for each in self._rules.rules), "broken")


def test_one_item_that_cannot_be_decided_is_parked_and_stops_nobody() -> None:
    with workbench() as bench:
        sound = bench.ports.rules
        broken = replace(bench.ports, rules=cast("Any", _NoWindows(sound.load())))
        app = LocalApp(broken, writer="broken", close=lambda: None)
        numbers = range(5)
        bench.files.alerts = {
            "in": [written(Item("comment-new" if number == 2 else "", "k"), number) for number in numbers]
        }
        # when one of five items makes the decision fail
        report = app.execute(ImportFiles(("in",)))
        # then it is parked with the reason, and the others are tickets
        assert (report.ticketed, report.parked, report.pending, report.difference) == (4, 1, 0, 0)
        (parked,) = app.ask(ListParked()).parked
        assert (parked.code, "could not be decided" in parked.reason) == ("undecided", True)
        # and where the mistake is mended, it is a ticket as well
        assert bench.app.execute(RetryParked()).ticketed == 1
        assert bench.app.ask(GetBalance()).difference == 0
