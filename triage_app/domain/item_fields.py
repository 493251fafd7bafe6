"""What rules see of an item: its own fields, and those that every item has."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from triage_app.domain.conditions import Deferred
from triage_app.domain.item import Form, ParsedItem
from triage_app.domain.observable import Observable, Sighting
from triage_app.domain.wording import prepare

MAX_RECIPIENTS = 200
"""Recipients of one mail that are remembered, by name; a mailing to more is new to nobody."""

_TIME_FIELD = "@timestamp"


def fields_of(
    parsed: ParsedItem,
    *,
    source: str,
    received_at: datetime,
    sightings: Iterable[Sighting] = (),
    own: Collection[Observable] = (),
) -> Mapping[str, object]:
    """All fields of an item by name (`field_names.OWN_FIELDS` tells those of ours), for conditions and keys.

    `own` are observables of one's own, which are left out. Texts are as parsed; what is empty is missing. What takes
    time is a `Deferred`, made when a rule looks at it.
    """
    fields: dict[str, object] = dict(parsed.fields)
    sender = parsed.sender
    address = sender.address.lower() if sender else ""
    fields["source"] = source
    fields["form"] = parsed.form.value
    fields["subject"] = parsed.subject
    fields["text"] = parsed.text
    fields["quoted"] = parsed.quoted
    fields["sender"] = address or (sender.name if sender else "")
    fields["sender.name"] = sender.name if sender else ""
    fields["sender.domain"] = address.rpartition("@")[2]
    fields["message_id"] = parsed.message_id
    fields["references"] = parsed.references
    fields["severity"] = parsed.severity.word
    fields["event_time"] = _time(parsed.event_at) if parsed.event_at else ""
    fields["received_time"] = _time(received_at)
    fields["body_hash"] = Deferred(lambda: _sha256(prepare(parsed.text)) if parsed.text.strip() else "")
    fields["content_hash"] = Deferred(lambda: _content_hash(parsed))
    if parsed.recipients:
        fields["recipients"] = tuple(each.address.lower() for each in parsed.recipients if each.address)
    if parsed.attachments:
        fields["attachment.name"] = tuple(each.name for each in parsed.attachments if each.name)
        fields["attachment.sha256"] = tuple(each.sha256 for each in parsed.attachments if each.sha256)
    _add_observables(fields, sightings, own)
    return fields


def recipients_of(parsed: ParsedItem) -> frozenset[str]:
    """Who a mail went to, in lower case: what tells a new recipient. Nobody for what is no mail."""
    if parsed.form is Form.ALERT or not parsed.recipients:
        return frozenset()
    found = {each.address.lower() for each in parsed.recipients if each.address}
    return frozenset(found) if len(found) <= MAX_RECIPIENTS else frozenset(sorted(found)[:MAX_RECIPIENTS])


def _add_observables(fields: dict[str, object], sightings: Iterable[Sighting], own: Collection[Observable]) -> None:
    by_kind: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for sighting in sightings:
        observable = sighting.observable
        if observable not in own:
            by_kind[observable.kind.value][observable.value] = None
    for kind, values in by_kind.items():
        fields[f"observable.{kind}"] = tuple(values)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _content_hash(parsed: ParsedItem) -> str:
    """Over everything that was read, save what says when, by which way and under which id it came."""
    whole = hashlib.sha256()

    def add(*texts: str) -> None:
        for text in texts:
            raw = text.encode("utf-8", "replace")
            # With its length, so that no two different lists of texts are the same bytes.
            whole.update(b"%d:" % len(raw))
            whole.update(raw)

    sender = parsed.sender
    add(parsed.form.value, sender.name if sender else "", sender.address if sender else "")
    add(parsed.subject, parsed.text, parsed.quoted, parsed.signature, parsed.html, parsed.attached_text)
    for attachment in parsed.attachments:
        add(attachment.name, attachment.sha256, str(attachment.size))
    if parsed.form is Form.ALERT:
        for name in sorted(parsed.fields):
            if name != _TIME_FIELD:
                add(name, repr(parsed.fields[name]))
    return whole.hexdigest()
