"""What a mailbox of Microsoft 365 is asked, and what its answers mean."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from triage_app.adapters.feeds.pulled import CONNECTION, unfit
from triage_app.domain.mailbox import MAILBOX_FIELDS
from triage_app.domain.oauth import OAUTH_FIELDS
from triage_app.domain.source import Field, FieldKind, Manifest, Source

MANIFEST = Manifest(
    "graph",
    "Microsoft 365 (Graph)",
    "New mail of one or more folders of a mailbox at Microsoft 365, without IMAP. Nothing is changed there unless "
    "`after` says so.",
    (
        Field("user", "Mailbox", "Its address, such as soc@example.org.", required=True),
        Field(
            "auth",
            "Sign-in",
            "device: a person signs in by `source sign-in`; application: by the client secret, without a person.",
            FieldKind.CHOICE,
            "device",
            choices=("device", "application"),
        ),
        Field(
            "folders",
            "Folders",
            "One folder a line: its name, or that of a well-known one such as Inbox; a slash leads to one within.",
            FieldKind.LIST,
            "Inbox",
        ),
        Field("since", "Since", "Leave out mail received before this day (2026-01-31); empty: take everything."),
        Field(
            "after",
            "Afterwards",
            "What is done on the server with mail that was taken in.",
            FieldKind.CHOICE,
            "leave",
            choices=("leave", "seen", "move", "delete"),
        ),
        Field("move_to", "Move to", "The folder to move to, for afterwards = move."),
        Field(
            "max_mail",
            "Largest mail",
            "Bytes; of a larger mail only the header is kept, and it is parked.",
            FieldKind.NUMBER,
            "50000000",
            low=10_000,
            high=500_000_000,
        ),
        Field(
            "api",
            "Graph",
            "The address of Graph, with its version; another one for national clouds.",
            default="https://graph.microsoft.com/v1.0",
            required=True,
        ),
        *CONNECTION,
        *MAILBOX_FIELDS,
        *OAUTH_FIELDS,
    ),
)

SCOPES = {
    "microsoft": "https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/Mail.Send offline_access",
}
"""What fetching, moving and sending mail needs, where a person signs in."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a source's settings say about its mail."""

    folders: tuple[str, ...]
    since: datetime | None
    after: str
    target: str
    most: int

    @classmethod
    def of(cls, source: Source) -> "Wishes":
        """Read from settings; raises SourceFailed where they do not fit together."""
        settings = source.settings
        folders = tuple(line.strip() for line in settings["folders"].splitlines() if line.strip()) or ("Inbox",)
        text = settings["since"]
        try:
            since = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) if text else None
        except ValueError:
            raise unfit(source, f"since = {text} is no day. Write it as 2026-01-31.") from None
        after, target = settings["after"], settings["move_to"]
        if after == "move" and (not target or target.casefold() in {name.casefold() for name in folders}):
            raise unfit(source, "afterwards = move needs move_to, a folder that is not fetched. Set it.")
        return cls(folders, since, after, target if after == "move" else "", int(settings["max_mail"]))
