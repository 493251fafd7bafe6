"""Alerts of Splunk: the events that a search finds, or the results of a saved search's scheduled runs.

https://help.splunk.com, REST API Reference Manual: search/v2/jobs/export, search/v2/jobs/{sid}/results and
saved/searches/{name}/history.
"""

from base64 import b64encode
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import msgspec

from triage_app.adapters.feeds.pulled import (
    CONNECTION,
    OVERLAP,
    SINCE,
    Found,
    PulledFeed,
    Span,
    by_instant,
    client_of,
    decoded,
    unfit,
)
from triage_app.adapters.net.http import Answer, Client
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import digest
from triage_app.domain.secret import Secret
from triage_app.domain.source import Field, FieldKind, Manifest, Source, Tested
from triage_app.domain.timestamps import parse_time
from triage_app.services.ports import Clock

MOST_EVENTS: Final = 20_000
"""The most events of one second that are asked for at once."""

MANIFEST = Manifest(
    "splunk",
    "Splunk",
    "The events that a search finds, or the results of the runs of a scheduled saved search. Nothing is changed there.",
    (
        Field("address", "Address", "Of the management port, such as https://splunk.example.org:8089.", required=True),
        Field("saved_search", "Saved search", "Name of a saved search that Splunk runs on a schedule."),
        Field("search", "Search", "Or a search (SPL) that gives events, such as index=notable; without stats."),
        Field("app", "App", "The app that the saved search belongs to; - is any.", default="-"),
        Field("token", "Token", "Authentication token of an account that may only search.", FieldKind.SECRET),
        Field("user", "User", "For a sign-in with a password instead of a token."),
        Field("password", "Password", "Of that user.", FieldKind.SECRET),
        SINCE,
        OVERLAP,
        Field(
            "reach",
            "Reach",
            "Days that an event's own time may lie before that of the index; more makes searches slower.",
            FieldKind.NUMBER,
            "7",
            low=1,
            high=3_650,
        ),
        Field("page", "Page", "Alerts asked for at once.", FieldKind.NUMBER, "500", low=1, high=5_000),
        *CONNECTION,
    ),
)


class _Row(msgspec.Struct):
    """A line of an export: a result, or messages of the search."""

    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    messages: list[dict[str, Any]] = msgspec.field(default_factory=list)
    preview: bool = False


class _Event(msgspec.Struct):
    """What tells an event from all others: its place in its bucket, or what it says."""

    indexed: Any = msgspec.field(name="_indextime", default=None)
    bucket: Any = msgspec.field(name="_bkt", default=None)
    place: Any = msgspec.field(name="_cd", default=None)
    raw: Any = msgspec.field(name="_raw", default=None)
    event_id: Any = None
    index: Any = None
    host: Any = None
    source: Any = None


class _Run(msgspec.Struct):
    name: str
    published: str = ""
    content: dict[str, Any] = msgspec.field(default_factory=dict)


class _Runs(msgspec.Struct):
    entry: list[_Run] = msgspec.field(default_factory=list)


class _Results(msgspec.Struct):
    results: list[msgspec.Raw] = msgspec.field(default_factory=list)


class SplunkConnector:
    """Searches of Splunk as sources of alerts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> PulledFeed:
        """Read the settings; Splunk is asked at the first pull."""
        span = Span.of(source, self._clock())
        client = client_of(source, source.settings["address"], _headers(source, secrets))
        saved = source.settings["saved_search"]
        asking = _SavedSearch(source, client, span) if saved else _Search(source, client)
        return PulledFeed(source, saved or "search", client, asking, span, self._clock)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Run the search for what is new, or list the runs of the saved one."""
        span = Span.of(source, self._clock())
        client = client_of(source, source.settings["address"], _headers(source, secrets))
        try:
            if source.settings["saved_search"]:
                runs = len(_SavedSearch(source, client, span).runs())
                said = f"{client.where} keeps the results of {runs} runs of {source.settings['saved_search']}."
            else:
                found = len(_Search(source, client).page(span.first, 1))
                said = f"{client.where} ran the search; it finds {'alerts' if found else 'nothing'} "
                said += f"since {span.first:%Y-%m-%d}."
        finally:
            client.close()
        return Tested(said, client.tls)


