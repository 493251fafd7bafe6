"""What has arrived and is not committed yet: filled by the thread that receives, emptied by the one that follows."""

import secrets
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from triage_app.adapters.feeds.syslog_framing import Framed


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message. Its `uid` is its own as long as it lives; `reason` is set for one that only tells of a loss."""

    uid: str
    content: bytes
    sender: str
    note: str = ""
    reason: str = ""


class Spool:
    """Messages of one source, in the order in which they came. Safe from any thread.

    It outlives the feed: what an error kept from being committed is there for the next one. A uid is a random name of
    this spool and a running number, so that equal lines are two, and no restart uses one again.
    """

    def __init__(self) -> None:
        self._run = secrets.token_hex(6)
        self._number = 0
        self._waiting: deque[Arrived] = deque()
        self._size = 0
        self._lost = 0
        self._refused = 0
        self._changed = threading.Condition()

    @property
    def count(self) -> int:
        """Messages that wait."""
        return len(self._waiting)

    @property
    def size(self) -> int:
        """Their bytes."""
        return self._size

    def add(self, messages: Sequence[Framed], sender: str) -> None:
        """Messages of one sender have come."""
        with self._changed:
            for each in messages:
                self._waiting.append(Arrived(self._next_uid(), each.content, sender, each.note))
                self._size += len(each.content)
            self._changed.notify_all()

    def lose(self, count: int) -> None:
        """Messages came that could not be kept; the next page tells of them."""
        with self._changed:
            self._lost += count
            self._changed.notify_all()

    def refuse(self) -> None:
        """Something came from a sender that is not allowed."""
        with self._changed:
            self._refused += 1

    def take(self, most: int, most_bytes: int) -> tuple[list[Arrived], int]:
        """The oldest messages (one at least, where there is one), and how many were refused since the last time."""
        with self._changed:
            taken: list[Arrived] = []
            if self._lost:
                taken.append(self._told())
            size = 0
            while self._waiting and len(taken) < most:
                size += len(self._waiting[0].content)
                if taken and size > most_bytes:
                    break
                taken.append(self._waiting.popleft())
            self._size -= _size_of(taken)
            refused, self._refused = self._refused, 0
            self._changed.notify_all()
        return taken, refused

    def put_back(self, messages: Sequence[Arrived]) -> None:
        """They were taken and not committed."""
        with self._changed:
            self._waiting.extendleft(reversed(messages))
            self._size += _size_of(messages)
            self._changed.notify_all()

    def wait_for_some(self, seconds: float) -> bool:
        """Wait until there is something to take; False where nothing came in that time."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting or self._lost), seconds)

    def wait_for_room(self, count: int, size: int, seconds: float) -> bool:
        """Wait until fewer messages and bytes than these are left."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count < count and self._size < size, seconds)

    def wait_for_more(self, count: int, seconds: float) -> bool:
        """Wait until more than so many messages are there."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count > count, seconds)

    def _next_uid(self) -> str:
        self._number += 1
        return f"{self._run}-{self._number}"

    def _told(self) -> Arrived:
        lost, self._lost = self._lost, 0
        text = f"{lost} syslog messages were lost: they came faster than they could be taken in."
        reason = f"{text} Have them sent by tcp or tls, where a sender waits."
        return Arrived(self._next_uid(), text.encode(), "this machine", reason=reason)


def _size_of(messages: Sequence[Arrived]) -> int:
    return sum(len(each.content) for each in messages if not each.reason)
