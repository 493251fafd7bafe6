import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from triage_app.domain.errors import TriageError
from triage_app.gui import learning_operations, operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.queries import ListTicketIds, ModelList


def unexpected(error: TriageError) -> None:
    raise AssertionError(error.message)


def test_corrections_are_counted_and_exported_in_the_form_that_the_file_name_says(
    opened: OpenedDesk, tmp_path: Path, qtbot: QtBot
) -> None:
    ids, rows = opened.desk.app.ask(ListTicketIds(limit=2)).ids, list[int]()
    operations.correct(opened.desk, ids, "Spam", lambda _o: None)
    settle(opened)
    learning_operations.count_corrections(opened.desk, "category", rows.append, unexpected)
    settle(opened)
    for name in ("a.csv", "a.jsonl", "a.txt"):
        learning_operations.export_corrections(opened.desk, "category", tmp_path / name, rows.append)
        settle(opened)
    assert rows == [2, 2, 2, 2]
    assert json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith("__label__Spam")
    assert len((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()) >= 3


def test_a_file_that_cannot_be_written_is_said(opened: OpenedDesk, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.desk.jobs.failed) as told:
        learning_operations.export_corrections(opened.desk, "category", tmp_path / "no" / "a.csv", lambda _n: None)
    assert "Choose another place" in told.args[0].message


def test_versions_of_one_dataset_are_read(opened: OpenedDesk) -> None:
    answers: list[ModelList] = []
    for dataset in ("category", "other"):
        learning_operations.load_models(opened.desk, f"of-{dataset}", dataset, answers.append, unexpected)
    settle(opened)
    assert sorted(len(answer.models) for answer in answers) == [0, 1]
