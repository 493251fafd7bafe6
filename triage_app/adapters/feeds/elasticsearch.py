"""Alerts in indices of Elasticsearch or OpenSearch, by a query and a field of time.

https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-open-point-in-time and the search API beside it.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
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
from triage_app.adapters.net.http import Client
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Field, FieldKind, Manifest, Source, Tested
from triage_app.services.ports import Clock

KEPT_OPEN: Final = "5m"
MOST_HITS: Final = 10_000
"""The most that a server gives in one answer, unless it was told otherwise."""

_NO_VIEWS = (400, 401, 403, 404, 405)
"""How servers without views answer, some of them as if it were not allowed; what is really wrong the search tells."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MANIFEST = Manifest(
    "elasticsearch",
    "Elasticsearch or OpenSearch",
    "Alerts in the indices of a cluster that a query finds. Nothing is changed there.",
    (
        Field("address", "Address", "Of the cluster, such as https://elastic.example.org:9200.", required=True),
        Field(
            "index",
            "Index",
            "Index, data stream or pattern, such as .alerts-security.alerts-default; several with a comma.",
            required=True,
        ),
        Field("query", "Query", "In Lucene's words (kibana.alert.severity:high), or as JSON; empty: all."),
        Field(
            "time_field",
            "Time field",
            "The field that says when; best one that the server sets itself, such as event.ingested.",
            default="@timestamp",
        ),
        Field("api_key", "API key", "In its encoded form; may only read these indices.", FieldKind.SECRET),
        Field("user", "User", "For a sign-in with a password instead of an API key."),
        Field("password", "Password", "Of that user.", FieldKind.SECRET),
        SINCE,
        OVERLAP,
        Field("page", "Page", "Alerts asked for at once.", FieldKind.NUMBER, "200", low=1, high=1_000),
        *CONNECTION,
    ),
)


