"""Text, files and caps while one mail is read."""

import pytest

from triage_app.domain.caps import Caps
from triage_app.domain.item import Attachment, Form
from triage_app.domain.letter import Letter
from triage_app.domain.reading import Reading, Segment

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def letter(*segments: Segment, caps: Caps | None = None) -> Letter:
    reading = Reading(caps or Caps())
    reading.segments.extend(segments)
    return reading.letter(Form.MAIL, (), automatic=False)


def test_text_goes_before_html_whose_links_are_kept() -> None:
    read = letter(
        Segment("A text that says all of it, at some length, and in many words.", '<a href="http://a.example/">x</a>')
    )

    assert read.text.startswith("A text")
    assert read.links == ("http://a.example/",)


def test_html_is_read_where_the_text_is_a_stand_in() -> None:
    assert letter(Segment("Please enable HTML", "<p>The real text</p>")).text == "The real text"


def test_html_to_show_holds_plain_stretches_escaped() -> None:
    read = letter(Segment("", "<p>a</p>"), Segment("<b> is plain"))

    assert read.html == "<p>a</p>\n<pre>&lt;b&gt; is plain</pre>"
    assert read.text == "a\n\n<b> is plain"


def test_text_is_cut_with_a_reason() -> None:
    read = letter(Segment("word " * 100), caps=Caps(text=50))

    assert len(read.text) == 50
    assert [defect.code for defect in read.defects] == ["text_cut"]


def test_encrypted_text_is_said_to_be_so() -> None:
    assert [d.code for d in letter(Segment("-----BEGIN PGP MESSAGE-----\nx")).defects] == ["encrypted"]


@pytest.mark.parametrize(("name", "media_type", "data", "form", "text"), [
    ("a.eml", "application/octet-stream", b"Subject: x", Form.MAIL, ""),
    ("a.txt", "message/rfc822", b"Subject: x", Form.MAIL, ""),
    ("a.msg", "application/octet-stream", OLE + b"x", Form.MSG, ""),
    ("a.doc", "application/msword", OLE + b"x", None, ""),
    ("a.msg", "application/octet-stream", b"no ole", None, ""),
    ("a.txt", "application/octet-stream", b"caf\xc3\xa9", None, "café"),
    ("a.htm", "application/octet-stream", b"<p>x<script>y</script>", None, "x"),
    ("a", "text/calendar", b"URL:http://a.exam\r\n ple/\r\n", None, "URL:http://a.example/"),
    ("a.zip", "application/zip", b"PK\x03\x04text", None, ""),
    ("a.png", "image/png", b"text", None, ""),
])  # fmt: skip
def test_files(name: str, media_type: str, data: bytes, form: Form | None, text: str) -> None:
    reading = Reading(Caps(), attached_room=1_000)

    reading.enclose(Attachment(name, media_type, len(data), ""), data)

    (kept,) = reading.enclosures
    assert (kept.form, kept.text) == (form, text)
    assert kept.content == (data if form else b"")


def test_the_text_of_files_has_one_room_for_all() -> None:
    reading = Reading(Caps(), attached_room=10)

    for _ in range(3):
        reading.enclose(Attachment("a.txt", "text/plain", 8, ""), b"12345678")

    assert [kept.text for kept in reading.enclosures] == ["12345678", "12", ""]
