"""Raw items as received and parsed items as read from them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from triage_app.domain.ticket import Severity

RawId = NewType("RawId", int)
FieldValue = str | int | float | bool | tuple[str, ...]


class Form(StrEnum):
    """What the bytes of a raw item are."""

    MAIL = "mail"
    MSG = "msg"
    ALERT = "alert"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What became of an item that was seen; together they balance with what was seen."""

    PENDING = "pending"
    TICKETED = "ticketed"
    MERGED = "merged"
    DROPPED = "dropped"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class RawItem:
    """Bytes as received, never edited.

    (source, folder, uid_validity, uid) is unique in a workspace. `origin` says for a person where the bytes were found
    (a path, a path inside an archive and a position). `content` is one whole mail, one .msg file, or one alert as JSON.
    `reason` is empty unless the reader already knows that the item cannot be used; then it is parked with that reason.
    """

    source: str
    folder: str
    uid_validity: int
    uid: str
    form: Form
    content: bytes
    sha256: str
    origin: str
    reason: str = ""


def content_uid(sha256: str, occurrence: int) -> str:
    """The uid of an item that has no uid of its own: its content, and the how-manieth copy within its container.

    Two equal lines of an alert log are two alerts; the same file read again is the same items again.
    """
    return sha256 if occurrence == 0 else f"{sha256}:{occurrence}"


def digest(content: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with an item that did not keep it from being read: a stable code and a sentence."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address and the name shown with it; either may be empty, neither is trusted."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name and self.address else self.address or self.name


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a mail carried: its name as claimed, size in bytes of the decoded content, media type as claimed,
    SHA-256.
    """

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """What was read from a raw item.

    `text` is what the sender wrote newly, `quoted` the mail that they quote, `signature` theirs; `html` the HTML
    part as received (untrusted, capped). `attached_text` is text and links found in text, HTML and calendar
    attachments. `fields` are named as in the Elastic Common Schema (ECS). `carrier` is the mail around a reported one:
    then everything else here is about the reported mail. `event_at` is the Date header or the alert's own time in UTC,
    None where there is none.
    """

    form: Form
    subject: str = ""
    sender: Address | None = None
    recipients: tuple[Address, ...] = ()
    event_at: datetime | None = None
    text: str = ""
    quoted: str = ""
    signature: str = ""
    html: str = ""
    attached_text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    message_id: str = ""
    references: tuple[str, ...] = ()
    severity: Severity = Severity.UNKNOWN
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()
    carrier: "ParsedItem | None" = None
