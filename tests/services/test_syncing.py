"""Sources are taken in once or followed, each by itself."""

import threading
from collections.abc import Iterator

import pytest

from tests.fakes.box import Box, QuickRunner
from tests.fakes.scene import ADD, SECONDS, Scene
from tests.fakes.workbench import workbench
from triage_app.domain.errors import (
    InvalidInput,
    Trouble,
)
from triage_app.domain.source import Cursor
from triage_app.services.context import CancelToken
from triage_app.services.queries import GetBalance
from triage_app.services.source_commands import (
    AddSource,
    PauseSource,
    RemoveSource,
    ResumeSource,
    SetSource,
    SyncReport,
    SyncSources,
)
from triage_app.services.source_queries import ListSources


@pytest.fixture
def scene() -> Iterator[Scene]:
    box = Box()
    with workbench("", box) as bench:
        yield Scene(bench, box)


def test_a_sync_reports_each_source_and_the_balance_tells_what_lies_on_the_server(scene: Scene) -> None:
    scene.app.execute(ADD)
    scene.app.execute(AddSource("box", "other", settings=("user=x",), secrets=("password=wrong",)))
    scene.deliver(3)
    report = scene.app.execute(SyncSources())
    assert (report.new, report.known, report.failed) == (3, 0, 1)
    assert [(each.name, each.new, bool(each.error)) for each in report.sources] == [
        ("mail", 3, False),
        ("other", 0, True),
    ]
    sheet = scene.app.ask(GetBalance())
    assert (sheet.seen, sheet.ticketed, sheet.difference, sheet.on_server, sheet.skipped) == (3, 3, 0, 3, 2)
    assert [(each.source, each.on_server) for each in sheet.sources] == [("mail", 3), ("other", None)]
    row = next(each for each in scene.app.ask(ListSources()).sources if each.name == "mail")
    assert (row.status, row.seen, row.ticketed, row.on_server, row.tls) == ("ok", 3, 3, 3, "TLS 1.3")


def test_a_sync_of_all_leaves_a_refused_account_alone_and_one_by_name_tries_it(scene: Scene) -> None:
    scene.app.execute(AddSource("box", "mail", settings=("user=soc",), secrets=("password=wrong",)))
    asked: list[str] = []
    scene.box.script = asked.append
    scene.app.execute(SyncSources())
    report = scene.app.execute(SyncSources())
    assert asked == ["open"]
    assert (report.failed, report.sources[0].error) == (1, "The password was refused. Give the right one.")
    scene.app.execute(SyncSources("mail"))
    assert asked == ["open", "open"]
    assert scene.row().trouble is Trouble.AUTHENTICATION


def test_a_source_that_listens_is_not_part_of_a_single_round() -> None:
    box = Box(pushes=True)
    with workbench("", box) as bench:
        bench.app.execute(ADD)
        assert bench.app.execute(SyncSources()).sources == ()
        assert [each.name for each in bench.app.execute(SyncSources("mail")).sources] == ["mail"]


def test_once_and_follow_exclude_each_other(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="--once"):
        scene.app.execute(SyncSources(once=True, follow=True))


def test_following_notices_what_is_added_paused_changed_and_removed_and_ends_with_a_report() -> None:
    # given somebody who follows all sources, of which there are none
    box = Box()
    with workbench("", box, runner=QuickRunner()) as bench:
        scene = Scene(bench, box)
        cancel = CancelToken()
        reports: list[SyncReport] = []
        thread = threading.Thread(
            target=lambda: reports.append(scene.app.execute(SyncSources(follow=True), cancel=cancel))
        )
        thread.start()
        # when one is added
        scene.app.execute(ADD)
        scene.deliver(2)
        scene.until(lambda: len(box.settled) > 0 and box.settled[-1].cursor == Cursor("INBOX", 1, "2"))
        # and paused
        scene.app.execute(PauseSource("mail"))
        scene.until(lambda: (box.opened, box.closed) == (1, 1))
        scene.deliver(1)
        # and resumed
        scene.app.execute(ResumeSource("mail"))
        scene.until(lambda: box.settled[-1].cursor == Cursor("INBOX", 1, "3"))
        # and changed, then it connects anew
        scene.app.execute(SetSource("mail", settings=("user=ana",)))
        scene.until(lambda: (box.opened, box.closed) == (3, 2))
        # and removed
        scene.app.execute(RemoveSource("mail"))
        scene.until(lambda: box.closed == 3)
        # then the end is a proper one
        cancel.cancel()
        thread.join(SECONDS)
        assert not thread.is_alive()
        (report,) = reports
        assert (report.new, report.failed) == (3, 0)
        assert bench.app.ask(GetBalance()).ticketed == 3
