"""Which mail an item is about: the one received, or the one reported in it."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from triage_app.domain import reports
from triage_app.domain.caps import Caps
from triage_app.domain.item import Address, Form, ParsedItem

LONG = "This is a long text of its own that says much. " * 60


def message(subject: str, text: str, **more: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Ann <a@b.example>", "c@d.example", subject
    made["Date"] = "Mon, 17 Nov 2025 10:00:00 +0100"
    for name, value in more.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def read(made: EmailMessage | bytes) -> ParsedItem:
    return reports.read(made if isinstance(made, bytes) else made.as_bytes(), Form.MAIL, Caps())


def carrying(inner: EmailMessage, subject: str = "please check", text: str = "see attached") -> EmailMessage:
    made = message(subject, text)
    made.add_attachment(inner)
    return made


def codes(item: ParsedItem) -> list[str]:
    return [defect.code for defect in item.defects]


def test_the_fields_of_a_mail() -> None:
    made = message(
        "s", "text", Cc="e@f.example, g@h.example", Message_ID="<1@b>", In_Reply_To="<0@b>", Reply_To="r@s.example"
    )
    made["Sender"] = "list@b.example"
    made.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")

    item = read(made)

    assert item.sender == Address("Ann", "a@b.example")
    assert [address.address for address in item.recipients] == ["c@d.example", "e@f.example", "g@h.example"]
    assert item.event_at == datetime(2025, 11, 17, 9, tzinfo=UTC)
    assert (item.message_id, item.references) == ("1@b", ("0@b",))
    assert dict(item.fields) == {
        "email.subject": "s",
        "email.message_id": "1@b",
        "email.from.address": "a@b.example",
        "email.to.address": ("c@d.example",),
        "email.cc.address": ("e@f.example", "g@h.example"),
        "email.reply_to.address": ("r@s.example",),
        "email.sender.address": "list@b.example",
        "email.attachments.file.name": ("a.png",),
        "email.attachments.file.hash.sha256": (item.attachments[0].sha256,),
    }


def test_a_mail_attached_is_what_is_reported() -> None:
    item = read(carrying(message("You won", "Click http://evil.example/")))

    assert (item.subject, item.text) == ("You won", "Click http://evil.example/")
    assert item.carrier is not None
    assert (item.carrier.subject, item.carrier.text) == ("please check", "see attached")
    assert [file.name for file in item.carrier.attachments] == ["You won.eml"]


@pytest.mark.parametrize(("name", "kind"), [("lure.eml", "octet-stream"), ("lure.EML", "x-thing")])
def test_a_mail_attached_as_a_file_of_any_type_is_what_is_reported(name: str, kind: str) -> None:
    made = message("please check", "see attached")
    made.add_attachment(message("You won", "Click").as_bytes(), maintype="application", subtype=kind, filename=name)

    assert read(made).subject == "You won"


def test_a_mail_within_a_long_one_of_its_own_is_not_reported() -> None:
    made = carrying(message("old one", "old"), text=LONG)

    item = read(made.as_bytes().replace(b"Content-Disposition: attachment", b"Content-Disposition: inline"))

    assert item.carrier is None
    assert "old one" in item.attached_text


def test_bounces_and_digests_are_not_reports() -> None:
    inner = b"Content-Type: message/rfc822\n\nSubject: old\nFrom: x@y.example\n\nbody\n--b--"
    bounce = (
        b"From: MAILER-DAEMON@b.example\nSubject: failed\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
    )
    digest = b"From: l@b.example\nSubject: digest\nContent-Type: multipart/digest; boundary=b\n\n--b\n"

    assert (read(bounce + inner).subject, read(bounce + inner).carrier) == ("failed", None)
    assert (read(digest + inner).subject, read(digest + inner).carrier) == ("digest", None)


def test_abuse_reports_are_reports() -> None:
    report = (
        b"From: x@y.example\nSubject: abuse\n"
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nspam\n--b\n"
        b"Content-Type: message/rfc822\n\nSubject: lure\n\nbody\n--b--"
    )

    assert read(report).subject == "lure"


def test_a_report_sent_on_is_opened_twice_and_a_lure_with_a_mail_is_not() -> None:
    report = carrying(message("You won", "Click"), subject="FW: please check")
    item = read(carrying(report, subject="FW: FW: please check"))

    assert item.subject == "You won"
    assert item.carrier is not None
    assert item.carrier.subject == "FW: please check"
    assert item.carrier.carrier is not None
    assert item.carrier.carrier.subject == "FW: FW: please check"

    lure = read(carrying(carrying(message("old", "body"), subject="Invoice")))
    assert lure.subject == "Invoice"
    assert "body" in lure.attached_text


def test_several_mails_are_all_searched() -> None:
    made = carrying(message("first", "one"))
    made.add_attachment(message("second", "http://two.example/"))

    item = read(made)

    assert item.subject == "first"
    assert "http://two.example/" in item.attached_text
    assert "several_mails" in codes(item)


def test_text_that_was_sent_on_belongs_to_the_text_and_quotes_do_not() -> None:
    block = "Is this real?\n\nFrom: Evil <e@f.example>\nSent: Monday\nTo: Ann\nSubject: Pay\n\nPay now."

    forwarded = read(message("FW: Pay", block))
    assert "Pay now." in forwarded.text
    assert forwarded.quoted.startswith("From: Evil")

    answered = read(message("RE: Pay", block, In_Reply_To="<1@b>"))
    assert answered.text == "Is this real?"
    assert "Pay now." in answered.quoted


def test_links_that_the_text_does_not_show_are_searched() -> None:
    made = message("s", "x")
    made.set_content('<p>Sign in <a href="http://evil.example/">here</a> or http://seen.example/ </p>', subtype="html")

    item = read(made)

    assert "evil.example" not in item.text
    assert item.attached_text == "http://evil.example/"


def test_what_is_missing_is_a_defect() -> None:
    assert codes(read(b"Subject: s\n\nx")) == ["no_date", "no_sender"]
    assert codes(read(b"From: a@b.example\nDate: never\n\nx")) == ["date"]
    assert codes(read(b"just text")) == ["no_headers"]


def test_defects_of_the_carrier_are_those_of_the_item() -> None:
    content = (
        b"From: a@b.example\nSubject: c\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Type: message/rfc822\n\nSubject: in\n\nx"
    )

    item = read(content)

    assert item.subject == "in"
    assert "not_closed" in codes(item)


def test_duplicate_headers_are_kept() -> None:
    item = read(b"Received: a\nReceived: b\nSubject: one\nSubject: two\n\nx")

    assert [value for name, value in item.headers if name == "Received"] == ["a", "b"]
    assert item.subject == "one"
