"""Alerts of any product with a REST API: where they lie in an answer, and how the next page is had, are settings."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from triage_app.adapters.feeds.json_path import JsonPath, elements
from triage_app.adapters.feeds.pulled import (
    CONNECTION,
    OVERLAP,
    SINCE,
    Found,
    PulledFeed,
    Span,
    client_of,
    strict_json,
    unfit,
)
from triage_app.adapters.feeds.rest_request import Template, Values
from triage_app.adapters.net.http import Answer, Client
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import digest
from triage_app.domain.secret import Secret
from triage_app.domain.source import Field, FieldKind, Manifest, Source, Tested
from triage_app.domain.timestamps import parse_time
from triage_app.services.ports import Clock

MOST_EMPTY: Final = 20
"""Pages without an alert in a row, after which the way to the next page is taken to be wrong."""

LONGEST_ID: Final = 300

Signed = Callable[[], Mapping[str, Secret]]
"""Gives the headers by which the next call is signed."""

_FORMS = ("iso", "seconds", "milliseconds")

MANIFEST = Manifest(
    "rest",
    "REST API",
    "Alerts of any product that gives them as JSON over HTTP. It is only asked, nothing is changed there.",
    (
        Field("address", "Address", "Of the API, such as https://edr.example.org/api.", required=True),
        Field(
            "path",
            "Path",
            "Below the address, with its query: v1/alerts?created_after=$since&limit=200. Variables are $since, "
            "$until, $cursor, $page and $offset.",
            required=True,
        ),
        Field("method", "Method", "How it is asked.", FieldKind.CHOICE, "GET", choices=("GET", "POST")),
        Field("body", "Body", "JSON that a POST sends; the same variables may stand in its texts."),
        Field(
            "auth",
            "Sign-in",
            "How the secret is used: as a bearer token, in a header of its own, as a password, or to fetch tokens.",
            FieldKind.CHOICE,
            "bearer",
            choices=("bearer", "header", "basic", "oauth", "none"),
        ),
        Field("header", "Header", "Name of the header, for sign-in header, such as X-Api-Key.", default="X-Api-Key"),
        Field("user", "User", "For sign-in basic."),
        Field("client_id", "Client id", "For sign-in oauth: the id of the application that you registered."),
        Field("token_endpoint", "Token endpoint", "For sign-in oauth: the address that gives tokens."),
        Field("scope", "Scope", "For sign-in oauth: what the token is to be good for; empty: nothing is asked for."),
        Field(
            "secret",
            "Secret",
            "The token, the whole value of the header, the password, or the client's secret.",
            FieldKind.SECRET,
        ),
        Field("headers", "More headers", "One a line, such as Accept: application/json.", FieldKind.LIST),
        Field("items", "Alerts", "JSONPath of the alerts in an answer: an array, or each alert.", default="$"),
        Field(
            "id_path",
            "Id",
            "JSONPath in an alert of what tells it from all others; empty: its content, so that equal alerts are one.",
            default="$.id",
        ),
        Field("time_path", "Time", "JSONPath in an alert of the time that $since is compared with; empty: none."),
        Field(
            "time_format",
            "Form of times",
            "How $since and $until are written, in UTC: iso (2026-01-31T12:00:00Z), seconds or milliseconds since "
            "1970, or a pattern such as %Y-%m-%d %H:%M:%S.",
            default="iso",
        ),
        Field(
            "paging",
            "Next page",
            "By a Link header, by an address in the answer, by a cursor there, by counting ($page, $offset), or none.",
            FieldKind.CHOICE,
            "none",
            choices=("none", "link", "address", "cursor", "count"),
        ),
        Field("next_path", "Next path", "JSONPath in an answer of the next page's address, or of the cursor."),
        Field("first_page", "First page", "The first $page.", FieldKind.NUMBER, "1", low=0, high=1),
        Field(
            "order",
            "Order",
            "oldest or newest first, where the API promises it: then less is asked for again. Needs the time.",
            FieldKind.CHOICE,
            "none",
            choices=("none", "oldest", "newest"),
        ),
        SINCE,
        OVERLAP,
        *CONNECTION,
    ),
)


class RestConnector:
    """REST APIs as sources of alerts."""

    def __init__(self, clock: Clock, tokens: Tokens) -> None:
        self._clock = clock
        self._tokens = tokens

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> PulledFeed:
        """Read the settings; the API is asked at the first pull."""
        span = Span.of(source, self._clock())
        client = client_of(source, source.settings["address"], _headers(source))
        folder = source.settings["path"].partition("?")[0].strip("/") or "alerts"
        return PulledFeed(source, folder, client, self._endpoint(source, secrets, client, span), span, self._clock)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Ask for the first page, and tell what is understood of it."""
        span = Span.of(source, self._clock())
        client = client_of(source, source.settings["address"], _headers(source))
        try:
            found, follows = self._endpoint(source, secrets, client, span).first(span.first)
        finally:
            client.close()
        details = [f"the first has the id {found[0].uid} and {_when(found[0].at)}"] if found else []
        if source.settings["paging"] != "none":
            details.append("another page follows" if follows else "no other page follows")
        return Tested(f"{client.where} gave {len(found)} alerts in its first answer.", client.tls, tuple(details))

    def _endpoint(self, source: Source, secrets: Mapping[str, Secret], client: Client, span: Span) -> "_Endpoint":
        return _Endpoint(source, client, span, self._clock, self._signed(source, secrets))

    def _signed(self, source: Source, secrets: Mapping[str, Secret]) -> Signed:
        """What signs a call; raises SourceFailed where the settings do not fit together."""
        settings, secret = source.settings, secrets.get("secret")
        if settings["auth"] == "none":
            return dict
        if not secret:
            raise unfit(source, f"auth = {settings['auth']} needs the secret. Set it, or auth = none.")
        match settings["auth"]:
            case "bearer":
                headers = {"Authorization": Secret(f"Bearer {secret.reveal()}")}
            case "header":
                headers = {settings["header"] or "X-Api-Key": secret}
            case "basic":
                pair = b64encode(f"{settings['user']}:{secret.reveal()}".encode()).decode()
                headers = {"Authorization": Secret(f"Basic {pair}")}
            case _:
                asking = replace(source, settings={**settings, "provider": "other"})
                token = self._tokens.application(asking, {"client_secret": secret}, settings["scope"])
                return lambda: {"Authorization": Secret(f"Bearer {token().reveal()}")}
        return lambda: headers


