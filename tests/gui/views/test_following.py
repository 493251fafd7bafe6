from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.adapters.test_remote import connected, served, token_of
from tests.dovecot import PASSWORD, DovecotServer
from tests.fakes.box import Box
from tests.fakes.workbench import Item, workbench
from tests.gui.desks import desk_on
from tests.gui.sources import add, deliver, desk_with
from tests.mailboxes import mail, mailbox
from tests.workspaces import opened as workspace_at
from triage_app.domain.learning import LearningRules
from triage_app.domain.ticket import Status, TicketId
from triage_app.gui.screens import settle
from triage_app.services.app import App, LocalApp
from triage_app.services.ports import Settings
from triage_app.services.queries import GetBalance, GetTicket
from triage_app.services.search_commands import SnoozeTicket
from triage_app.services.source_commands import AddSource, RemoveSource
from triage_app.services.source_queries import ListSources


def test_a_desk_without_sources_follows_none_and_one_that_is_added_is_followed(tmp_path: Path, qtbot: QtBot) -> None:
    box = Box()
    with desk_with(box, tmp_path) as (opened, bench):
        assert not opened.desk.jobs._standing
        assert not opened.window.status.sources.isVisible()
        # when one is added, by whomever
        add(bench, "abuse")
        deliver(box, 3)
        # then the desk shows its items by itself, and is idle all the same
        qtbot.waitUntil(lambda: opened.window.queue.table.rowCount() == 3, timeout=20_000)
        assert opened.window.following.running
        settle(opened)
        assert opened.window.status.sources.text() == "1 source connected"


def test_a_desk_without_sources_follows_the_schedule_of_trainings(tmp_path: Path, qtbot: QtBot) -> None:
    with workbench() as bench:
        settings = Settings("maria", learning=LearningRules(retrain_after=10))
        app = LocalApp(replace(bench.ports, settings=settings), writer="test", close=lambda: None)
        with desk_on(app, tmp_path) as opened:
            qtbot.waitUntil(lambda: opened.window.following.running, timeout=20_000)


def test_a_desk_without_sources_brings_back_what_was_put_off(tmp_path: Path, qtbot: QtBot) -> None:
    with workbench() as bench:
        bench.intake(Item("", ""))
        with desk_on(bench.app, tmp_path) as opened:
            settle(opened)
            assert not opened.window.following.running
            # when a ticket is put off, whoever does that
            bench.app.execute(SnoozeTicket(TicketId(1), until="1h"))
            bench.advance(timedelta(hours=1))
            # then it is followed, and comes back
            qtbot.waitUntil(
                lambda: bench.app.ask(GetTicket(TicketId(1))).row.status is Status.NEW,
                timeout=20_000,
            )
            assert opened.window.following.running


def test_closing_asks_nothing_and_the_next_start_goes_on(tmp_path: Path, qtbot: QtBot) -> None:
    box = Box()
    deliver(box, 5)
    with workbench("", box) as bench:
        add(bench, "abuse")
        with desk_on(bench.app, tmp_path) as opened:
            qtbot.waitUntil(lambda: opened.window.queue.table.rowCount() == 5, timeout=20_000)
            opened.window.close()
            assert not opened.window.isVisible()
        assert box.opened == box.closed
        # when more comes while no desk is open
        deliver(box, 2)
        # then the next one takes in just that
        with desk_on(bench.app, tmp_path) as opened:
            qtbot.waitUntil(lambda: opened.window.queue.table.rowCount() == 7, timeout=20_000)
        sheet = bench.app.ask(GetBalance())
        assert (sheet.seen, sheet.difference) == (7, 0)


def test_a_source_that_fails_is_told_in_the_line_and_by_no_dialog(tmp_path: Path, qtbot: QtBot) -> None:
    with desk_with(Box(), tmp_path, lambda bench: add(bench, "broken", "wrong")) as (opened, bench):
        line = opened.window.status.sources
        qtbot.waitUntil(lambda: line.text() == "1 failing", timeout=20_000)
        assert "broken: The password was refused. Give the right one." in line.toolTip()
        assert line.property("wrong") is True
        settle(opened)
        assert not opened.window.toast.isVisible()
        shown = opened.window.findChildren(QMessageBox) + opened.window.findChildren(QDialog)
        assert not [each for each in shown if each.isVisible()]
        bench.app.execute(RemoveSource("broken"))
        qtbot.waitUntil(lambda: not line.isVisible(), timeout=20_000)


def test_following_stops_and_begins_on_demand(tmp_path: Path, qtbot: QtBot) -> None:
    box = Box()
    with desk_with(box, tmp_path, lambda bench: add(bench, "abuse")) as (opened, _bench):
        following = opened.window.following
        qtbot.waitUntil(lambda: box.opened == 1, timeout=20_000)
        following.stop()
        qtbot.waitUntil(lambda: not following.running and box.closed == 1, timeout=20_000)
        assert opened.window.status.sources.text() == "1 source not followed"
        following.begin()
        qtbot.waitUntil(lambda: following.running and box.opened == 2, timeout=20_000)


def test_a_long_fetch_is_shown_while_it_runs(tmp_path: Path, qtbot: QtBot) -> None:
    box, shown = Box(page=60), list[object]()
    with desk_with(box, tmp_path) as (opened, bench):
        opened.window.following.fetching.connect(shown.append)
        deliver(box, 180)
        add(bench, "abuse")
        qtbot.waitUntil(lambda: opened.window.queue.table.rowCount() == 180, timeout=30_000)
        qtbot.waitUntil(lambda: len(shown) > 1 and shown[-1] is None, timeout=20_000)
        assert any(each is not None for each in shown)


def test_the_sources_of_another_machine_are_followed_there(demo: App, tmp_path: Path, qtbot: QtBot) -> None:
    with served(demo) as server, connected(server, token_of(demo)) as remote, desk_on(remote, tmp_path) as opened:
        assert not opened.window.following.here
        opened.window.following.begin()
        settle(opened)
        assert not opened.desk.jobs._standing


@pytest.mark.timeout(120)
def test_a_real_mailbox_is_followed_by_the_whole_program(
    dovecot: DovecotServer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "of this test alone")
    dovecot.deliver("desk", mail(1), mail(2))
    settings = tuple(f"{name}={value}" for name, value in mailbox(dovecot, "desk").settings.items())
    with workspace_at(tmp_path / "w") as app, desk_on(app, tmp_path) as desk:
        app.execute(AddSource("imap", "desk", settings=settings, secrets=(f"password={PASSWORD}",)))
        rows = desk.window.queue.table.rowCount
        qtbot.waitUntil(lambda: rows() == 2, timeout=30_000)
        # when one comes while the desk waits
        dovecot.deliver("desk", mail(3))
        qtbot.waitUntil(lambda: rows() == 3, timeout=30_000)
        qtbot.waitUntil(lambda: desk.window.status.sources.text() == "1 source connected", timeout=20_000)
        assert app.ask(ListSources()).sources[0].tls == "TLS 1.3"
        assert app.ask(GetBalance()).difference == 0
    kept = [each for each in (tmp_path / "w").rglob("*") if each.is_file()]
    assert kept
    assert not [each for each in kept if PASSWORD.encode() in each.read_bytes()]
