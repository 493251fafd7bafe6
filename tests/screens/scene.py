"""What pictures of the desk want beside the sample mail: sources that fare differently, tokens, letters, decisions."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from tests.workspaces import opened
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.domain.token import Scope, TokenName
from triage_app.services.app import App
from triage_app.services.commands import AcceptLabel, AddNote, CloseTicket, CorrectLabel, ImportFiles
from triage_app.services.mail_commands import ReplyToTicket, WithdrawOutgoing
from triage_app.services.queries import GetTicket, ListDatasets, ListTicketIds, ListTickets, TicketView
from triage_app.services.search_commands import FollowUp, SaveView, SnoozeTicket
from triage_app.services.source_commands import AddSource, PauseSource, SyncSources
from triage_app.services.token_commands import AddToken, RevokeToken

DESK = "soc@example.org"


def add_sources(app: App, folder: Path) -> None:
    """Sources of several kinds: one that is well, one that fails, those that are paused, and one not reached yet."""
    drop, log = folder / "drop", folder / "alerts.log"
    drop.mkdir()
    log.write_text("", "utf-8")
    for kind, name, settings in (
        ("folder", "drop", (f"path={drop}", "settle=0")),
        ("folder", "scanner", (f"path={folder / 'not-there'}",)),
        ("tail", "ids", (f"paths={log}",)),
        ("imap", "soc", ("host=imap.example.org", f"user={DESK}", f"address={DESK}", "sender_name=Security Desk")),
    ):
        secrets = ("password=swordfish",) if kind == "imap" else ()
        app.execute(AddSource(kind, name, settings=settings, secrets=secrets, paused=kind == "imap"))
    app.execute(SyncSources(once=True))
    app.execute(PauseSource("ids"))


def teach(app: App) -> None:
    """A day of decisions, some of them measured: most suggestions are right, every fifth is corrected."""
    labels = app.ask(ListDatasets()).datasets[0].labels
    rows = app.ask(ListTickets(view="inbox", limit=60)).tickets[20:]
    for place, row in enumerate(rows):
        if place % 5 == 0:
            other = next(label for label in labels if label != row.category)
            app.execute(CorrectLabel(id=row.id, label=other, seconds=30.0 + place))
        elif place % 2:
            app.execute(AcceptLabel(id=row.id, seconds=9.0 + place / 10))


def find_again(app: App) -> None:
    """Saved views, and tickets that are put off for several reasons."""
    for name, query in (
        ("Accounts, undecided", "is:open subject:account -is:reviewed"),
        ("High and critical", "is:open severity:>=high"),
        ("With attachment", "is:open has:attachment"),
    ):
        app.execute(SaveView(name=name, query=query))
    ids = app.ask(ListTicketIds(view="inbox", limit=64)).ids[60:]
    app.execute(SnoozeTicket(id=ids[0], until="tomorrow 09:00", why="The caller is away today."))
    app.execute(SnoozeTicket(id=ids[1], until="monday", until_change=True, why="Waits for the answer of the vendor."))
    app.execute(SnoozeTicket(id=ids[2], until_change=True))
    app.execute(FollowUp(id=ids[3], at="2d", why="Was the password changed?"))


def add_tokens(app: App) -> None:
    """Tokens of programs that read, decide and push, and one that is revoked."""
    for name, scopes, source in (
        ("ana's desk", (Scope.READ, Scope.TRIAGE), ""),
        ("edr", (Scope.INTAKE,), "sensor"),
        ("old script", (Scope.READ,), ""),
    ):
        app.execute(AddToken(TokenName(name), scope=scopes, source=source))
    app.execute(RevokeToken(TokenName("old script")))


def hold_conversation(app: App, folder: Path) -> TicketId:
    """Reply to somebody who wrote, twice and once withdrawn, and get an answer; nothing leaves this machine."""
    view = _reported(app)
    ticket = view.row.id
    app.execute(ReplyToTicket(ticket, template="question"))
    taken_back = app.execute(ReplyToTicket(ticket, text="Please wait, we look at it."))
    app.execute(WithdrawOutgoing(taken_back.id))
    app.execute(ReplyToTicket(ticket, template="phishing"))
    answer = folder / "answer.eml"
    answer.write_bytes(_answer(view))
    app.execute(ImportFiles((str(answer),)))
    return ticket


def _reported(app: App) -> TicketView:
    """A lure that somebody sent on to us."""
    for row in app.ask(ListTickets(view="all", limit=200)).tickets:
        view = app.ask(GetTicket(row.id))
        if row.category == "Phishing" and view.messages and view.messages[0].carrier is not None:
            return view
    raise AssertionError("the sample mail holds no lure that was sent on")


def _answer(view: TicketView) -> bytes:
    first = view.messages[0].carrier or view.messages[0].envelope
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = first.sender, DESK, f"Re: {first.subject}"
    made["Date"] = view.row.received_at + timedelta(hours=1)
    made["Message-ID"], made["In-Reply-To"] = "<answer@partner.example>", f"<{first.message_id.strip('<>')}>"
    made.set_content(
        "Hello,\n\nyes, I clicked http://login.partner.example/renew yesterday at noon and typed my password. "
        "I have changed it since.\n\nIs there anything else that I should do?\n\n"
        "On Monday, Security Desk wrote:\n> Did you open a link or a file of it, or answer it?\n"
        "> Did you enter a password or other data, and when?\n"
    )
    return made.as_bytes()


def prepare_real(folder: Path, mails: Path) -> None:
    """Fill a folder with real mail, of which one of the largest campaign is decided; nothing in it is followed."""
    folder.mkdir()
    with opened(folder) as app:
        app.execute(ImportFiles((str(mails),)))
        row = app.ask(ListTickets(view="all", query="subject:signin", limit=2)).tickets[1]
        app.execute(AddNote(row.id, "Domain blocked at the gateway; two had clicked, their passwords were changed."))
        app.execute(CorrectLabel(row.id, "Phishing"))
        app.execute(CloseTicket(row.id, verdict=Verdict.TRUE_POSITIVE))
