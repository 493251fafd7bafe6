"""Alerts that are asked for over HTTP: a place in time with an overlap, what is known already, bounded pages."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol, TypeVar

import msgspec

from triage_app.adapters.net.http import Answer, Client
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem, digest
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Field, FieldKind, Source
from triage_app.domain.timestamps import parse_time
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page
from triage_app.services.ports import Clock

PAGE_ITEMS: Final = 500
PAGE_BYTES: Final = 2_000_000
LARGEST: Final = 4_000_000
"""Bytes of one alert; of a larger one only the beginning is kept, and it is parked."""

BEGINNING: Final = 64_000
FIRST_DAYS: Final = 7
_MOST_KNOWN = 20_000
_STEP = 0.2

CONNECTION: Final = (
    Field("ca_file", "Authority", "PEM file of a private authority; empty: those that the system trusts."),
    Field(
        "tls_floor",
        "TLS at least",
        "1.2 only for a server that cannot do better.",
        FieldKind.CHOICE,
        "1.3",
        choices=("1.3", "1.2"),
    ),
    Field("proxy", "Proxy", "Address of a proxy, such as http://proxy.example.org:3128; empty: none."),
    Field("poll", "Poll", "Seconds between two looks.", FieldKind.NUMBER, "60", low=5, high=3_600),
)
"""Settings of every connection by HTTP."""

SINCE: Final = Field(
    "since", "Since", f"The first start takes alerts from this day on (2026-01-31); empty: the last {FIRST_DAYS} days."
)
OVERLAP: Final = Field(
    "overlap",
    "Overlap",
    "Seconds before the newest known alert that are asked for again, for those that the server indexes late.",
    FieldKind.NUMBER,
    "300",
    low=0,
    high=604_800,
)

_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Found:
    """One alert as a server gave it: its id there, its place in time, and its JSON, untouched."""

    uid: str
    at: datetime | None
    content: bytes


class Asking(Protocol):
    """How one product is asked. Used by one thread; raises SourceFailed."""

    @property
    def ordered(self) -> bool:
        """Whether the alerts come in the order of their places in time, the oldest first."""

    def answers(self, start: datetime) -> Iterator[Sequence[Found]]:
        """The alerts from a place in time on, one answer of the server after the other."""


@dataclass(frozen=True, slots=True)
class Span:
    """From where alerts are wanted: `first` without a cursor, `overlap` before the cursor with one."""

    first: datetime
    overlap: timedelta

    @classmethod
    def of(cls, source: Source, now: datetime) -> "Span":
        """Read from settings; raises SourceFailed for a `since` that is no day."""
        text = source.settings.get("since", "")
        try:
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) if text else None
        except ValueError:
            raise unfit(source, f"since = {text} is no day. Write it as 2026-01-31.") from None
        return cls(day or now - timedelta(days=FIRST_DAYS), timedelta(seconds=int(source.settings["overlap"])))


class PulledFeed:
    """A feed of alerts that are asked for.

    The cursor is the highest place in time that was taken in, never later than now: one alert with a wrong clock must
    not hide those that follow. Where alerts do not come in order it moves only when all have come.
    """

    def __init__(self, source: Source, folder: str, client: Client, asking: Asking, span: Span, clock: Clock) -> None:
        self._source = source
        self._folder = folder
        self._client = client
        self._asking = asking
        self._span = span
        self._clock = clock
        self._known: Mapping[str, datetime | None] = {}

    @property
    def tls(self) -> str:
        """The negotiated version of TLS."""
        return self._client.tls

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What is new; what was met at the last pull is left out here, the rest by its uid."""
        self._client.stopped = lambda: cancel.cancelled
        held = cursors.get(self._folder)
        reached = highest = parse_time(held.position) if held is not None else None
        start = self._span.first if reached is None else reached - self._span.overlap
        met: dict[str, datetime | None] = {}
        for answer in self._asking.answers(start):
            if cancel.cancelled:
                return
            for batch in _bounded(each for each in answer if each.uid not in self._known and each.uid not in met):
                highest = self._higher(highest, batch)
                moved = highest if self._asking.ordered else None
                yield Page(tuple(self._item(each) for each in batch), self._cursor(moved))
            met.update((each.uid, each.at) for each in answer)
            if len(met) > _MOST_KNOWN and self._asking.ordered:
                met = self._near(met, highest)
        self._known = self._near(met, highest)
        if highest != reached and not self._asking.ordered:
            yield Page((), self._cursor(highest))

    def settled(self, page: Page) -> None:
        """Nothing is changed on the server."""

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Wait for the next look."""
        pause(seconds, cancel)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _higher(self, highest: datetime | None, batch: Sequence[Found]) -> datetime | None:
        times = [each.at for each in batch if each.at is not None]
        if not times:
            return highest
        latest = min(max(times), self._clock())
        return latest if highest is None else max(highest, latest)

    def _near(self, met: dict[str, datetime | None], highest: datetime | None) -> dict[str, datetime | None]:
        """Those that the next pull may meet again."""
        if highest is None:
            return met
        low = highest - self._span.overlap
        return {uid: at for uid, at in met.items() if at is None or at >= low}

    def _cursor(self, reached: datetime | None) -> Cursor | None:
        return None if reached is None else Cursor(self._folder, 0, reached.isoformat())

    def _item(self, found: Found) -> RawItem:
        content, reason = found.content, ""
        origin = f"{self._folder} on {self._client.where}, {found.uid}"
        if len(content) > LARGEST:
            reason = f"The alert has {len(content):,} bytes, more than {LARGEST:,} are not read. It lies in {origin}."
            content = content[:BEGINNING]
        return RawItem(
            self._source.name, self._folder, 0, found.uid, Form.ALERT, content, digest(content), origin, reason
        )


def by_instant(
    ask: Callable[[datetime, int], Sequence[Found]], start: datetime, size: int, most: int, where: str
) -> Iterator[Sequence[Found]]:
    """Pages of alerts for a server that gives only the first so many from an instant on, in their order.

    Each page begins with the last instant of the one before, so that none of several alerts of that instant is passed
    over; where one instant fills a page, more are asked for, up to `most`. `start` is as exact as the server's times.
    """
    wanted = size
    while True:
        found = ask(start, wanted)
        if found:
            yield found
        if len(found) < wanted:
            return
        last = found[-1].at
        if last is not None and last > start:
            start, wanted = last, size
        elif wanted < most:
            wanted = min(most, wanted * 4)
        else:
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{where} has more than {most:,} alerts of one instant ({start.isoformat()}). "
                "Set a query that finds fewer, or a time that is more exact.",
            )


def client_of(source: Source, address: str, headers: Mapping[str, str | Secret]) -> Client:
    """A client for a source's settings of the connection; raises SourceFailed where they cannot be used."""
    settings = source.settings
    return Client(
        address,
        headers=headers,
        ca_file=settings["ca_file"],
        floor=settings["tls_floor"],
        proxy=settings["proxy"],
    )