class _Hit(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    index: str = msgspec.field(name="_index")
    source: msgspec.Raw = msgspec.field(name="_source")
    sort: list[Any] = msgspec.field(default_factory=list)


class _Hits(msgspec.Struct):
    hits: list[_Hit]
    total: Any = None


class _Shards(msgspec.Struct):
    failed: int = 0


class _Result(msgspec.Struct):
    hits: _Hits
    shards: _Shards = msgspec.field(name="_shards", default_factory=_Shards)
    timed_out: bool = False
    pit_id: str = ""


class _View(msgspec.Struct):
    id: str


class ElasticsearchConnector:
    """Indices as sources of alerts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> PulledFeed:
        """Read the settings; the server is asked at the first pull."""
        span = Span.of(source, self._clock())
        client = _client(source, secrets)
        return PulledFeed(source, source.settings["index"], client, _Search(source, client), span, self._clock)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Count the alerts that a first start would take."""
        span = Span.of(source, self._clock())
        client = _client(source, secrets)
        try:
            number, more = _Search(source, client).count(span.first)
        finally:
            client.close()
        return Tested(
            f"{client.where} has {'at least ' if more else ''}{number:,} alerts in {source.settings['index']} "
            f"since {span.first:%Y-%m-%d}.",
            client.tls,
        )


class _Search:
    """One query, the oldest alerts first.

    Where the server keeps a view of one point in time, pages follow each other in it. Where it knows no such views
    (OpenSearch asks for them in another way), each page begins with the last instant of the one before.
    """

    ordered = True

    def __init__(self, source: Source, client: Client) -> None:
        self._client = client
        self._indices = quote(source.settings["index"], safe="*,")
        self._index = source.settings["index"]
        self._field = source.settings["time_field"] or "@timestamp"
        self._size = int(source.settings["page"])
        self._query = _query(source)
        self._has_views = True

    def answers(self, start: datetime) -> Iterator[Sequence[Found]]:
        """Alerts whose time is not before `start`."""
        view = self._opened()
        if not view:
            yield from by_instant(self._page, _instant(start), self._size, MOST_HITS, self._client.where)
            return
        try:
            body = self._body(start, self._size)
            while True:
                result = self._asked("_search", {**body, "pit": {"id": view, "keep_alive": KEPT_OPEN}})
                view = result.pit_id or view
                if result.hits.hits:
                    yield [_found(each) for each in result.hits.hits]
                if len(result.hits.hits) < self._size:
                    return
                body["search_after"] = result.hits.hits[-1].sort
        finally:
            with suppress(SourceFailed):
                self._client.delete("_pit", body={"id": view}, accept=(404,))

    def count(self, start: datetime) -> tuple[int, bool]:
        """How many alerts there are from a time on, and whether there may be more."""
        body = {**self._body(start, 0), "track_total_hits": True}
        total = self._asked(f"{self._indices}/_search", body).hits.total
        if isinstance(total, dict):
            return int(total.get("value", 0)), total.get("relation") == "gte"
        return int(total or 0), False

    def _page(self, start: datetime, size: int) -> Sequence[Found]:
        result = self._asked(f"{self._indices}/_search", self._body(start, size))
        return [_found(each) for each in result.hits.hits]

    def _opened(self) -> str:
        """The id of a new view, empty where the server does not know them."""
        if not self._has_views:
            return ""
        answer = self._client.post(f"{self._indices}/_pit?keep_alive={KEPT_OPEN}", again=True, accept=_NO_VIEWS)
        if answer.status >= 400:
            self._has_views = False
            return ""
        return decoded(answer, _View).id

    def _asked(self, path: str, body: Mapping[str, Any]) -> _Result:
        answer = self._client.post(f"{path}?allow_partial_search_results=false", body=body, again=True)
        result = decoded(answer, _Result)
        if result.timed_out or result.shards.failed:
            raise SourceFailed(
                Trouble.NETWORK,
                f"{self._client.where} could not search all of {self._index}. It is tried again by itself; "
                "look at the health of the cluster if it stays.",
            )
        return result

    def _body(self, start: datetime, size: int) -> dict[str, Any]:
        wanted: list[Any] = [{"range": {self._field: {"gte": _millis(start), "format": "epoch_millis"}}}]
        if self._query is not None:
            wanted.append(self._query)
        order = {"order": "asc", "unmapped_type": "date", "numeric_type": "date"}
        return {
            "size": size,
            "track_total_hits": False,
            "query": {"bool": {"filter": wanted}},
            "sort": [{self._field: order}],
        }


def _client(source: Source, secrets: Mapping[str, Secret]) -> Client:
    key, user, password = secrets.get("api_key"), source.settings["user"], secrets.get("password")
    headers: dict[str, Secret] = {}
    if key:
        headers["Authorization"] = Secret(f"ApiKey {key.reveal()}")
    elif user and password:
        pair = b64encode(f"{user}:{password.reveal()}".encode()).decode()
        headers["Authorization"] = Secret(f"Basic {pair}")
    elif user or password:
        raise unfit(source, "a user needs a password, and a password a user. Set both, or an API key alone.")
    return client_of(source, source.settings["address"], headers)


def _query(source: Source) -> Any:
    """The query as the server takes it, None for all."""
    text = source.settings["query"]
    if not text.startswith("{"):
        return {"query_string": {"query": text}} if text else None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unfit(source, f"the query is no valid JSON ({error}). Mend it, or write it in Lucene's words.") from None
    return found["query"] if set(found) == {"query"} else found


def _found(hit: _Hit) -> Found:
    return Found(f"{hit.index}/{hit.id}", _time(hit.sort[0] if hit.sort else None), bytes(hit.source))


def _time(millis: object) -> datetime | None:
    """A time as the server sorts by it; one beyond the calendar is its end."""
    if not isinstance(millis, int):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _millis(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def _instant(instant: datetime) -> datetime:
    """As exact as the server compares."""
    return _EPOCH + timedelta(milliseconds=_millis(instant))
