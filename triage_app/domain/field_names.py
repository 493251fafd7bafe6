"""The fields that rules see: those that every item has, and whatever else it brings under its own name."""

from collections.abc import Mapping

from triage_app.domain.observable import ObservableKind
from triage_app.domain.problems import hint, shown

OWN_FIELDS: Mapping[str, str] = {
    "source": "the configured mailbox or feed that it came through",
    "form": "mail, msg or alert",
    "subject": "the subject of a mail, the headline of an alert",
    "text": "what the sender wrote newly; the words of an alert",
    "quoted": "the mail that is quoted below",
    "sender": "the sender's mail address; the product of an alert",
    "sender.name": "the name shown with the sender's address",
    "sender.domain": "the domain of the sender's address",
    "recipients": "mail addresses that it went to",
    "message_id": "the Message-ID of a mail",
    "references": "the Message-IDs of the mails before it",
    "severity": "unknown, low, medium, high or critical",
    "event_time": "its own time in UTC, to the second",
    "received_time": "when it was taken in, in UTC, to the second",
    "body_hash": "SHA-256 of the prepared text: case, spaces and punctuation make no difference",
    "content_hash": "SHA-256 of everything that was read from it, but its own time, Message-ID and way",
    "attachment.name": "names of attached files",
    "attachment.sha256": "SHA-256 of attached files",
    **{
        f"observable.{kind.value}": f"observables of the kind {kind.value}, without your own" for kind in ObservableKind
    },
}
"""Name and meaning. Every other name is that of a field of the parsed item, in the Elastic Common Schema or as sent."""

FAMILIES = ("observable", "attachment", "sender")
"""Beginnings below which there are no fields but those above."""

MAX_NAME = 200
_SIMPLE = {name.replace("_", "").replace(".", ""): name for name in OWN_FIELDS}


def wrong_field(name: str) -> str:
    """What is wrong with the name of a field that cannot exist, as a sentence; nothing for one that can.

    An item's own fields have any name, so only what is certain is refused: unknown names in our own families, other
    spellings of our own names, and what is no name at all.
    """
    if not name or len(name) > MAX_NAME or not name.isprintable():
        return f"{shown(name)} cannot be the name of a field."
    if name in OWN_FIELDS:
        return ""
    family = name.partition(".")[0]
    if "." in name and family in FAMILIES:
        known = [each for each in OWN_FIELDS if each.startswith(f"{family}.")]
        return f"The field {shown(name)} does not exist{hint(name, known)}"
    meant = _SIMPLE.get(name.lower().replace("_", "").replace("-", "").replace(".", ""))
    return f"The field {shown(name)} does not exist; did you mean {meant}?" if meant else ""
