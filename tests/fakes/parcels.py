"""A workspace of a few mails of which it is known what they have in common."""

from email.message import EmailMessage
from pathlib import Path

from tests.workspaces import opened
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import ImportFiles

FIRST, SECOND, THIRD, LUNCH, OWN, ALLOWED = (TicketId(number) for number in range(1, 7))
"""Two of one campaign with one attachment and one host; a third that has only its words; one about something else; and
two pairs of mails, of which those of one have only an own host in common, those of the other only an allowed one. Lunch
and dinner have a host in common.
"""

OWN_TOO, ALLOWED_TOO, DINNER = TicketId(7), TicketId(8), TicketId(9)
SETTINGS = 'user = "maria"\nown_domains = ["corp.example.org"]\nallowed = ["cdn.example.com"]\nzone = "UTC"\n'
TEXT = "Your consignment waits in the bonded warehouse. Settle the clearance surcharge within 48 hours: {link}"


def mails() -> list[EmailMessage]:
    """The mails, one an hour, the oldest first."""
    lure = b"PK\x03\x04 this stands for a document with macros"
    return [
        _mail(8, "post@parcels.example.net", "Parcel 4711 is held at customs", TEXT.format(link=link(1)), lure),
        _mail(9, "desk@courier.example.com", "Parcel 90210 is held at customs", TEXT.format(link=link(2)), lure),
        _mail(
            10, "noreply@freight.example.edu", "Consignment waits", "A bonded warehouse wants a clearance surcharge."
        ),
        _mail(11, "kitchen@food.example.info", "Lunch", "Soup and pancakes today: http://menu.evil-kitchen.com/today"),
        _mail(12, "ann@first.example.info", "Ideas", "Slides: https://wiki.corp.example.org/alpha"),
        _mail(13, "bob@second.example.info", "Offer", "Pictures: https://cdn.example.com/one.png"),
        _mail(14, "eve@third.example.info", "Numbers", "Tables: https://wiki.corp.example.org/alpha"),
        _mail(15, "joe@fourth.example.info", "Greeting", "Photos: https://cdn.example.com/one.png"),
        _mail(16, "zoe@fifth.example.info", "Dinner", "Come over, we grill: http://menu.evil-kitchen.com/evening"),
    ]


def link(number: int) -> str:
    """Where the campaign leads."""
    return f"https://pay.evil-parcels.com/{number}"


def prepare_parcels(folder: Path) -> None:
    """Fill a folder with a workspace of these mails, each a ticket whose id is its place."""
    items = folder.with_name(f"{folder.name}-items")
    items.mkdir(parents=True)
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "dedup.yaml").write_text("rules: []\n")
    (folder / "settings.toml").write_text(SETTINGS)
    for number, mail in enumerate(mails(), 1):
        (items / f"{number}.eml").write_bytes(bytes(mail))
    with opened(folder) as app:
        for number in range(1, len(mails()) + 1):
            app.execute(ImportFiles((str(items / f"{number}.eml"),)))


def _mail(hour: int, sender: str, subject: str, text: str, attached: bytes = b"") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "ann@corp.example.org", subject
    mail["Date"] = f"Mon, 02 Mar 2026 {hour:02}:00:00 +0000"
    mail.set_content(text)
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename="customs-form.docm")
    return mail
