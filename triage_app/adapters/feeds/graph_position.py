"""How far a folder of Microsoft 365 was taken in: the text that stands in its cursor."""

from dataclasses import dataclass

import msgspec

MOST_UNSETTLED = 2_000
"""Of more mails that could not be flagged, moved or deleted the first are let be: the text must not grow for ever."""


@dataclass(frozen=True, slots=True)
class Position:
    """All was taken in that comes before `link`, the server's word for what to ask next; empty at the beginning.

    `unsettled` were taken in, but were not seen to be flagged, moved or deleted as the source's settings say.
    """

    link: str = ""
    unsettled: tuple[str, ...] = ()

    def __str__(self) -> str:
        kept = Position(self.link, self.unsettled[-MOST_UNSETTLED:])
        return msgspec.json.encode(kept).decode()

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position that was written so; the start for what cannot be read, since what is known is known again."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError:
            return cls()
