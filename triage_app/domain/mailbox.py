"""What every kind of mailbox is asked about the mail that goes out by it and the conversations in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage_app.domain.item import Address
from triage_app.domain.source import Field, FieldKind

MAILBOX_FIELDS = (
    Field("address", "Own address", "The address that replies come from; empty: the user, where that is an address."),
    Field("sender_name", "Sender's name", "The name shown with it, such as Security Desk."),
    Field(
        "acknowledge",
        "Acknowledge",
        "Answer each new report at once with its ticket number: once a conversation, never to automatic mail or lists.",
        FieldKind.FLAG,
        "no",
    ),
    Field(
        "acknowledge_most",
        "Most of these",
        "Acknowledgements to one address within an hour.",
        FieldKind.NUMBER,
        "3",
        low=1,
        high=1_000,
    ),
    Field(
        "reopen",
        "Open again",
        "Whether an answer to a ticket that is resolved opens it again.",
        FieldKind.FLAG,
        "yes",
    ),
    Field(
        "category_folders",
        "Folders by category",
        "Where `move-mail` puts a mail without being told: CATEGORY=FOLDER in each line, as in Phishing=Done/Lures.",
        FieldKind.LIST,
    ),
)
"""Settings of every connector that has an `Outlets` beside it; services read them by `Mailbox.of`."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a source's settings say of the mail that goes out by it; `address` is empty where none is known."""

    address: str
    name: str
    acknowledges: bool
    acknowledge_most: int
    reopens: bool
    folders: Mapping[str, str]

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "Mailbox":
        """Read from settings that were validated; those that are missing have their defaults."""
        values = {each.name: settings.get(each.name, each.default) for each in MAILBOX_FIELDS}
        user = settings.get("user", "")
        parted = [line.partition("=") for line in values["category_folders"].splitlines()]
        return cls(
            address=values["address"] or (user if "@" in user else ""),
            name=values["sender_name"],
            acknowledges=values["acknowledge"] == "yes",
            acknowledge_most=int(values["acknowledge_most"] or "3"),
            reopens=values["reopen"] != "no",
            folders={category.strip(): folder.strip() for category, sign, folder in parted if sign},
        )

    @property
    def sender(self) -> Address:
        """Whom mail comes from."""
        return Address(self.name, self.address)
