"""A mail at which the connection breaks each time keeps no other from coming: it is narrowed down and named."""

from dataclasses import dataclass

from triage_app.domain.errors import SourceFailed, Trouble

MOST_STUMBLES = 10
"""So many connections in a row must break while one mail is fetched alone, before it is passed over."""

Place = tuple[str, int]
"""A folder and its uid_validity."""


@dataclass(frozen=True, slots=True)
class _Stumble:
    uid: int
    size: int
    times: int


class Stumbles:
    """Where the connections of one source broke. It outlives them, and is used by one thread at a time."""

    def __init__(self) -> None:
        self._at: dict[Place, _Stumble] = {}

    def most(self, place: Place, otherwise: int) -> int:
        """How many mails may be fetched at once."""
        stumble = self._at.get(place)
        return min(stumble.size, otherwise) if stumble else otherwise

    def given_up(self, place: Place, uid: int) -> bool:
        """Whether this mail has to be passed over; asked once, after that the next has its chances."""
        stumble = self._at.get(place)
        if stumble is None or (stumble.uid, stumble.size) != (uid, 1) or stumble.times < MOST_STUMBLES:
            return False
        del self._at[place]
        return True

    def broke(self, place: Place, uid: int, count: int, error: SourceFailed) -> None:
        """While `count` mails were fetched, from this one on. A refusal does not count: the connection is in order."""
        if error.trouble in (Trouble.NETWORK, Trouble.PROTOCOL):
            before = self._at.get(place)
            again = before.times if before and (before.uid, before.size) == (uid, 1) else 0
            self._at[place] = _Stumble(uid, max(1, count // 8), again + 1 if count == 1 else 0)

    def broke_elsewhere(self) -> None:
        """A connection broke without a mail's doing: so it is the line that is bad, and counts begin anew."""
        self._at = {place: _Stumble(each.uid, each.size, 0) for place, each in self._at.items()}

    def went_well(self, place: Place, otherwise: int) -> None:
        """More at once again, step by step, since the mail that breaks the connection may be one of the next."""
        stumble = self._at.get(place)
        if stumble is not None:
            if stumble.size * 2 >= otherwise:
                del self._at[place]
            else:
                self._at[place] = _Stumble(0, stumble.size * 2, 0)
