"""Which parts of a mail are its text and which are files."""

import base64
import hashlib
from email.message import EmailMessage

from triage_app.domain import mail
from triage_app.domain.caps import Caps
from triage_app.domain.item import Form
from triage_app.domain.letter import Letter


def message(text: str = "Hello, this is a text of some length for all to read.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "c@d.example", "s"
    made.set_content(text)
    return made


def read(made: EmailMessage | bytes) -> Letter:
    return mail.read(made if isinstance(made, bytes) else made.as_bytes(), Caps())


def codes(letter: Letter) -> list[str]:
    return [defect.code for defect in letter.defects]


def test_text_html_and_files_are_sorted() -> None:
    made = message()
    made.add_alternative("<p>Hello</p><a href='http://a.example/x'>x</a>", subtype="html")
    made.add_attachment(b"\x00\x01", maintype="application", subtype="x-thing", filename="größe.bin")
    made.add_attachment("a,b", subtype="csv", filename="t.csv")

    letter = read(made)

    assert letter.text == "Hello, this is a text of some length for all to read."
    assert "<p>Hello</p>" in letter.html
    assert letter.links == ("http://a.example/x",)
    first, second = letter.enclosures
    assert (first.file.name, first.file.media_type, first.file.size) == ("größe.bin", "application/x-thing", 2)
    assert first.file.sha256 == hashlib.sha256(b"\x00\x01").hexdigest()
    assert second.text == "a,b"


def test_images_within_the_text_are_files() -> None:
    made = message()
    made.add_related(b"GIF", maintype="image", subtype="gif", cid="<1>")

    assert [kept.file.media_type for kept in read(made).enclosures] == ["image/gif"]


def test_text_declared_as_attachment_is_a_file() -> None:
    made = message()
    made.add_attachment("more text", filename="more.txt")

    letter = read(made)

    assert "more text" not in letter.text
    assert letter.enclosures[0].text == "more text"


def test_flowed_text_is_joined() -> None:
    content = b"From: a@b.example\nContent-Type: text/plain; format=flowed\n\nhttp://a.example/ \nand more\n"

    assert read(content).text == "http://a.example/ and more"


def test_html_without_a_type_is_seen() -> None:
    assert read(b"<html><body><p>one</p><script>x</script></body></html>").text == "one"


def test_charset_of_html_comes_from_its_head() -> None:
    content = b"From: a@b.example\nContent-Type: text/html\n\n" + '<meta charset="koi8-r"><p>Привет'.encode("koi8-r")

    assert read(content).text == "Привет"


def test_unknown_charsets_and_broken_bytes_are_defects() -> None:
    assert "charset" in codes(read(b"From: a\nContent-Type: text/plain; charset=nonsense\n\nx"))
    assert "undecodable" in codes(
        read(b"From: a\nContent-Type: text/plain; charset=utf-8\n\ncaf\xc3\xa9 caf\xc3\xa9 \xff" + b"x" * 50)
    )


def test_encrypted_mails_are_said_to_be_so() -> None:
    pgp = (
        b"From: a\nContent-Type: multipart/encrypted; protocol=application/pgp-encrypted; boundary=b\n\n--b\n"
        b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
        b"Content-Type: application/octet-stream\n\nx\n--b--"
    )
    enveloped = (
        b"From: a\nContent-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIB\n"
    )

    assert codes(read(pgp)) == ["encrypted"]
    assert codes(read(enveloped)) == ["encrypted"]
    assert [kept.file.name for kept in read(enveloped).enclosures] == ["smime.p7m"]


def test_signed_mails_are_read() -> None:
    inner = b"Content-Type: text/plain\r\n\r\nsigned text"
    octets = b"\x04" + bytes((len(inner),)) + inner
    oid = bytes.fromhex("06092a864886f70d0107")

    def wrap(tag: int, value: bytes) -> bytes:
        return bytes((tag, len(value))) + value

    content = wrap(0x30, oid + b"\x01" + wrap(0xA0, octets))
    whole = wrap(0x30, oid + b"\x02" + wrap(0xA0, wrap(0x30, b"\x02\x01\x01\x31\x00" + content)))
    encoded = (
        b"From: a\nContent-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n"
    )

    letter = read(encoded + base64.encodebytes(whole))

    assert (letter.text, codes(letter)) == ("signed text", [])


def test_file_names_that_turn_their_direction_are_a_defect() -> None:
    made = message()
    made.add_attachment(b"MZ", maintype="application", subtype="x-thing", filename="invoice\u202efdp.exe")

    assert codes(read(made)) == ["bidi_file_name"]


def test_bounces_and_digests_are_automatic() -> None:
    report = b"From: a\nContent-Type: multipart/report; report-type=%s; boundary=b\n\n--b\n\nx\n--b--"

    assert read(report % b"delivery-status").automatic
    assert not read(report % b"feedback-report").automatic
    assert read(b"From: MAILER-DAEMON@a\nReturn-Path: <>\n\nx").automatic
    assert read(b"From: a\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nx\n--b--").automatic
    assert not read(message()).automatic


def test_a_mail_in_a_mail_is_one_file() -> None:
    made = message()
    made.add_attachment(message("inner"))

    (kept,) = read(made).enclosures

    assert (kept.form, kept.file.name, kept.file.media_type) == (Form.MAIL, "s.eml", "message/rfc822")
    assert kept.letter is not None
    assert kept.letter.text == "inner"
