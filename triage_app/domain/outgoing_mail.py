"""Mail that we send, from its parts to bytes (RFC 5322, RFC 3834), and the words for what is to be done outside."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import NewType

from triage_app.domain.conversation import is_address
from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import Address
from triage_app.domain.reply_template import one_line

MAX_REFERENCES = 20
MAX_TEXT = 200_000
MAX_NAME = 100
_ID_SIGNS = frozenset("<> \t\r\n")

OutgoingId = NewType("OutgoingId", int)


class OutgoingKind(StrEnum):
    """What is to be done outside: mail to send, or the original to move or flag in its mailbox."""

    REPLY = "reply"
    ACKNOWLEDGEMENT = "acknowledgement"
    MOVE = "move"
    FLAG = "flag"


class OutgoingState(StrEnum):
    """Whether it is still to be done."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail to send. Message-IDs are without brackets, the oldest first; `automatic` says that no person wrote it."""

    message_id: str
    sender: Address
    recipient: str
    subject: str
    text: str
    references: tuple[str, ...]
    automatic: bool


def message_id(chance: str, sender: str) -> str:
    """A Message-ID that nobody can guess, at the domain of the sender's address."""
    return f"triage-{chance}@{sender.rpartition('@')[2]}"


def demand_address(address: str) -> str:
    """The address; raises InvalidInput where it is not one mail address."""
    plain = address.strip()
    if not is_address(plain):
        raise InvalidInput(f"{one_line(address, 80)!r} is no mail address. Write one such as name@example.org.")
    return plain


def composed(mail: OutgoingMail, at: datetime) -> bytes:
    """The whole mail with CRLF line ends, plain text in UTF-8. Raises InvalidInput for an address that is none."""
    sender, recipient = demand_address(mail.sender.address), demand_address(mail.recipient)
    made = EmailMessage(policy=SMTP)
    made["From"] = _address(one_line(mail.sender.name, MAX_NAME), sender)
    made["To"] = _address("", recipient)
    made["Subject"] = one_line(mail.subject, 500)
    made["Date"] = at
    made["Message-ID"] = f"<{mail.message_id}>"
    before = [each for each in mail.references if each and _ID_SIGNS.isdisjoint(each) and each.isprintable()]
    if before:
        made["In-Reply-To"] = f"<{before[-1]}>"
        made["References"] = " ".join(f"<{each}>" for each in before[-MAX_REFERENCES:])
    if mail.automatic:
        made["Auto-Submitted"] = "auto-replied"
        made["X-Auto-Response-Suppress"] = "All"
        made["Precedence"] = "bulk"
    made.set_content(sendable(mail.text), cte="base64" if not mail.text.isascii() else None)
    return made.as_bytes()


def _address(name: str, address: str) -> HeaderAddress:
    user, _, domain = address.rpartition("@")
    return HeaderAddress(name, user, domain)


def sendable(text: str) -> str:
    """Text that can be sent: no control characters but line ends and tabs, no lone surrogates."""
    kept = "".join(sign for sign in text.replace("\r\n", "\n") if sign.isprintable() or sign in "\n\t")
    return kept.encode("utf-8", "replace").decode()
