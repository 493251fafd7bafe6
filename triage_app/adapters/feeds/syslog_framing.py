"""Where a syslog message ends on a connection: counted (RFC 5425, RFC 6587), or by a line feed or NUL."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_COUNTED = 64_000_000
"""A count beyond that is no message: the connection cannot be read any further."""

_BLANK = re.compile(rb"[\r\n\0]*")
_COUNT = re.compile(rb"([1-9]\d{0,11}) ")
_COUNT_BEGINS = re.compile(rb"[1-9]\d{0,11}\Z")
_END = re.compile(rb"[\n\0]")
_END_OR_COUNT = re.compile(rb"[\n\0]|[1-9]\d{0,8} <\d{1,3}>")


@dataclass(frozen=True, slots=True)
class Framed:
    """One message as received; `note` says why it is not whole, empty for one that is."""

    content: bytes
    note: str = ""


class Framer:
    """Takes apart what one connection sends. Holds `most` bytes of a message at most: more is cut, the rest skipped.

    The first message decides: one that begins with a count and a priority (`83 <34>`) is counted, and so are all after
    it; otherwise they are lines. So nobody who can write `999 <1>` into a line of somebody's log hides what follows.
    A counted sender that miscounts is read on from its next line or count.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = b""
        self._counted: bool | None = None
        self._to_skip = 0
        self._skips_line = False
        self._scanned = 0
        self.broken = False

    @property
    def in_message(self) -> bool:
        """Whether a message has begun that has not ended."""
        return bool(self._left) or self._to_skip > 0 or self._skips_line

    def feed(self, data: bytes) -> list[Framed]:
        """The messages that end in `data`. Once `broken` is set, nothing more can be read."""
        self._left += data
        found = [each for each in self._messages() if each.content]
        if self.broken:
            self._left = b""
        return found

    def rest(self) -> list[Framed]:
        """What is left of a message when the connection has ended."""
        left, self._left = self._left.strip(b"\r\n\0"), b""
        if not left:
            return []
        count = _COUNT.match(left) if self._counted else None
        if count is None:
            return [Framed(left)]
        content = left[count.end() :]
        note = f"the connection ended after {len(content)} of {int(count[1])} bytes"
        return [Framed(content, note)] if content else []

    def _messages(self) -> Iterator[Framed]:
        while not self.broken:
            self._skip()
            if not self._left:
                return
            found = self._counted_message() if self._is_counted() else self._line()
            if found is None:
                return
            yield found

    def _skip(self) -> None:
        """Pass over the rest of what was cut, and over what stands between messages."""
        if self._to_skip:
            step = min(self._to_skip, len(self._left))
            self._drop(step)
            self._to_skip -= step
        if self._skips_line:
            end = _END.search(self._left)
            self._drop(end.end() if end else len(self._left))
            self._skips_line = end is None
        if not self._to_skip and not self._skips_line and (blank := _BLANK.match(self._left)):
            self._drop(blank.end())

    def _drop(self, size: int) -> None:
        if size:
            self._left = self._left[size:]
            self._scanned = 0

    def _is_counted(self) -> bool:
        """Whether what is at hand is read as counted; decided at the first message that tells."""
        count = _COUNT.match(self._left)
        if self._counted is None:
            undecided = _COUNT_BEGINS.match(self._left) or (count and count.end() == len(self._left))
            if undecided:
                return True
            self._counted = bool(count and self._left[count.end()] == ord("<"))
        return self._counted and (count is not None or _COUNT_BEGINS.match(self._left) is not None)

    def _counted_message(self) -> Framed | None:
        count = _COUNT.match(self._left)
        if count is None or self._counted is None:
            return None
        start, size = count.end(), int(count[1])
        if size > MOST_COUNTED:
            self.broken = True
            return Framed(self._left[start : start + self._most], f"it claims to be {size} bytes long")
        taken = min(size, self._most)
        if len(self._left) - start < taken:
            return None
        content = self._left[start : start + taken]
        self._drop(start + taken)
        self._to_skip = size - taken
        return Framed(content, _cut(taken) if self._to_skip else "")

    def _line(self) -> Framed | None:
        ends = _END_OR_COUNT if self._counted else _END
        end = ends.search(self._left, self._scanned)
        size = end.start() if end else len(self._left)
        if size > self._most:
            content = self._left[: self._most]
            self._drop(size if end else len(self._left))
            self._skips_line = end is None
            return Framed(content, _cut(self._most))
        if end is None:
            # A count may be here in part.
            self._scanned = max(0, size - 16) if self._counted else size
            return None
        content = self._left[:size].removesuffix(b"\r")
        self._drop(size)
        return Framed(content)


def _cut(size: int) -> str:
    return f"cut after {size} bytes"
