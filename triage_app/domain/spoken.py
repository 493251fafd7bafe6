"""What somebody said on the phone or at the door, written down as a mail (RFC 5322) that is read like any other."""

from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP

from triage_app.domain.conversation import is_address
from triage_app.domain.errors import InvalidInput
from triage_app.domain.headers import addresses
from triage_app.domain.item import Address
from triage_app.domain.outgoing_mail import sendable
from triage_app.domain.reply_template import one_line

MAX_SUBJECT = 500
MAX_SENDER = 200
MAX_TEXT = 1_000_000


def spoken(subject: str, text: str, sender: str, message_id: str, at: datetime) -> bytes:
    """The mail, with CRLF line ends and in UTF-8. `sender` is a mail address, a name, or both: Ana <ana@example.org>.

    Raises InvalidInput where there is no subject or no sender, and for what is too long.
    """
    title = one_line(subject, MAX_SUBJECT + 1)
    if not title or len(title) > MAX_SUBJECT:
        raise InvalidInput(f"A subject has 1 to {MAX_SUBJECT} characters; this one has {len(subject.strip())}.")
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"A text has at most {MAX_TEXT:,} characters; this one has {len(text):,}. Shorten it.")
    made = EmailMessage(policy=SMTP)
    made["From"] = _header(_sender(sender))
    made["Subject"] = title
    made["Date"] = at
    made["Message-ID"] = f"<{message_id}>"
    plain = sendable(text)
    made.set_content(plain, cte=None if plain.isascii() else "base64")
    return made.as_bytes()


def _sender(written: str) -> Address:
    """A name where it is no address; raises InvalidInput."""
    line = one_line(written, MAX_SENDER + 1)
    if not line or len(line) > MAX_SENDER:
        raise InvalidInput(f"Who said it has 1 to {MAX_SENDER} characters; {len(written.strip())} were given.")
    if is_address(line):
        return Address("", line)
    found = addresses(line) if line.endswith(">") else ()
    if len(found) == 1 and is_address(found[0].address):
        return found[0]
    return Address(line, "")


def _header(sender: Address) -> HeaderAddress:
    user, _, domain = sender.address.rpartition("@")
    return HeaderAddress(sender.name, user, domain)
