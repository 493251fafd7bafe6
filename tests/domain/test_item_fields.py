"""What rules see of an item."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from triage_app.domain.conditions import texts_of
from triage_app.domain.extract import extract_all
from triage_app.domain.field_names import OWN_FIELDS
from triage_app.domain.item import Address, Attachment, Form, ParsedItem
from triage_app.domain.item_fields import MAX_RECIPIENTS, fields_of, recipients_of
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.parsing import parse

NOW = datetime(2026, 11, 24, 9, 30, 15, 5, tzinfo=UTC)
MAIL = ParsedItem(
    Form.MAIL,
    subject="Look at this",
    sender=Address("Maria", "Maria@Example.com"),
    recipients=(Address("", "SOC@example.com"), Address("nobody", "")),
    event_at=NOW,
    text="See evil.example, CVE-2021-44228!",
    quoted="older",
    message_id="<a@b>",
    references=("<r@b>",),
    attachments=(Attachment("a.txt", "text/plain", 3, "ff"), Attachment("", "text/plain", 3, "")),
    fields={"email.x": "y"},
)


def texts(parsed: ParsedItem, name: str) -> tuple[str, ...]:
    return texts_of(fields_of(parsed, source="files", received_at=NOW).get(name))


def test_a_mail_has_every_field_of_ours() -> None:
    sightings = extract_all([("text", "see http://evil.example/x and CVE-2021-44228 by maria@example.com")])
    own = frozenset({Observable(ObservableKind.EMAIL, "maria@example.com")})
    fields = fields_of(MAIL, source="files", received_at=NOW, sightings=sightings, own=own)
    plain = {name: value for name, value in fields.items() if not name.endswith("_hash")}
    assert plain == {
        "email.x": "y",
        "source": "files",
        "form": "mail",
        "subject": "Look at this",
        "text": "See evil.example, CVE-2021-44228!",
        "quoted": "older",
        "sender": "maria@example.com",
        "sender.name": "Maria",
        "sender.domain": "example.com",
        "recipients": ("soc@example.com",),
        "message_id": "<a@b>",
        "references": ("<r@b>",),
        "severity": "unknown",
        "event_time": "2026-11-24T09:30:15Z",
        "received_time": "2026-11-24T09:30:15Z",
        "attachment.name": ("a.txt",),
        "attachment.sha256": ("ff",),
        "observable.url": ("http://evil.example/x",),
        "observable.domain": ("evil.example", "example.com"),
        "observable.cve": ("CVE-2021-44228",),
    }
    assert {name for name in OWN_FIELDS if not name.startswith("observable.")} <= set(fields)


def test_a_sender_without_an_address_is_its_name() -> None:
    alert = ParsedItem(Form.ALERT, sender=Address("Wazuh", ""))
    assert texts(alert, "sender") == ("Wazuh",)
    assert texts(alert, "sender.domain") == ("",)
    assert texts(ParsedItem(Form.ALERT), "sender") == ("",)


def test_the_body_hash_leaves_case_and_punctuation_out() -> None:
    assert texts(MAIL, "body_hash") == texts(replace(MAIL, text="see EVIL example -- cve 2021 44228!"), "body_hash")
    assert texts(MAIL, "body_hash") != texts(replace(MAIL, text="something else"), "body_hash")
    assert texts(replace(MAIL, text=" \n"), "body_hash") == ("",)


def test_the_content_hash_is_of_all_but_when_and_which_way_it_came() -> None:
    same = replace(MAIL, message_id="<other@b>", event_at=None, references=(), recipients=(), headers=(("X", "y"),))
    assert texts(MAIL, "content_hash") == texts(same, "content_hash")
    for change in (
        {"subject": "x"},
        {"text": "x"},
        {"quoted": "x"},
        {"html": "x"},
        {"sender": None},
        {"attachments": ()},
        {"form": Form.MSG},
    ):
        assert texts(MAIL, "content_hash") != texts(replace(MAIL, **change), "content_hash"), change
    # what stands at the end of one text is not the same at the beginning of the next
    assert texts(replace(MAIL, subject="ab", text="c"), "content_hash") != texts(
        replace(MAIL, subject="a", text="bc"), "content_hash"
    )


def test_alerts_that_differ_in_any_field_differ_in_their_content() -> None:
    def hashed(**more: object) -> tuple[str, ...]:
        row = {"timestamp": "2026-03-04T10:00:00Z", "title": "Scan", "x": 1} | more
        return texts(parse(json.dumps(row).encode(), Form.ALERT), "content_hash")

    assert hashed() == hashed(timestamp="2026-03-04T11:00:00Z")
    assert hashed() != hashed(x=2)
    assert hashed() != hashed(y=1)


def test_whom_a_mail_went_to() -> None:
    assert recipients_of(MAIL) == {"soc@example.com"}
    assert recipients_of(replace(MAIL, form=Form.ALERT)) == frozenset()
    many = tuple(Address("", f"{number:04}@example.com") for number in range(MAX_RECIPIENTS * 2))
    assert len(recipients_of(replace(MAIL, recipients=many))) == MAX_RECIPIENTS
