"""A desk on a mailbox in memory: mail comes in, and what goes out is kept. Nobody fetches or sends by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.box import Box
from tests.fakes.post import MailDesk, Post, letter
from tests.fakes.workbench import BEGIN, workbench
from tests.gui.desks import desk_on
from triage_app.domain.item import Form
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.services.mail_queries import ListOutbox, OutboxEntry
from triage_app.services.source_commands import PauseSource, ResumeSource, SyncSources

ONE = TicketId(1)
FIRST = "first@example.org"


def reported(mail: MailDesk) -> None:
    """One mail came in."""
    mail.deliver(letter(date=BEGIN, name=FIRST))


def carry_out(mail: MailDesk) -> None:
    """Fetch and send once."""
    mail.app.execute(ResumeSource("mail"))
    mail.app.execute(SyncSources(once=True))
    mail.app.execute(PauseSource("mail"))


def outbox(mail: MailDesk) -> tuple[OutboxEntry, ...]:
    """What waits or went out, the newest first."""
    return mail.app.ask(ListOutbox()).entries


@contextmanager
def mail_here(*settings: str, prepare: Callable[[MailDesk], None] = reported) -> Iterator[MailDesk]:
    """A mailbox that is paused once `prepare` is done, so that a test says when mail comes and goes."""
    box, post = Box(form=Form.MAIL, page=50), Post()
    with workbench("", box, outlets={"box": post}) as bench:
        mail = MailDesk(bench, box, post, *settings)
        prepare(mail)
        mail.app.execute(PauseSource("mail"))
        yield mail


@contextmanager
def mail_desk(
    folder: Path, *settings: str, prepare: Callable[[MailDesk], None] = reported
) -> Iterator[tuple[OpenedDesk, MailDesk]]:
    """A desk on it."""
    with mail_here(*settings, prepare=prepare) as mail, desk_on(mail.app, folder) as opened:
        yield opened, mail
