"""How far a folder of a mailbox was taken in: the text that stands in its cursor."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Every mail up to `uid` was taken in. Uids are numbers, never compared as texts.

    `unsettled` were taken in, but were not seen to be flagged, moved or deleted as the source's settings say.
    """

    uid: int = 0
    unsettled: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.uid} unsettled={uid_set(self.unsettled)}" if self.unsettled else str(self.uid)

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position that was written so; the start for what cannot be read, since what is known is known again."""
        uid, _, unsettled = text.partition(" unsettled=")
        with contextlib.suppress(ValueError):
            return cls(int(uid), uids_of(unsettled))
        return cls()


def uid_set(uids: Iterable[int]) -> str:
    """Uids as IMAP writes a set: `1:3,7`."""
    runs: list[tuple[int, int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], uid)
        else:
            runs.append((uid, uid))
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)


def uids_of(text: str) -> tuple[int, ...]:
    """The uids of such a set; raises ValueError."""
    uids: list[int] = []
    for run in text.split(",") if text else ():
        low, _, high = run.partition(":")
        uids.extend(range(int(low), int(high or low) + 1))
    return tuple(uids)
