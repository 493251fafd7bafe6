import json
from pathlib import Path

import pytest

from tests.gui.labelling import month_report
from triage_app.domain.poison import OriginKind
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.month import MonthPage, with_ending
from triage_app.services.learning_queries import GetMonth, ListForgotten


@pytest.fixture
def page(opened: OpenedDesk) -> MonthPage:
    """The page with the month of the sample mail, in which one ticket was corrected."""
    opened.window.do("correct-1")
    settle(opened)
    opened.window.do("learn-month")
    settle(opened)
    page = opened.window.learning.page("month")
    assert isinstance(page, MonthPage)
    return page


def test_the_month_is_shown_and_an_empty_one_says_so(page: MonthPage, opened: OpenedDesk) -> None:
    report = opened.desk.app.ask(GetMonth())
    assert page.sheet.isVisible()
    assert page.sheet.figures[0].number.text().replace(",", "") == str(report.predictions)
    page.earlier.click()
    settle(opened)
    assert page.state.sentence.startswith("Nothing was predicted in")
    assert not page.save.isEnabled()
    page.later.click()
    settle(opened)
    assert page.sheet.isVisible()
    assert not page.later.isEnabled()


@pytest.mark.parametrize("ending", [".html", ".csv", ".json", ".txt"])
def test_the_report_is_written_in_each_form(page: MonthPage, opened: OpenedDesk, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report{ending}"
    page.write_report(file)
    settle(opened)
    assert file.stat().st_size > 100
    assert "The report is in" in opened.window.toast.text.text()
    if ending == ".json":
        assert json.loads(file.read_text("utf-8"))["month"] == page.month.value


def test_predictions_are_written_in_rows(page: MonthPage, opened: OpenedDesk, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    page.write_predictions(file)
    settle(opened)
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len(rows) == opened.desk.app.ask(GetMonth()).predictions
    # a place that cannot be written is said
    page.write_predictions(tmp_path / "nowhere" / "rows.csv")
    settle(opened)
    assert "Choose another place" in opened.window.toast.text.text()


def test_a_source_is_forgotten_and_undo_is_offered(page: MonthPage, opened: OpenedDesk) -> None:
    source = opened.desk.app.ask(GetMonth()).sources[0].name
    page.sheet.forgotten.emit(source)
    settle(opened)
    (forgotten,) = opened.desk.app.ask(ListForgotten()).forgotten
    assert (forgotten.kind, forgotten.value) == (OriginKind.SOURCE, source)
    assert opened.window.toast.undo.isVisible()


def test_a_month_that_comes_later_replaces_what_is_shown(page: MonthPage) -> None:
    page.show_report(month_report(predictions=0))
    assert page.state.isVisible()
    page.show_report(month_report())
    assert page.sheet.isVisible()


def test_the_ending_is_that_of_the_form_where_none_was_typed() -> None:
    assert with_ending("/a/report", "PDF (*.pdf)") == Path("/a/report.pdf")
    assert with_ending("/a/report.csv", "PDF (*.pdf)") == Path("/a/report.csv")
    assert with_ending("/a/report", "") == Path("/a/report.txt")
