"""Sentinel and Defender through Graph: a stub that keeps to the documented list of alerts, and a provider of tokens."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.fakes.box import MemorySecrets
from tests.provider import CLIENT_SECRET, Clock, Provider, providing
from tests.pulling import Puller, at, configured, still, tried
from tests.web import Asked, Reply, Web, serving
from triage_app.adapters.feeds.sentinel import MANIFEST, SentinelConnector
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.errors import SourceFailed, Trouble

FILTER = re.compile(r"lastUpdateDateTime ge (\S+Z)(?: and \((.+)\))?")


@dataclass
class Graph:
    """Pages of two, by a link; `linked` says whether the last full page has one, as it has at times."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    linked: bool = True
    busy: int = 0
    allowed: bool = True
    filters: list[str | None] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def raise_alert(self, name: str, minutes: float) -> dict[str, Any]:
        alert = {"id": name, "title": f"Alert {name}", "lastUpdateDateTime": at(minutes).isoformat(), "evidence": []}
        self.alerts.append(alert)
        return alert

    def answer(self, asked: Asked) -> Reply:
        token = asked.headers.get("Authorization", "")
        self.tokens.append(token)
        if not token.startswith("Bearer access-"):
            return Reply({"error": {"code": "InvalidAuthenticationToken"}}, 401)
        if not self.allowed:
            return Reply({"error": {"code": "Forbidden", "message": "Missing application roles"}}, 403)
        if self.busy:
            self.busy -= 1
            return Reply({"error": {"code": "TooManyRequests"}}, 429, {"Retry-After": "0"})
        if (asked.method, asked.path) != ("GET", "/v1.0/security/alerts_v2"):
            return Reply({"error": {"code": "ResourceNotFound"}}, 404)
        found = FILTER.fullmatch(asked.query["$filter"])
        if found is None:
            return Reply({"error": {"code": "BadRequest", "message": "Invalid filter"}}, 400)
        self.filters.append(found[2])
        low = dt.datetime.fromisoformat(found[1])
        wanted = [each for each in self.alerts if dt.datetime.fromisoformat(each["lastUpdateDateTime"]) >= low]
        place, size = int(asked.query.get("$skip", "0")), int(asked.query["$top"])
        page: dict[str, Any] = {"@odata.context": "x", "value": wanted[place : place + size]}
        if self.linked and place + size < len(wanted):
            query = f"$filter={asked.query['$filter']}&$top={size}&$skip={place + size}".replace(" ", "%20")
            page["@odata.nextLink"] = f"http://{asked.headers['Host']}{asked.path}?{query}"
        return Reply(page)


@contextmanager
def tenant(graph: Graph, clock: Clock | None = None, **settings: str) -> Iterator[Puller]:
    with providing(Provider()) as login, serving(graph.answer) as web:
        yield puller(web, login, clock, **settings)


def puller(web: Web, login: Web, clock: Clock | None = None, **settings: str) -> Puller:
    given = {
        "tenant": "example.org",
        "client_id": "triage",
        "address": web.url,
        "token_endpoint": f"{login.url}/token",
        "page": "2",
        **settings,
    }
    tokens = Tokens(MemorySecrets(), clock or Clock(), {})
    return Puller(SentinelConnector(still, tokens), configured(MANIFEST, **given), client_secret=CLIENT_SECRET)


@pytest.mark.parametrize("linked", [True, False])
def test_alerts_come_once_and_a_change_makes_no_other(linked: bool) -> None:
    graph = Graph(linked=linked, busy=1)
    for number in range(7):
        # not in the order of their times
        graph.raise_alert(f"a{number}", 10 + (number * 5) % 7)
    with tenant(graph) as siem:
        assert len(siem.once()) == 7
        graph.alerts[3]["lastUpdateDateTime"] = at(1).isoformat()
        graph.raise_alert("new", 2)
        siem.once()
        assert len(siem.contents()) == 8
        assert siem.taker.cursors["alerts"].position == at(1).isoformat()


def test_an_ended_look_begins_again() -> None:
    graph = Graph()
    for number in range(5):
        graph.raise_alert(f"a{number}", number)
    with tenant(graph) as siem:
        siem.pages_until(2)
        assert siem.taker.cursors == {}
        siem.once()
        assert len(siem.contents()) == 5


def test_a_token_is_renewed_while_the_feed_stays_open() -> None:
    graph, clock = Graph(), Clock()
    graph.raise_alert("a", 5)
    with tenant(graph, clock) as siem:
        feed = siem.connector.open(siem.source, siem.secrets)
        siem.taker.take(feed)
        siem.taker.take(feed)
        clock.now += dt.timedelta(hours=2)
        siem.taker.take(feed)
        feed.close()
    assert graph.tokens == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]


def test_a_filter_narrows() -> None:
    graph = Graph()
    with tenant(graph, filter="serviceSource eq 'microsoftSentinel' or severity eq 'high'") as siem:
        siem.once()
    assert graph.filters == ["serviceSource eq 'microsoftSentinel' or severity eq 'high'"]


@pytest.mark.parametrize(
    ("client_id", "secrets", "said", "trouble"),
    [
        ("triage", {}, "has no client secret", Trouble.SETTINGS),
        ("triage", {"client_secret": "wrong"}, "does not take the application", Trouble.SETTINGS),
        ("other", {"client_secret": CLIENT_SECRET}, "does not take the application", Trouble.SETTINGS),
    ],
)
def test_what_is_wrong_is_told(client_id: str, secrets: dict[str, str], said: str, trouble: Trouble) -> None:
    with tenant(Graph(), client_id=client_id) as siem:
        with pytest.raises(SourceFailed, match=said) as caught:
            Puller(siem.connector, siem.source, **secrets).once()
        assert caught.value.trouble is trouble
        assert said in tried(siem.connector, siem.source, **secrets)


def test_an_application_without_the_permission_is_told() -> None:
    with tenant(Graph(allowed=False)) as siem, pytest.raises(SourceFailed, match="Give it the right") as caught:
        siem.once()
    assert caught.value.trouble is Trouble.AUTHENTICATION


def test_a_test_signs_in_and_asks_once() -> None:
    graph = Graph()
    for number in range(3):
        graph.raise_alert(f"a{number}", number)
    with tenant(graph) as siem:
        said = tried(siem.connector, siem.source, client_secret=CLIENT_SECRET)
    assert said.endswith("it gave 2 alerts in its first answer, changed since 2026-11-13.")
    assert len(graph.filters) == 1
