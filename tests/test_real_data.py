"""Real mail and alerts, all of it: nothing lost, nothing twice, also when the import is killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import CountViews, GetBalance, GetTicket, GetTicketRows, ListParked, ListTicketIds

MAILS = ("phish", "ham_easy1", "ham_hard_odd", "spam1")


def members(path: Path) -> int:
    with tarfile.open(path) as packed:
        return sum(1 for member in packed if member.isfile())


def all_subjects(app: App) -> Counter[str]:
    ids = app.ask(ListTicketIds(view="all")).ids
    found: Counter[str] = Counter()
    for start in range(0, len(ids), 1000):
        found.update(
            f"{each.id} {each.subject}" for each in app.ask(GetTicketRows(tuple(ids[start : start + 1000]))).tickets
        )
    return found


def files_of(real_data: Path, folder: str) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted((real_data / folder).iterdir()) if path.name != "labels.csv")


def without_rules(workspace: Path) -> None:
    (workspace / "rules").mkdir(parents=True)
    (workspace / "rules" / "dedup.yaml").write_text("rules: []\n", encoding="utf-8")


@pytest.mark.parametrize("folder", ["mail", "mime", "msg", "alerts"])
def test_every_item_is_accounted_for_and_a_second_import_adds_nothing(
    real_data: Path, tmp_path: Path, folder: str
) -> None:
    # given a workspace without rules of de-duplication, so that each item is a ticket or an answer in one
    paths = files_of(real_data, folder)
    without_rules(tmp_path / "w")
    with opened(tmp_path / "w") as app:
        # when
        report = app.execute(ImportFiles(paths))
        # then
        assert (report.seen, report.difference, report.pending) == (report.found, 0, 0)
        taken = report.ticketed + report.merged
        assert taken + report.parked == report.seen
        if folder == "mail":
            assert taken == sum(members(real_data / "mail" / f"{name}.tar.gz") for name in MAILS) == 3925
            assert 150 < report.merged < 300
        if folder == "mime":
            assert taken >= members(real_data / "mime" / "mime_fixtures.tar.gz") == 201
        if folder == "msg":
            assert report.ticketed >= 44
        if folder == "alerts":
            assert report.ticketed == 45_544 + 865 + 297 + 553 + 3_003 + 16
        assert all(each.reason for each in app.ask(ListParked()).parked)
        # and again
        before = app.ask(GetBalance())
        again = app.execute(ImportFiles(paths))
        assert (again.known, again.seen, again.ticketed) == (report.found, 0, 0)
        assert app.ask(GetBalance()) == before


@pytest.mark.parametrize(("folder", "most_tickets"), [("mail", 3_925), ("alerts", 20_000)])
def test_with_the_rules_that_ship_every_item_is_a_ticket_or_kept_with_one(
    real_data: Path, tmp_path: Path, folder: str, most_tickets: int
) -> None:
    with opened(tmp_path / "w") as app:
        # when
        report = app.execute(ImportFiles(files_of(real_data, folder)))
        # then nothing is lost: what has no ticket is merged into one, and its bytes are there
        assert (report.seen, report.difference, report.pending, report.dropped) == (report.found, 0, 0, 0)
        assert report.ticketed + report.merged + report.parked == report.seen
        assert report.merged > 0
        assert report.ticketed < most_tickets
        views = app.ask(CountViews())
        assert views.all == report.ticketed
        # and the repeats that the tickets count are those that were merged, and the linked ones
        ids = app.ask(ListTicketIds(view="duplicates")).ids
        counted = 0
        merged = answers = 0
        for start in range(0, len(ids), 1000):
            rows = app.ask(GetTicketRows(tuple(ids[start : start + 1000]))).tickets
            counted += sum(row.duplicates for row in rows)
        for each in ids:
            tree = app.ask(GetDuplicates(each))
            merged += tree.merged
            assert tree.first.id == each
        if folder == "mail":
            everything = app.ask(ListTicketIds(view="all")).ids
            answers = sum(
                entry.kind == "answered" for each in everything for entry in app.ask(GetTicket(each)).timeline
            )
            assert answers > 150
        assert merged + answers == report.merged
        assert counted >= merged
        # and again
        again = app.execute(ImportFiles(files_of(real_data, folder)))
        assert (again.known, again.seen) == (report.found, 0)


def test_an_import_of_real_mail_that_is_killed_gives_the_same_tickets(real_data: Path, tmp_path: Path) -> None:
    # given the tickets of an import that was left alone
    paths = tuple(str(real_data / "mail" / f"{name}.tar.gz") for name in ("phish", "spam1"))
    with opened(tmp_path / "whole") as app:
        app.execute(ImportFiles(paths))
        expected = all_subjects(app)
    # when another is killed again and again, each time a little later, and then left alone
    workspace = tmp_path / "killed"
    program = [sys.executable, "-m", "triage_app", "--workspace", str(workspace), "--json"]
    for seconds in (0.9, 1.3, 1.7, 2.1):
        child = subprocess.Popen(
            [*program, "import", *paths], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(seconds)  # noqa: TID251  (a kill at any moment is what is tried)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    done = subprocess.run([*program, "import", *paths], capture_output=True, check=True)
    # then
    assert json.loads(done.stdout)["difference"] == 0
    with opened(workspace) as app:
        assert app.ask(GetBalance()).pending == 0
        assert all_subjects(app) == expected