class _Search:
    """Events in the order in which they were indexed; the place in time is that of the index."""

    ordered = True

    def __init__(self, source: Source, client: Client) -> None:
        text = source.settings["search"]
        if not text:
            raise unfit(source, "neither saved_search nor search is set. Set one of them.")
        self._name = source.name
        self._text = text if text.startswith("|") or text.split()[0].lower() == "search" else f"search {text}"
        self._client = client
        self._size = int(source.settings["page"])
        self._reach = timedelta(days=int(source.settings["reach"]))

    def answers(self, start: datetime) -> Iterator[Sequence[Found]]:
        """Events that were indexed at `start` or later."""
        yield from by_instant(self.page, start.replace(microsecond=0), self._size, MOST_EVENTS, self._client.where)

    def page(self, start: datetime, size: int) -> Sequence[Found]:
        """The first so many of them."""
        low = int(start.timestamp())
        form = {
            "search": f"{self._text} | where _indextime>={low} | sort 0 _indextime | head {size}",
            "index_earliest": str(low),
            "earliest_time": str(max(0, int((start - self._reach).timestamp()))),
            "latest_time": "+1d",
            "output_mode": "json",
            "preview": "false",
        }
        answer = self._client.post("services/search/v2/jobs/export", form=form, again=True)
        return [self._event(row) for row in _rows(answer)]

    def _event(self, content: bytes) -> Found:
        event = decoded(Answer(200, {}, content, self._client.where), _Event)
        indexed = parse_time(event.indexed)
        if indexed is None:
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{self._name}: the search gives results without _indextime. Let it end before stats, table or fields, "
                "or name a saved search that Splunk runs on a schedule.",
            )
        if event.bucket and event.place:
            uid = f"{event.bucket}:{event.place}"
        else:
            uid = str(event.event_id or _likeness(event))
        return Found(uid, indexed, content)


class _SavedSearch:
    """The results of the runs that Splunk keeps, each once; a run is known by its id, a result by its place in it."""

    ordered = False

    def __init__(self, source: Source, client: Client, span: Span) -> None:
        if source.settings["search"]:
            raise unfit(source, "saved_search and search are both set. Set one of them.")
        self._name = source.settings["saved_search"]
        self._app = source.settings["app"] or "-"
        self._client = client
        self._size = int(source.settings["page"])
        self._span = span
        self._done: frozenset[str] = frozenset()

    def answers(self, start: datetime) -> Iterator[Sequence[Found]]:
        """The results of all runs that ended since the last look, however long they took."""
        low = min(start, self._span.first)
        runs = self.runs()
        done = {run.name for run in runs} & self._done
        for run in runs:
            at = parse_time(run.published)
            if run.name in done or (at is not None and at < low):
                continue
            if (yield from self._results(run.name, at)):
                done.add(run.name)
        self._done = frozenset(done)

    def runs(self) -> Sequence[_Run]:
        """The scheduled runs that have ended and that Splunk still keeps, the oldest first."""
        path = f"servicesNS/-/{quote(self._app, safe='')}/saved/searches/{quote(self._name, safe='')}/history"
        listed = decoded(self._client.get(path, params={"output_mode": "json", "count": "0"}), _Runs).entry
        ended = [run for run in listed if _yes(run.content.get("isDone")) and _yes(run.content.get("isScheduled", "1"))]
        return sorted(ended, key=lambda run: run.published)

    def _results(self, sid: str, at: datetime | None) -> Generator[Sequence[Found], None, bool]:
        """The results of a run by page; returns whether all were had."""
        place = 0
        while True:
            answer = self._client.get(
                f"services/search/v2/jobs/{quote(sid, safe='')}/results",
                params={"output_mode": "json", "count": str(self._size), "offset": str(place)},
                accept=(404,),
            )
            # 404: it was thrown away since it was listed; 204: its results are not ready yet.
            if answer.status in (404, 204):
                return False
            results = decoded(answer, _Results).results
            yield [
                Found(f"{sid}/{place + number}", at, self._told(sid, result)) for number, result in enumerate(results)
            ]
            place += len(results)
            if len(results) < self._size:
                return True

    def _told(self, sid: str, result: msgspec.Raw) -> bytes:
        """A result in the form in which Splunk sends it to a webhook: beside it stands what found it."""
        return msgspec.json.encode({"search_name": self._name, "sid": sid, "result": result})


def _rows(answer: Answer) -> list[bytes]:
    """The results in an export, one JSON a line; raises SourceFailed where the search did not run to its end."""
    found = []
    for line in answer.body.splitlines():
        if not line.strip():
            continue
        row = decoded(Answer(answer.status, answer.headers, line, answer.where), _Row)
        for each in row.messages:
            if str(each.get("type", "")).upper() in ("FATAL", "ERROR"):
                text = str(each.get("text", ""))[:200].rstrip(".")
                raise SourceFailed(
                    Trouble.SETTINGS, f"{answer.where} could not run the search: {text}. Try it in Splunk, and mend it."
                )
        if not row.preview and row.result is not msgspec.UNSET:
            found.append(bytes(row.result))
    return found


def _likeness(event: _Event) -> str:
    parts = [str(each) for each in (event.indexed, event.index, event.host, event.source, event.raw)]
    return digest("\0".join(parts).encode("utf-8", "replace"))


def _headers(source: Source, secrets: Mapping[str, Secret]) -> dict[str, Secret]:
    token, user, password = secrets.get("token"), source.settings["user"], secrets.get("password")
    if token:
        return {"Authorization": Secret(f"Bearer {token.reveal()}")}
    if user and password:
        pair = b64encode(f"{user}:{password.reveal()}".encode()).decode()
        return {"Authorization": Secret(f"Basic {pair}")}
    raise unfit(source, "it has no token. Set the secret token, or a user and a password.")


def _yes(value: object) -> bool:
    return str(value).lower() in ("1", "true")
