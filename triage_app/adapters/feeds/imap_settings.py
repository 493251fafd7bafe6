"""What an IMAP mailbox is asked, and what its answers mean: how to sign in, and what is wanted of its mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from triage_app.adapters.feeds.imap_session import Options
from triage_app.adapters.net import smtp
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.mailbox import MAILBOX_FIELDS
from triage_app.domain.oauth import OAUTH_FIELDS
from triage_app.domain.secret import Secret
from triage_app.domain.source import Field, FieldKind, Manifest, Source

MANIFEST = Manifest(
    "imap",
    "Mailbox (IMAP)",
    "New mail of one or more folders, within seconds where the server knows IDLE. Nothing is changed on the server "
    "unless `after` says so.",
    (
        Field("host", "Server", "Name of the IMAP server, such as imap.example.org.", required=True),
        Field("port", "Port", "993 for tls, 143 for starttls.", FieldKind.NUMBER, "993", low=1, high=65_535),
        Field(
            "security",
            "Security",
            "tls from the first byte, or starttls; none only for a server on this machine.",
            FieldKind.CHOICE,
            "tls",
            choices=("tls", "starttls", "none"),
        ),
        Field("user", "User", "Name to sign in with, often the mail address.", required=True),
        Field("password", "Password", "Password, or one for apps; not needed with xoauth2.", FieldKind.SECRET),
        Field(
            "auth",
            "Sign-in",
            "How to sign in: plain, login for old servers, xoauth2 by OAuth, as Microsoft 365 wants it.",
            FieldKind.CHOICE,
            "plain",
            choices=("plain", "login", "xoauth2"),
        ),
        Field(
            "folders",
            "Folders",
            "One folder a line; `*` is all but drafts and trash. News of the first come at once, of others by polling.",
            FieldKind.LIST,
            "INBOX",
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
        Field("ca_file", "Authority", "PEM file of a private authority; empty: those that the system trusts."),
        Field(
            "tls_floor",
            "TLS at least",
            "1.2 only for a server that cannot do better.",
            FieldKind.CHOICE,
            "1.3",
            choices=("1.3", "1.2"),
        ),
        Field("poll", "Poll", "Seconds between two looks.", FieldKind.NUMBER, "60", low=5, high=3_600),
        Field(
            "max_mail",
            "Largest mail",
            "Bytes; of a larger mail only the header is fetched, and it is parked.",
            FieldKind.NUMBER,
            "50000000",
            low=10_000,
            high=500_000_000,
        ),
        Field("smtp_host", "Outgoing server", "Name of the SMTP server that replies go out by; empty: none go out."),
        Field(
            "smtp_port",
            "Outgoing port",
            "587 for starttls, 465 for tls.",
            FieldKind.NUMBER,
            "587",
            low=1,
            high=65_535,
        ),
        Field(
            "smtp_security",
            "Outgoing security",
            "starttls, or tls from the first byte; none only for a server on this machine.",
            FieldKind.CHOICE,
            "starttls",
            choices=("starttls", "tls", "none"),
        ),
        Field(
            "smtp_auth",
            "Outgoing sign-in",
            "How to sign in there: the same way as at the mailbox, another, or none where no sign-in is wanted.",
            FieldKind.CHOICE,
            "same",
            choices=("same", "plain", "login", "xoauth2", "none"),
        ),
        Field("smtp_user", "Outgoing user", "Name to sign in with at the outgoing server; empty: the user."),
        Field(
            "smtp_password",
            "Outgoing password",
            "Password at the outgoing server; empty: the password of the mailbox.",
            FieldKind.SECRET,
        ),
        *MAILBOX_FIELDS,
        *OAUTH_FIELDS,
    ),
)

SCOPES = {
    "microsoft": "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    "google": "https://mail.google.com/",
}
"""What fetching and sending mail needs, by provider."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a source's settings say about its mail."""

    folders: tuple[str, ...]
    since: date | None
    after: str
    target: str
    most: int

    @classmethod
    def of(cls, source: Source) -> "Wishes":
        """Read from settings; raises SourceFailed where they do not fit together."""
        settings = source.settings
        folders = tuple(line.strip() for line in settings["folders"].splitlines() if line.strip()) or ("INBOX",)
        since = None
        if text := settings.get("since", ""):
            try:
                since = date.fromisoformat(text)
            except ValueError:
                raise SourceFailed(
                    Trouble.SETTINGS, f"{source.name}: since = {text} is no day. Write it as 2026-01-31."
                ) from None
        after, target = settings["after"], settings.get("move_to", "")
        if after == "move" and (not target or target in folders):
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{source.name}: afterwards = move needs move_to, a folder that is not fetched. Set it.",
            )
        return cls(folders, since, after, target if after == "move" else "", int(settings["max_mail"]))


TokenOf = Callable[[Source, Mapping[str, Secret]], Secret]
"""Gives a fresh access token for xoauth2."""


def stored_token(source: Source, secrets: Mapping[str, Secret]) -> Secret:
    """The access token as it was stored; raises SourceFailed where there is none."""
    token = secrets.get("token")
    if not token:
        raise SourceFailed(
            Trouble.AUTHENTICATION, f"{source.name} has no access token. Set the secret token, or sign in anew."
        )
    return token


def options(source: Source, secrets: Mapping[str, Secret], token_of: TokenOf, timeout: float) -> Options:
    """How to reach the mailbox and sign in; raises SourceFailed where an access token is needed and not to be had."""
    settings = source.settings
    by_token = settings["auth"] == "xoauth2"
    return Options(
        host=settings["host"],
        port=int(settings["port"]),
        security=settings["security"],
        user=settings["user"],
        password=token_of(source, secrets) if by_token else secrets.get("password", Secret("")),
        auth=settings["auth"],
        ca_file=settings.get("ca_file", ""),
        floor=settings["tls_floor"],
        timeout=timeout,
    )


def post_options(source: Source, secrets: Mapping[str, Secret], token_of: TokenOf, timeout: float) -> smtp.Options:
    """How to reach the outgoing server and sign in; raises SourceFailed where none is set, or no access token is to be
    had."""
    # A source that was stored by an earlier version has not all of them.
    settings = {each.name: each.default for each in MANIFEST.fields} | dict(source.settings)
    if not settings["smtp_host"]:
        raise SourceFailed(
            Trouble.SETTINGS, f"{source.name} has no server by which mail goes out. Set smtp_host to its name."
        )
    auth = settings["auth"] if settings["smtp_auth"] == "same" else settings["smtp_auth"]
    signs_in = auth != "none"
    return smtp.Options(
        host=settings["smtp_host"],
        port=int(settings["smtp_port"]),
        security=settings["smtp_security"],
        user=(settings["smtp_user"] or settings["user"]) if signs_in else "",
        password=secrets.get("smtp_password") or secrets.get("password"),
        token=token_of(source, secrets) if auth == "xoauth2" else None,
        auth=auth if signs_in else "plain",
        ca_file=settings["ca_file"],
        tls_floor=settings["tls_floor"],
        timeout=timeout,
    )
