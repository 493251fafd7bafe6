from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from tests.fakes.box import PASSWORD, Box
from tests.fakes.browser import INVITATION, Browser
from tests.gui.sources import add, deliver, desk_with
from triage_app.gui import source_operations
from triage_app.gui.screens import settle
from triage_app.gui.source_operations import draft_of
from triage_app.services.source_queries import ListSources


def test_a_draft_holds_what_was_filled_in_and_shows_no_secret() -> None:
    draft = draft_of("box", "abuse", [("user", "soc")], [("password", PASSWORD), ("token", "")], stored=False)
    assert (draft.settings, draft.secrets) == (("user=soc",), (f"password={PASSWORD}",))
    assert PASSWORD not in repr(draft)


def test_a_draft_is_tried_before_it_is_stored_and_then_stored(qtbot: QtBot, tmp_path: Path) -> None:
    box, answers, errors = Box(), list[Any](), list[Any]()
    with desk_with(box, tmp_path) as (opened, bench):
        wrong = draft_of("box", "abuse", [("user", "soc")], [("password", "x")], stored=False)
        right = draft_of("box", "abuse", [("user", "soc")], [("password", PASSWORD)], stored=False)
        for draft in (wrong, right):
            source_operations.try_draft(opened.desk, draft, answers.append, errors.append)
            settle(opened)
        assert (len(answers), [each.code for each in errors]) == (1, ["source_failed"])
        assert bench.app.ask(ListSources()).sources == ()
        source_operations.save_draft(opened.desk, right, answers.append, errors.append)
        settle(opened)
        changed = draft_of("box", "abuse", [("user", "ana")], [("password", "")], stored=True)
        source_operations.save_draft(opened.desk, changed, answers.append, errors.append)
        settle(opened)
        (row,) = bench.app.ask(ListSources()).sources
        assert dict(row.settings)["user"] == "ana"
        assert len(errors) == 1


def test_somebody_signs_in_and_is_shown_where(qtbot: QtBot, tmp_path: Path) -> None:
    rows, told = list[Any](), list[Any]()
    with desk_with(Box(), tmp_path, lambda bench: add(bench, "abuse", "wrong"), browser=Browser()) as (opened, _bench):
        source_operations.sign_in(opened.desk, "abuse", rows.append, rows.append, told.append)
        settle(opened)
        assert [each.invitation for each in told] == [INVITATION]
        assert (rows[0].name, rows[0].signs_in) == ("abuse", True)


def test_one_source_is_taken_in_now(qtbot: QtBot, tmp_path: Path) -> None:
    box, reports = Box(), list[Any]()
    deliver(box, 3)
    with desk_with(box, tmp_path, lambda bench: add(bench, "abuse", paused=True)) as (opened, _bench):
        opened.window.following.stop()
        source_operations.resume(opened.desk, "abuse", lambda _row: None)
        settle(opened)
        source_operations.sync(opened.desk, "abuse", reports.append, reports.append, lambda _progress: None)
        settle(opened)
        assert reports[0].new == 3