def decoded(answer: Answer, shape: type[_Shape]) -> _Shape:
    """The JSON of an answer in the shape that the product's description promises; raises SourceFailed for another."""
    try:
        return msgspec.json.decode(strict_json(answer), type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SourceFailed(
            Trouble.PROTOCOL,
            f"{answer.where} answered in a way that is not understood ({str(error)[:200]}). "
            "Check that the address is that of its API.",
        ) from error


def strict_json(answer: Answer) -> bytes:
    """The body of an answer, where it is JSON in UTF-8; else the strict JSON next to it, so that no alert with half a
    surrogate or a NaN keeps back those beside it. Raises SourceFailed for anything else."""
    try:
        answer.body.decode()
        msgspec.json.decode(answer.body, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    else:
        return answer.body
    try:
        text = answer.body.decode("utf-8-sig", "replace")
        found = json.loads(text, parse_constant=str, parse_float=_finite)
        return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError) as error:
        raise SourceFailed(
            Trouble.PROTOCOL,
            f"{answer.where} did not answer in JSON. Check that the address is that of its API, not of a web page.",
        ) from error


def unfit(source: Source, sentence: str) -> SourceFailed:
    """The failure of a source for a setting that cannot be used."""
    return SourceFailed(Trouble.SETTINGS, f"{source.name}: {sentence}")


def pause(seconds: float, cancel: CancelToken) -> None:
    """Wait, but not longer than a fraction of a second after a cancel."""
    ends = time.monotonic() + seconds
    never = threading.Event()
    while (left := ends - time.monotonic()) > 0 and not cancel.cancelled:
        never.wait(min(_STEP, left))


def _finite(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _bounded(found: Iterable[Found]) -> Iterator[Sequence[Found]]:
    batch: list[Found] = []
    size = 0
    for each in found:
        length = min(len(each.content), BEGINNING if len(each.content) > LARGEST else LARGEST)
        if batch and (len(batch) >= PAGE_ITEMS or size + length > PAGE_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += length
    if batch:
        yield batch
