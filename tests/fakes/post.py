"""Mailboxes whose mail comes and goes in memory: what is sent is kept, and a script makes the server fail."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from tests.fakes.box import PASSWORD, Box, MemorySecrets
from tests.fakes.workbench import Workbench
from triage_app.domain.item import Form
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import ImportReport
from triage_app.services.outgoing import Original
from triage_app.services.queries import GetTicket, TicketView
from triage_app.services.source_commands import AddSource, SyncReport, SyncSources

DESK = "soc@desk.example"
_NUMBERS = count(1)


def letter(
    sender: str = "Bob <bob@example.org>",
    *,
    to: str = DESK,
    subject: str = "Strange mail",
    text: str = "I got this. What shall I do?",
    date: datetime,
    after: str = "",
    name: str = "",
    **headers: str,
) -> bytes:
    """A mail; `after` is the Message-ID that it answers, `name` its own, and other headers are given by their names
    with `_` for `-`."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"], made["Date"] = sender, to, subject, date
    made["Message-ID"] = f"<{name or f'mail-{next(_NUMBERS)}@example.org'}>"
    if after:
        made["In-Reply-To"] = f"<{after}>"
    for header, value in headers.items():
        made[header.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


class Post:
    """`Outlets`, and what lies behind: `sent` mails with sender and recipient, `moved` and `flagged` originals.

    `script` is called before each step, with its name.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, str, str]] = []
        self.moved: list[tuple[Original, str]] = []
        self.flagged: list[Original] = []
        self.script: Callable[[str], None] = lambda _step: None
        self.opened = 0
        self.closed = 0

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "Post":
        """Signs in."""
        assert secrets["password"].reveal() == PASSWORD
        self.script("open")
        self.opened += 1
        return self

    def send(self, mail: bytes, sender: str, recipient: str) -> None:
        self.script("send")
        self.sent.append((mail, sender, recipient))

    def move(self, original: Original, folder: str) -> None:
        self.script("move")
        self.moved.append((original, folder))

    def flag(self, original: Original) -> None:
        self.script("flag")
        self.flagged.append(original)

    def close(self) -> None:
        self.closed += 1


class MailDesk:
    """A workbench with one mailbox, `mail`, whose address is `DESK`."""

    def __init__(self, bench: Workbench, box: Box, post: Post, *settings: str) -> None:
        self.bench = bench
        self.app = bench.app
        self.box = box
        self.post = post
        assert box.form is Form.MAIL
        assert isinstance(bench.ports.secrets, MemorySecrets)
        given = ("user=soc", f"address={DESK}", "sender_name=Security Desk", *settings)
        self.app.execute(AddSource("box", "mail", settings=given, secrets=(f"password={PASSWORD}",)))

    @property
    def source(self) -> Source:
        with self.bench.storage.read() as uow:
            return uow.sources.get(SourceName("mail"))

    def deliver(self, *letters: bytes) -> SyncReport:
        """Put mails into the box, take them in, and carry out what waits."""
        self.box.put(*letters)
        return self.app.execute(SyncSources(once=True))

    def imported(self, *letters: bytes) -> ImportReport:
        """Take mails in from files."""
        return self.bench.intake_mail(*letters)

    def ticket(self, number: int = 1) -> TicketView:
        return self.app.ask(GetTicket(TicketId(number)))

    @property
    def tickets(self) -> int:
        return len(self.bench.tickets())
