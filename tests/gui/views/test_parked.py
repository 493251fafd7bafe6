from pathlib import Path

import pytest

from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.commands import ImportFiles
from triage_app.services.queries import CountViews


@pytest.fixture
def with_parked(opened_empty: OpenedDesk, tmp_path: Path) -> OpenedDesk:
    for number in range(2):
        (tmp_path / f"picture{number}.bin").write_bytes(bytes(range(256)) * (number + 4))
    opened_empty.desk.app.execute(ImportFiles(paths=tuple(str(tmp_path / f"picture{n}.bin") for n in range(2))))
    opened_empty.window.do("go-parked")
    settle(opened_empty)
    return opened_empty


def test_parked_items_say_why_and_show_what_came_in(with_parked: OpenedDesk) -> None:
    screen = with_parked.window.parked
    assert screen.list.topLevelItemCount() == with_parked.desk.app.ask(CountViews()).parked == 2
    assert screen.current is not None
    assert screen.reason.text() == screen.current.reason
    assert screen.raw.toPlainText() not in ("", "Reading\u2026")


def test_an_item_can_be_tried_again(with_parked: OpenedDesk) -> None:
    screen = with_parked.window.parked
    assert screen.current is not None
    tries = screen.current.attempts
    screen.retry.click()
    settle(with_parked, 60_000)
    assert screen.current is not None
    assert screen.current.attempts >= tries


def test_an_item_can_be_dismissed(with_parked: OpenedDesk) -> None:
    with_parked.window.parked.dismiss.click()
    settle(with_parked)
    assert with_parked.window.parked.list.topLevelItemCount() == 1
    assert with_parked.desk.app.ask(CountViews()).parked == 1


def test_none_is_good_news(opened_empty: OpenedDesk) -> None:
    opened_empty.window.do("go-parked")
    settle(opened_empty)
    assert opened_empty.window.parked.state.isVisible()
    assert "Nothing is parked" in opened_empty.window.parked.state.sentence
