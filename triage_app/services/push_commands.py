"""The command that takes pushed alerts."""

from dataclasses import dataclass
from typing import Any

from triage_app.services.arguments import Command, argument, needed_option, option


@dataclass(frozen=True, slots=True)
class Post:
    """What became of one post: `accepted` alerts are new and safe in the ledger, `known` ones were held already.

    Of the accepted ones, `parked` could not be read, and `pending` are decided later.
    """

    accepted: int
    known: int
    parked: int
    pending: int = 0


@dataclass(frozen=True, slots=True)
class PushReport:
    """What became of each post, in their order."""

    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class PushAlerts(Command[PushReport]):
    """Take alerts that another program sends; they are safe in the ledger when this ends."""

    posts: tuple[str, ...] = argument("Each one alert as a JSON object, an array of them, or one a line.")
    source: str = needed_option("The source that they belong to.")
    keys: tuple[str, ...] = option("A key for each post: what was sent with it before is not taken twice.", ())

    def logged(self) -> Any:
        """The log keeps how much came, not what: the ledger has that."""
        size = sum(len(each) for each in self.posts)
        return {"source": self.source, "posts": len(self.posts), "characters": size}
