import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.fakes.box import PASSWORD, Box
from tests.fakes.browser import INVITATION, Browser
from tests.gui.sources import add, deliver, desk_with
from triage_app.domain.errors import SourceFailed, StorageFailed, Trouble
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.context import CancelToken
from triage_app.services.queries import GetBalance, ListAudit
from triage_app.services.source_queries import ListSources


def states(opened: OpenedDesk) -> dict[str, str]:
    tree = opened.window.sources.list
    items = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items if item is not None}


def test_without_sources_it_offers_to_add_one(tmp_path: Path, qtbot: QtBot) -> None:
    box = Box()
    deliver(box, 2)
    with desk_with(box, tmp_path) as (opened, bench):
        screen = opened.window.sources
        opened.window.do("go-sources")
        settle(opened)
        assert screen.state.isVisible()
        # when the form is filled in, tried with a wrong password, and with the right one
        screen.add.click()
        form = screen.form
        form.name.put("abuse")
        form.entries["user"].put("soc")
        form.entries["password"].put("wrong")
        form.test.click()
        settle(opened)
        assert form.entries["password"].problem.text().startswith("The password was refused.")
        form.entries["password"].put(PASSWORD)
        form.test.click()
        settle(opened)
        assert "2 mails for soc. TLS 1.3" in form.result.text()
        form.save.click()
        # then it is followed, and the secret stands neither in the window nor in the log
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Running"}, timeout=20_000)
        qtbot.waitUntil(lambda: opened.window.queue.table.rowCount() == 2, timeout=20_000)
        assert form.entries["password"].value == ""
        assert screen.right.currentWidget() is screen.detail
        assert PASSWORD not in repr(bench.app.ask(ListAudit()))


def test_a_source_is_paused_resumed_tested_changed_and_removed(tmp_path: Path, qtbot: QtBot) -> None:
    box = Box()
    with desk_with(box, tmp_path, lambda bench: add(bench, "abuse")) as (opened, bench):
        opened.window.status.sources.click()
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Running"}, timeout=20_000)
        screen, detail = opened.window.sources, opened.window.sources.detail
        detail.pause.click()
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Paused"}, timeout=20_000)
        detail.resume.click()
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Running"}, timeout=20_000)
        detail.test.click()
        settle(opened)
        assert "mails for soc" in detail.result.text()
        detail.change.click()
        screen.form.entries["user"].put("ana")
        screen.form.save.click()
        settle(opened)
        assert dict(bench.app.ask(ListSources()).sources[0].settings)["user"] == "ana"
        detail.remove.click()
        detail.sure.click()
        qtbot.waitUntil(lambda: states(opened) == {}, timeout=20_000)
        assert screen.state.isVisible()


def test_a_followed_source_is_asked_now(tmp_path: Path, qtbot: QtBot) -> None:
    box = Box()
    with desk_with(box, tmp_path, lambda bench: add(bench, "abuse")) as (opened, _bench):
        opened.window.do("go-sources")
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Running"}, timeout=20_000)
        before = box.opened
        opened.window.sources.detail.sync.click()
        qtbot.waitUntil(lambda: box.opened == before + 1, timeout=20_000)


def test_a_fetch_is_cancelled_and_what_came_before_is_kept(tmp_path: Path, qtbot: QtBot) -> None:
    # given a server that hangs after the first page, and nobody who follows it
    box, hangs, goes_on = Box(), threading.Event(), threading.Event()
    deliver(box, 4)

    def hang(step: str) -> None:
        if step == "settled":
            hangs.set()
            goes_on.wait(20)

    box.script = hang
    with desk_with(box, tmp_path, lambda bench: add(bench, "abuse", paused=True)) as (opened, bench):
        screen, following = opened.window.sources, opened.window.following
        opened.window.do("go-sources")
        following.stop()
        qtbot.waitUntil(lambda: not following.running, timeout=20_000)
        screen.detail.resume.click()
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Not followed"}, timeout=20_000)
        # when a fetch is cancelled after its first page
        screen.detail.sync.click()
        assert screen.progress.isVisible()
        qtbot.waitUntil(hangs.is_set, timeout=20_000)
        screen.stop.click()
        goes_on.set()
        qtbot.waitUntil(lambda: not screen.progress.isVisible(), timeout=20_000)
        # then that page is kept, and the next fetch brings the rest
        settle(opened)
        assert bench.app.ask(GetBalance()).ticketed == 2
        screen.detail.sync.click()
        qtbot.waitUntil(lambda: opened.window.queue.table.rowCount() == 4, timeout=20_000)
        # and following begins again on demand
        assert screen.toggle.text() == "Follow"
        screen.toggle.click()
        qtbot.waitUntil(lambda: screen.toggle.text() == "Stop following", timeout=20_000)


def test_somebody_signs_in_stops_and_is_refused(tmp_path: Path, qtbot: QtBot) -> None:
    # given a source whose password is wrong, and a browser that waits
    browser, goes_on = Browser(), threading.Event()

    def wait(cancel: CancelToken) -> None:
        while not (goes_on.wait(0.01) or cancel.cancelled):
            pass

    browser.meanwhile = wait
    with desk_with(Box(), tmp_path, lambda bench: add(bench, "abuse", "wrong"), browser=browser) as (opened, _bench):
        screen, strip = opened.window.sources, opened.window.sources.invitation
        opened.window.do("go-sources")
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Failing"}, timeout=20_000)
        # when somebody signs in and stops, then nothing is said and the strip is gone
        screen.detail.sign_in.click()
        qtbot.waitUntil(lambda: strip.code.text() == INVITATION.code, timeout=20_000)
        strip.cancel.click()
        qtbot.waitUntil(lambda: not strip.isVisible(), timeout=20_000)
        assert screen.detail.result.text() == ""
        # when the other side declines, then that is said
        browser.meanwhile = decline
        screen.detail.sign_in.click()
        qtbot.waitUntil(lambda: screen.detail.result.text() == "The sign-in was declined.", timeout=20_000)
        assert not strip.isVisible()
        # when it goes well, then the source is followed at once
        browser.meanwhile = wait
        goes_on.set()
        screen.detail.sign_in.click()
        qtbot.waitUntil(lambda: states(opened) == {"abuse": "Running"}, timeout=20_000)
        assert not strip.isVisible()


def decline(_cancel: CancelToken) -> None:
    raise SourceFailed(Trouble.AUTHENTICATION, "The sign-in was declined.")


def test_an_error_is_said_with_a_way_on(tmp_path: Path, qtbot: QtBot) -> None:
    with desk_with(Box(), tmp_path) as (opened, _bench):
        screen = opened.window.sources
        opened.window.do("go-sources")
        settle(opened)
        screen._fail(StorageFailed("The disk is full. Make room."))
        assert screen.state.sentence == "The disk is full. Make room."