class _Endpoint:
    """One address that is asked page after page. Without an order it is read to its end at every look."""

    def __init__(self, source: Source, client: Client, span: Span, clock: Clock, signed: Signed) -> None:
        settings = source.settings
        self._client = client
        self._signed = signed
        self._span = span
        self._clock = clock
        self._posts = settings["method"] == "POST"
        self._form = settings["time_format"] or "iso"
        self._paging = settings["paging"]
        self._first_page = int(settings["first_page"])
        self._order = settings["order"]
        try:
            self._template = Template.of(settings["path"], settings["body"] if self._posts else "")
            self._items, self._id, self._time, self._next = (
                JsonPath.of(settings[name]) if settings[name] else None
                for name in ("items", "id_path", "time_path", "next_path")
            )
        except ValueError as error:
            raise unfit(source, str(error)) from None
        if self._form not in _FORMS and "%" not in self._form:
            raise unfit(
                source, f"time_format = {self._form} is none. Use iso, seconds, milliseconds or a pattern with %."
            )
        if self._time is None and (self._order != "none" or self._template.uses("since")):
            raise unfit(source, "$since and an order need to know the time of an alert. Set time_path.")
        if self._paging in ("address", "cursor") and self._next is None:
            raise unfit(source, f"paging = {self._paging} needs next_path. Set it.")
        if self._paging == "cursor" and not self._template.uses("cursor"):
            raise unfit(source, "paging = cursor needs $cursor in the path or in the body. Set it there.")
        if self._paging == "count" and not (self._template.uses("page") or self._template.uses("offset")):
            raise unfit(source, "paging = count needs $page or $offset in the path or in the body. Set it there.")

    @property
    def ordered(self) -> bool:
        """Whether the oldest come first."""
        return self._order == "oldest"

    def first(self, start: datetime) -> tuple[Sequence[Found], bool]:
        """The first page, and whether another follows."""
        answer = self._asked(*self._template.filled(self._values(start, "", 0, 0)))
        found = self._found(answer)
        return found, bool(self._follows(answer)) if self._paging != "count" else bool(found)

    def answers(self, start: datetime) -> Iterator[Sequence[Found]]:
        """Pages until there is no next one, or until they repeat themselves."""
        low = min(start, self._span.first)
        number = offset = empty = 0
        asked = self._template.filled(self._values(start, "", 0, 0))
        before: frozenset[str] = frozenset()
        while True:
            answer = self._asked(*asked)
            found = self._found(answer)
            uids = frozenset(each.uid for each in found)
            if found and uids == before:
                return
            yield [each for each in found if each.at is None or each.at >= low]
            if self._order == "newest" and found and all(each.at is not None and each.at < start for each in found):
                return
            number, offset, before = number + 1, offset + len(found), uids
            empty = 0 if found else empty + 1
            following = self._next_request(answer, start, number, offset, found)
            if following is None or following == asked:
                return
            if empty >= MOST_EMPTY:
                raise SourceFailed(
                    Trouble.PROTOCOL,
                    f"{self._client.where} gave {empty} pages without alerts one after the other. Check paging and "
                    "next_path.",
                )
            asked = following

    def _next_request(
        self, answer: Answer, start: datetime, number: int, offset: int, found: Sequence[Found]
    ) -> tuple[str, Any] | None:
        if self._paging == "count":
            return self._template.filled(self._values(start, "", number, offset)) if found else None
        following = self._follows(answer)
        if not following:
            return None
        if self._paging == "cursor":
            return self._template.filled(self._values(start, following, number, offset))
        return following, self._template.filled(self._values(start, "", number, offset))[1]

    def _follows(self, answer: Answer) -> str:
        """The address of the next page or the cursor for it, empty where there is none."""
        if self._paging == "link":
            # It came with the answer; the program starts without.
            from requests.utils import parse_header_links  # noqa: PLC0415

            links = parse_header_links(answer.headers.get("Link", ""))
            return next((link["url"] for link in links if link.get("rel") == "next"), "")
        if self._next is None or self._paging == "none":
            return ""
        return str(self._next.scalar(strict_json(answer)) or "")

    def _asked(self, path: str, body: Any) -> Answer:
        if self._posts:
            return self._client.post(path, body=body, headers=self._signed(), again=True)
        return self._client.get(path, headers=self._signed())

    def _found(self, answer: Answer) -> list[Found]:
        if not answer.body.strip():
            return []
        body = strict_json(answer)
        places = self._items.find(body) if self._items is not None else [body]
        alerts = [each for place in places for each in elements(place) if each.strip() != b"null"]
        return [self._alert(each, answer) for each in alerts]

    def _alert(self, content: bytes, answer: Answer) -> Found:
        if not content.lstrip().startswith(b"{"):
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{answer.where}: what lies at the path of the alerts are no JSON objects. Check items.",
            )
        uid = self._id.scalar(content) if self._id is not None else None
        known = str(uid) if uid is not None and 0 < len(str(uid)) <= LONGEST_ID else digest(content)
        return Found(known, parse_time(self._time.scalar(content)) if self._time is not None else None, content)

    def _values(self, start: datetime, cursor: str, number: int, offset: int) -> Values:
        return {
            "since": self._written(start),
            "until": self._written(self._clock()),
            "cursor": cursor,
            "page": self._first_page + number,
            "offset": offset,
        }

    def _written(self, instant: datetime) -> str | int:
        if self._form in ("seconds", "milliseconds"):
            return int(instant.timestamp()) * (1_000 if self._form == "milliseconds" else 1)
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ" if self._form == "iso" else self._form)


def _headers(source: Source) -> dict[str, str]:
    """The headers that are the same in every call."""
    headers = {}
    for line in source.settings["headers"].splitlines():
        name, colon, value = line.partition(":")
        if line.strip() and not (colon and name.strip()):
            raise unfit(source, f"{line.strip()} is no header. Write it as Name: value.")
        if colon:
            headers[name.strip()] = value.strip()
    return headers


def _when(at: datetime | None) -> str:
    return "no time" if at is None else f"the time {at:%Y-%m-%d %H:%M:%S} UTC"
