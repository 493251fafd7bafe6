"""The door: everything comes back as an item, whatever it is."""

import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.item import Form
from triage_app.domain.parsing import parse

DATA = Path(os.environ.get("TRIAGE_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
CASES = sorted((Path(__file__).parents[1] / "cases" / "mail").glob("*.eml"))

PIECES = st.sampled_from([
    b"From: a@b.example\n", b"Subject: =?utf-8?q?x", b"?=\n", b"\n", b"\r\n", b"Content-Type: text/html; charset=",
    b"utf-16\n", b"koi8-r\n",
    b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"--b--\n", b"Content-Transfer-Encoding: base64\n",
    b"<div style='display:none'>",
    b"<blockquote type=cite>", b"On 1 Jan X wrote:\n", b"> quoted\n", b"From: x\nSent: y\nSubject: z\n", b"-- \n",
    b"Content-Type: message/rfc822\n\n",
    b"\xff\xfe\x00", b"\xe2\x80\xae", b"Content-Disposition: attachment; filename=a.eml\n",
    b"Date: Mon, 1 Jan 2024 99:99:99 +9999\n", b"text ",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"begin 644 a\n", b"Content-Type: application/pkcs7-mime\n\n\x30\x80",
    b"{\"a\": [1]}", b"<svg><style>", b"\x00",
])  # fmt: skip


@given(st.lists(PIECES, max_size=30), st.sampled_from(list(Form)))
def test_nothing_raises_and_everything_can_be_stored(pieces: list[bytes], form: Form) -> None:
    item = parse(b"".join(pieces), form)

    assert "unreadable" not in [defect.code for defect in item.defects]
    for text in (
        item.subject,
        item.text,
        item.quoted,
        item.signature,
        item.html,
        item.attached_text,
        str(item.sender or ""),
    ):
        assert "\x00" not in text
        text.encode("utf_8")
    assert all(value.isprintable() or "\ufffd" in value or not value.isascii() for _, value in item.headers)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_odd_mails_have_a_subject_a_sender_and_a_text(path: Path) -> None:
    item = parse(path.read_bytes(), Form.MAIL)

    assert item.subject
    assert item.sender is not None
    assert item.text


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not here")
@pytest.mark.parametrize(("archive", "count", "empty"), [
    ("ham_easy1", 2_500, 20), ("ham_hard_odd", 125, 2), ("phish", 800, 40), ("spam1", 500, 5),
])  # fmt: skip
def test_real_mails_are_read(archive: str, count: int, empty: int) -> None:
    with tarfile.open(DATA / "mail" / f"{archive}.tar.gz") as packed:
        contents = [file.read() for member in packed if (file := packed.extractfile(member)) is not None]
    items = [parse(content, Form.MAIL) for content in contents]

    assert len(items) == count
    assert [item.defects for item in items if "unreadable" in {defect.code for defect in item.defects}] == []
    assert sum(not item.text for item in items) <= empty
    assert sum(not item.subject for item in items) <= 12
    assert sum(item.sender is None for item in items) == 0
    assert sum(item.event_at is None for item in items) <= 12
    assert sum(item.carrier is not None for item in items) <= 1


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not here")
def test_odd_mails_of_others_are_read() -> None:
    with tarfile.open(DATA / "mime" / "mime_fixtures.tar.gz") as packed:
        contents = [file.read() for member in packed if (file := packed.extractfile(member)) is not None]
    items = [parse(content, Form.MAIL) for content in contents]

    assert len(items) == 201
    assert [item.defects for item in items if "unreadable" in {defect.code for defect in item.defects}] == []
