import json
from base64 import b64encode
from pathlib import Path

import pytest

from triage_app.domain.errors import InvalidState, TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import labelling_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.learning_shapes import BlastRadius, LabelTold, Promise
from triage_app.services.queries import Document, GetTicket, ListTicketIds


def test_a_document_is_written_as_text_or_as_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "out"
    labelling_operations.write_document(Document("a.csv", "text/csv", 1, "a,ü\r\n"), file)
    assert file.read_bytes() == "a,ü\r\n".encode()
    raw = b"%PDF-1.7\x00\xff"
    labelling_operations.write_document(
        Document("a.pdf", "application/pdf", 1, b64encode(raw).decode(), base64=True), file
    )
    assert file.read_bytes() == raw
    with pytest.raises(InvalidState, match="Choose another place"):
        labelling_operations.write_document(Document("a", "text/plain", 1, ""), tmp_path / "no" / "where")


@pytest.mark.parametrize(("ending", "begins"), [("csv", "ticket,"), ("jsonl", "{"), ("odd", "ticket,")])
def test_the_ending_says_the_form_of_predictions(opened: OpenedDesk, tmp_path: Path, ending: str, begins: str) -> None:
    file, rows = tmp_path / f"rows.{ending}", list[int]()
    labelling_operations.export_predictions(opened.desk, "category", file, rows.append, _raise)
    settle(opened)
    assert file.read_text("utf-8").startswith(begins)
    assert rows == [len(file.read_text("utf-8").splitlines()) - (ending != "jsonl")]


def test_the_ending_says_the_form_of_the_report(opened: OpenedDesk, tmp_path: Path) -> None:
    file = tmp_path / "month.json"
    labelling_operations.save_report(opened.desk, "category", None, file, lambda _rows: None, _raise)
    settle(opened)
    assert json.loads(file.read_text("utf-8"))["dataset"] == "category"


def test_a_label_is_told_to_all_alike_after_their_number_was_asked(opened: OpenedDesk) -> None:
    ticket = opened.desk.app.ask(ListTicketIds()).ids[0]
    plans, told = list[LabelTold](), list[LabelTold]()
    labelling_operations.plan_cluster(opened.desk, ticket, "Spam", "category", plans.append, _raise)
    labelling_operations.tell_cluster(opened.desk, ticket, "Spam", "category", told.append, _raise)
    settle(opened)
    assert plans[0].planned
    assert plans[0].tickets == told[0].tickets
    assert opened.desk.app.ask(GetTicket(id=ticket)).row.category == "Spam"


def test_what_cannot_be_told_quietly_bothers_nobody(opened: OpenedDesk) -> None:
    answers: list[BlastRadius | Promise] = []
    labelling_operations.load_blast_radius(opened.desk, TicketId(999_999), "Spam", "category", answers.append)
    labelling_operations.load_promise(opened.desk, "nothing-of-that-name", answers.append)
    settle(opened)
    assert answers == []
    assert not opened.window.toast.isVisible()


def _raise(error: TriageError) -> None:
    raise error
