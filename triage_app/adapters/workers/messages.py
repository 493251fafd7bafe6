"""What an analyser and its worker processes say to each other, and what an item may take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from triage_app.domain.learning import Model
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.shapes import Analysis, PendingItem

Analyse = Callable[[Sequence[PendingItem], Sequence[Model]], Sequence[Analysis]]
"""What a worker runs. With no items it only makes ready what the models need."""

Run = Callable[[Sequence[PendingItem], Any], Sequence[Any]]
"""The same for either kind of work: analyses by models, or readings by a draft."""

Work = tuple[Model, ...] | Draft
Found = Analysis | Reading

_ENCODER = msgspec.msgpack.Encoder()
_ANALYSES = msgspec.msgpack.Decoder(tuple[Analysis, ...])
_READINGS = msgspec.msgpack.Decoder(tuple[Reading, ...])

LARGE = 1_000_000
"""Bytes of an item from which its content travels apart."""

IDLE_EXIT = 75
"""Exit code of a worker that left because nothing came for a while."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an item may take: seconds of time and bytes of memory above what a ready worker has.

    `idle` is after how many seconds without work a worker ends; the next call starts another.
    """

    seconds: float = 5.0
    memory: int = 300_000_000
    idle: float = 120.0

    @property
    def part_seconds(self) -> float:
        """For several items at once. Running over costs no item anything: each is then tried alone."""
        return min(self.seconds, max(2.0, self.seconds * 0.4))


@dataclass(frozen=True, slots=True)
class Request:
    """Items to analyse with these models, or to read by a draft. `apart` tells which items' contents follow as
    messages of their own.
    """

    items: tuple[PendingItem, ...]
    work: Work
    apart: tuple[int, ...] = ()


def send_request(connection: Connection, items: Sequence[PendingItem], work: Work) -> None:
    """Send items; large contents go apart, as bytes, so that they are not copied once more into a message."""
    apart = tuple(place for place, item in enumerate(items) if len(item.content) > LARGE)
    light = tuple(replace(item, content=b"") if len(item.content) > LARGE else item for item in items)
    connection.send(Request(light, work, apart))
    for place in apart:
        connection.send_bytes(items[place].content)


def receive_contents(connection: Connection, request: Request) -> Request:
    """The request with the contents that follow it."""
    if not request.apart:
        return request
    items = list(request.items)
    for place in request.apart:
        items[place] = replace(items[place], content=connection.recv_bytes())
    return Request(tuple(items), request.work)


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has what it needs; `problem` says why it has not."""

    problem: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The analyses or readings, one for each item."""

    analyses: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """Analyses on their way, as MessagePack: pickling so many small objects takes three times as long.

    Text that is no valid Unicode cannot be written so; then they travel as they are.
    """

    encoded: bytes
    plain: tuple[Found, ...] = ()
    are_readings: bool = False

    @classmethod
    def of(cls, analyses: tuple[Found, ...]) -> "Packed":
        """The message for these analyses, or for these readings: never both kinds."""
        try:
            return cls(_ENCODER.encode(analyses), are_readings=bool(analyses) and isinstance(analyses[0], Reading))
        except UnicodeEncodeError:
            return cls(b"", analyses)

    def open(self) -> Done:
        """What was sent."""
        if not self.encoded:
            return Done(self.plain)
        return Done(_READINGS.decode(self.encoded) if self.are_readings else _ANALYSES.decode(self.encoded))


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a part gave no analyses: a code and a reason as in `Analysis`."""

    code: str
    reason: str


STALLED = Failed(
    "stalled",
    "Reading it took longer than {seconds:g} seconds and was stopped. Look at the original; retry if the machine was "
    "busy.",
)
TOO_LARGE = Failed(
    "too_large",
    "Reading it needs more than {memory} MB of memory. Look at the original, and dismiss it or handle it by hand.",
)
DIED = Failed(
    "worker_died",
    "The process that read it ended (exit code {exit}). Look at the original with care; the others were not affected.",
)
