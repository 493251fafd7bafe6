"""Alerts of Microsoft Sentinel and Defender, through Microsoft Graph.

https://learn.microsoft.com/graph/api/security-list-alerts_v2: the application needs the permission
SecurityAlert.Read.All.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from triage_app.adapters.feeds.pulled import (
    CONNECTION,
    OVERLAP,
    SINCE,
    Found,
    PulledFeed,
    Span,
    client_of,
    decoded,
    unfit,
)
from triage_app.adapters.net.http import Answer, Client
from triage_app.adapters.net.tokens import Giver, Tokens
from triage_app.domain.secret import Secret
from triage_app.domain.source import Field, FieldKind, Manifest, Source, Tested
from triage_app.domain.timestamps import parse_time
from triage_app.services.ports import Clock

PATH: Final = "v1.0/security/alerts_v2"

MANIFEST = Manifest(
    "sentinel",
    "Microsoft Sentinel and Defender",
    "Alerts of Sentinel, Defender and Entra that Microsoft Graph gives to an application. Nothing is changed there.",
    (
        Field("tenant", "Tenant", "The organisation's id or domain, such as example.onmicrosoft.com.", required=True),
        Field("client_id", "Client id", "The id of the application that you registered.", required=True),
        Field("client_secret", "Client secret", "Its secret.", FieldKind.SECRET),
        Field(
            "filter",
            "Filter",
            "What is wanted, in the words of Graph: serviceSource eq 'microsoftSentinel'; empty: all.",
        ),
        SINCE,
        OVERLAP,
        Field("page", "Page", "Alerts asked for at once.", FieldKind.NUMBER, "100", low=1, high=1_000),
        Field("address", "Address", "Of Graph; other for national clouds.", default="https://graph.microsoft.com"),
        Field("token_endpoint", "Token endpoint", "Where tokens are had; empty: login.microsoftonline.com."),
        *CONNECTION,
    ),
)


class _Alert(msgspec.Struct):
    id: str
    updated: Any = msgspec.field(name="lastUpdateDateTime", default=None)


class _Page(msgspec.Struct):
    value: list[msgspec.Raw]
    following: str = msgspec.field(name="@odata.nextLink", default="")


class SentinelConnector:
    """The alerts of an organisation's tenant."""

    def __init__(self, clock: Clock, tokens: Tokens) -> None:
        self._clock = clock
        self._tokens = tokens

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> PulledFeed:
        """Read the settings; Graph is asked at the first pull."""
        span = Span.of(source, self._clock())
        client = client_of(source, source.settings["address"], {})
        return PulledFeed(source, "alerts", client, self._alerts(source, secrets, client), span, self._clock)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Sign in, and ask for the first page."""
        span = Span.of(source, self._clock())
        client = client_of(source, source.settings["address"], {})
        try:
            found = next(self._alerts(source, secrets, client).answers(span.first), ())
        finally:
            client.close()
        return Tested(
            f"Signed in to {client.where}; it gave {len(found)} alerts in its first answer, changed since "
            f"{span.first:%Y-%m-%d}.",
            client.tls,
        )

    def _alerts(self, source: Source, secrets: Mapping[str, Secret], client: Client) -> "_Alerts":
        if not secrets.get("client_secret"):
            raise unfit(
                source, f"it has no client secret. Set it: triage source set {source.name} --secret client_secret"
            )
        provider = "other" if source.settings["token_endpoint"] else "microsoft"
        asking = replace(source, settings={**source.settings, "provider": provider})
        scope = f"{source.settings['address'].rstrip('/')}/.default"
        giver = self._tokens.application(asking, secrets, scope)
        return _Alerts(source, client, giver)


class _Alerts:
    """Alerts by the time of their last change, in whatever order Graph gives them."""

    ordered = False

    def __init__(self, source: Source, client: Client, token: Giver) -> None:
        self._client = client
        self._token = token
        self._filter = source.settings["filter"]
        self._size = int(source.settings["page"])

    def answers(self, start: datetime) -> Iterator[Sequence[Found]]:
        """The alerts that were changed at `start` or later; a change does not make another alert of one that is known.

        A full page without the address of a next one is followed by what comes after it, if anything does.
        """
        since = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted = f"lastUpdateDateTime ge {since}"
        params = {"$filter": f"{wanted} and ({self._filter})" if self._filter else wanted, "$top": str(self._size)}
        answer = self._asked(PATH, params)
        count = 0
        before = ""
        while True:
            page = decoded(answer, _Page)
            yield [self._alert(each) for each in page.value]
            count += len(page.value)
            if page.following and page.following != before:
                before = page.following
                answer = self._asked(page.following)
            elif not page.following and page.value and len(page.value) >= self._size:
                answer = self._asked(PATH, {**params, "$skip": str(count)})
            else:
                return

    def _asked(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        return self._client.get(
            path, params=params, headers={"Authorization": Secret(f"Bearer {self._token().reveal()}")}
        )

    def _alert(self, content: msgspec.Raw) -> Found:
        alert = decoded(Answer(200, {}, bytes(content), self._client.where), _Alert)
        return Found(alert.id, parse_time(alert.updated), bytes(content))
