"""Outlook files: the samples of others, and what is broken of them."""

import os
import tarfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain import outlook
from triage_app.domain.caps import Caps
from triage_app.domain.item import Form, ParsedItem
from triage_app.domain.parsing import parse

DATA = Path(os.environ.get("TRIAGE_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
SAMPLES = DATA / "msg" / "msgreader_samples.tar.gz"
here = pytest.mark.skipif(not SAMPLES.is_file(), reason="the data sets are not here")


@cache
def samples() -> dict[str, bytes]:
    with tarfile.open(SAMPLES) as packed:
        files = {
            Path(member.name).name: packed.extractfile(member) for member in packed if member.name.endswith(".msg")
        }
        return {name: file.read() for name, file in files.items() if file is not None}


def read(name: str) -> ParsedItem:
    return parse(samples()[name], Form.MSG)


@here
def test_every_sample_is_read() -> None:
    items = {name: read(name) for name in samples()}

    assert len(items) == 44
    assert [
        name for name, item in items.items() if any(d.code in {"msg_unreadable", "unreadable"} for d in item.defects)
    ] == []
    assert {name for name, item in items.items() if not item.subject} <= {
        "test2.msg",
        "contactAnsi.msg",
        "contactUnicode.msg",
    }


@here
def test_subjects_senders_and_texts() -> None:
    assert read("nonUnicodeCP932.msg").subject == "日本語 Non Unicode タイトル"
    assert len(read("200 recipients.msg").recipients) == 200
    sender = read("attachmentFiles.msg").sender
    assert sender is not None
    assert sender.address == "hmailuser@hmailserver.test"
    assert [file.name for file in read("attachmentsOrder.msg").attachments][:2] == ["A.docx", "B.docx"]
    assert all(file.size and len(file.sha256) == 64 for file in read("attachmentsOrder.msg").attachments)
    assert read("sent.msg").event_at is not None


@here
def test_mails_within_are_what_is_reported() -> None:
    outer = read("Outer mail.msg")
    assert outer.subject == "Inner mail"
    assert outer.carrier is not None
    assert outer.carrier.subject == "Outer mail"
    assert read("Attach sample eml received.msg").subject == "sample"


@here
def test_the_exceptions_of_a_calendar_item_are_not_reports() -> None:
    assert read("Lanch time  every friday  in 2023 chgs1.msg").carrier is None


@here
@pytest.mark.parametrize("part", [4, 10, 50, 90])
def test_cut_files_are_read_or_a_defect(part: int) -> None:
    for content in list(samples().values())[::6]:
        outlook.read(content[: len(content) * part // 100], Caps())


@here
@given(st.data())
def test_files_with_changed_bytes_are_read_or_a_defect(data: st.DataObject) -> None:
    content = bytearray(samples()["Simple.msg"])
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    outlook.read(bytes(content), Caps())


def test_what_is_no_outlook_file_is_a_defect() -> None:
    for content in (b"", b"x", bytes.fromhex("d0cf11e0a1b11ae1"), bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)):
        assert [defect.code for defect in outlook.read(content, Caps()).defects] == ["msg_unreadable"]
