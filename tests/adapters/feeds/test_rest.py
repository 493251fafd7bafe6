"""REST APIs of several makes, each on a server of its own."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from tests.fakes.box import MemorySecrets
from tests.provider import CLIENT_SECRET, Provider, providing
from tests.pulling import NOW, Puller, at, configured, still, tried
from tests.web import Asked, Reply, serving
from triage_app.adapters.feeds.rest import MANIFEST, MOST_EMPTY, RestConnector
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.errors import SourceFailed, Trouble

TOKEN = "t0ken-of-an-edr"
TIMED = {"items": "$.alerts", "id_path": "$.id", "time_path": "$.created"}


def alert(number: int, minutes: float) -> dict[str, Any]:
    return {"id": number, "created": at(minutes).isoformat(), "name": f"alert {number}"}


@dataclass
class Product:
    """A product with alerts, which pages them as a test says."""

    page: Callable[[list[dict[str, Any]], Asked], Reply]
    alerts: list[dict[str, Any]] = field(default_factory=list)
    busy: int = 0

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Reply({"error": "unauthorized"}, 401)
        if self.busy:
            self.busy -= 1
            return Reply({"error": "slow down"}, 429, {"Retry-After": "0"})
        return self.page(self.alerts, asked)


def connector() -> RestConnector:
    return RestConnector(still, Tokens(MemorySecrets(), still, {}))


def api(url: str, **settings: str) -> Puller:
    return Puller(connector(), configured(MANIFEST, address=url, **settings), secret=TOKEN)


def registered(url: str, login: str, **settings: str) -> Puller:
    given = {"auth": "oauth", "client_id": "triage", "token_endpoint": f"{login}/token", **settings}
    return Puller(connector(), configured(MANIFEST, address=url, **given), secret=CLIENT_SECRET)


def since(alerts: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    low = dt.datetime.fromisoformat(text)
    return [each for each in alerts if dt.datetime.fromisoformat(each["created"]) >= low]


def by_cursor(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    assert asked.path == "/api/v1/alerts"
    wanted = since(alerts, asked.query["since"])
    place = int(asked.query.get("after", "0"))
    following = {"next": str(place + 3)} if place + 3 < len(wanted) else {}
    return Reply({"alerts": wanted[place : place + 3], "meta": following})


CURSOR = {"path": "v1/alerts?since=$since&after=$cursor", "paging": "cursor", "next_path": "$.meta.next", **TIMED}


def test_pages_by_a_cursor_and_only_what_is_new() -> None:
    product = Product(by_cursor, [alert(number, 100 - number) for number in range(8)], busy=1)
    with serving(product.answer) as web:
        edr = api(web.url + "/api", **CURSOR)
        assert [item.uid for item in edr.once()] == list("01234567")
        # one that is new, and one that is late
        product.alerts += [alert(8, 1), alert(9, 95)]
        edr.once()
    assert len(edr.contents()) == 10
    assert edr.taker.items[0].folder == "v1/alerts"
    assert web.asked[-1].query["since"] == at(93 + 5).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_alert_stays_as_it_was_written_and_one_that_is_odd_keeps_none_back() -> None:
    plain = b'{"alerts": [ {"id": "a",  "n": 1.10} , {"n": 2}], "n": null}'
    odd = b'{"alerts": [{"id": "a", "s": "\\ud800"}, {"id": 1e999}]}'
    with serving(lambda asked: Reply(odd if asked.query else plain)) as web:
        settings = {"auth": "none", "items": "$.alerts[*]"}
        first, second = api(web.url, path="x", **settings).once()
        odds = api(web.url, path="x?odd", **settings).once()
    assert (first.uid, first.content) == ("a", b'{"id": "a",  "n": 1.10}')
    assert (second.uid, second.content) == (second.sha256, b'{"n": 2}')
    assert [item.content for item in odds] == [b'{"id": "a", "s": "?"}', b'{"id": "1e999"}']


def by_link(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    place = int(asked.query.get("place", "0"))
    # as Okta does, a next page is named even where there is none yet
    link = f'<{asked.path}?place={min(place + 3, len(alerts))}>; rel="next", <{asked.path}>; rel="self"'
    return Reply(alerts[place : place + 3], headers={"Link": link})


def test_pages_by_a_link_header_until_it_repeats_itself() -> None:
    product = Product(by_link, [alert(number, 100 - number) for number in range(8)])
    with serving(product.answer) as web:
        edr = api(web.url, path="logs", paging="link", time_path="$.created")
        edr.once()
        assert [asked.query.get("place") for asked in web.asked] == [None, "3", "6", "8"]
    assert len(edr.contents()) == 8


def by_address(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    place = int(asked.query.get("skip", "0"))
    following = {"@odata.nextLink": f"http://{asked.headers['Host']}{asked.path}?skip={place + 3}"}
    more = place + 3 < len(alerts)
    # pages may be empty on the way
    found = [] if 3 <= place < 9 else alerts[place : place + 3]
    return Reply({"value": found, **(following if more else {})})


def test_pages_by_an_address_in_the_answer_some_of_them_empty() -> None:
    product = Product(by_address, [alert(number, 100 - number) for number in range(12)])
    with serving(product.answer) as web:
        edr = api(web.url, path="alerts", items="$.value", paging="address", next_path="$['@odata.nextLink']")
        edr.once()
    assert [item.uid for item in edr.taker.items] == ["0", "1", "2", "9", "10", "11"]


def by_count(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    assert asked.method == "POST"
    body = asked.json()
    assert body["until"] == int(NOW.timestamp()) * 1000
    return Reply({"alerts": alerts[body["from"] : body["from"] + 3]})


COUNT = {
    "path": "search",
    "method": "POST",
    "body": '{"from": "$offset", "until": "$until"}',
    "time_format": "milliseconds",
    "paging": "count",
    **TIMED,
}


def test_pages_by_counting_with_a_post() -> None:
    product = Product(by_count, [alert(number, 100 - number) for number in range(7)])
    with serving(product.answer) as web:
        edr = api(web.url, **COUNT)
        edr.once()
    assert len(edr.contents()) == 7
    assert [asked.json()["from"] for asked in web.asked] == [0, 3, 6, 7]


def test_a_server_that_does_not_know_the_counting_is_not_asked_for_ever() -> None:
    product = Product(lambda alerts, _asked: Reply({"alerts": alerts}), [alert(1, 5), alert(2, 4)])
    with serving(product.answer) as web:
        edr = api(web.url, path="alerts?page=$page", paging="count", first_page="0", **TIMED)
        edr.once()
    assert [asked.query["page"] for asked in web.asked] == ["0", "1"]
    assert len(edr.contents()) == 2


def newest_first(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    number = int(asked.query["page"]) - 1
    ordered = sorted(alerts, key=lambda each: str(each["created"]), reverse=True)
    return Reply({"alerts": ordered[number * 3 : number * 3 + 3]})


NEWEST = {"path": "alerts?page=$page", "paging": "count", "order": "newest", **TIMED}


def test_newest_first_is_read_back_to_where_it_was() -> None:
    product = Product(newest_first, [alert(number, 10_000 - number * 100) for number in range(40)])
    with serving(product.answer) as web:
        edr = api(web.url, **NEWEST)
        edr.once()
        before = len(web.asked)
        product.alerts.append(alert(99, 1))
        edr.once()
        assert len(web.asked) - before == 2
    assert len(edr.contents()) == 41


def test_newest_first_loses_nothing_where_it_ended_in_the_middle() -> None:
    product = Product(newest_first, [alert(number, 1_000 - number * 10) for number in range(9)])
    with serving(product.answer) as web:
        edr = api(web.url, **NEWEST)
        edr.pages_until(2)
        assert edr.taker.cursors == {}
        edr.once()
    assert len(edr.contents()) == 9


def test_what_is_older_than_the_first_start_is_left_out_where_the_api_does_not_do_it() -> None:
    product = Product(lambda alerts, _asked: Reply({"alerts": alerts}), [alert(1, 60 * 24 * 8), alert(2, 60 * 24 * 6)])
    with serving(product.answer) as web:
        assert [item.uid for item in api(web.url, path="alerts", **TIMED).once()] == ["2"]


def test_oldest_first_goes_on_in_the_middle() -> None:
    product = Product(by_cursor, [alert(number, 1_000 - number * 10) for number in range(9)])
    with serving(product.answer) as web:
        edr = api(web.url + "/api", order="oldest", **CURSOR)
        edr.pages_until(2)
        edr.once()
        assert web.asked[2].query["since"] == at(950 + 5).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(edr.contents()) == 9


def test_a_next_page_on_another_server_gets_no_token() -> None:
    with serving(lambda _asked: Reply({})) as other:
        product = Product(lambda _alerts, _asked: Reply({"next": other.url, "alerts": [alert(1, 1)]}))
        with serving(product.answer) as web, pytest.raises(SourceFailed, match="another server"):
            api(web.url, path="a", paging="address", next_path="$.next", items="$.alerts").once()
    assert other.asked == []


def test_pages_that_stay_empty_are_told() -> None:
    def empty(_alerts: list[dict[str, Any]], asked: Asked) -> Reply:
        return Reply({"alerts": [], "meta": {"next": str(int(asked.query.get("after", "0")) + 1)}})

    with serving(Product(empty).answer) as web:
        with pytest.raises(SourceFailed, match="pages without alerts") as caught:
            api(web.url, **CURSOR).once()
        assert len(web.asked) == MOST_EMPTY
    assert caught.value.trouble is Trouble.PROTOCOL


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"alerts": null}', b'{"other": 1}'])
def test_no_alerts_are_no_trouble(body: bytes) -> None:
    with serving(lambda _asked: Reply(body)) as web:
        items = "$" if body in (b"", b"null", b"[]") else "$.alerts"
        assert api(web.url, path="a", items=items).once() == []


@pytest.mark.parametrize(
    ("settings", "said", "trouble"),
    [
        ({"auth": "header"}, "does not know us", Trouble.AUTHENTICATION),
        ({"items": "alerts"}, "Begin it with", Trouble.SETTINGS),
        ({"items": "$.alerts[*].id"}, "no JSON objects", Trouble.SETTINGS),
        ({"path": "a?since=$since"}, "Set time_path", Trouble.SETTINGS),
        ({"order": "newest"}, "Set time_path", Trouble.SETTINGS),
        ({"paging": "cursor"}, "needs next_path", Trouble.SETTINGS),
        ({"paging": "cursor", "next_path": "$.n"}, r"needs \$cursor", Trouble.SETTINGS),
        ({"paging": "count"}, r"needs \$page", Trouble.SETTINGS),
        ({"method": "POST", "body": "{"}, "no valid JSON", Trouble.SETTINGS),
        ({"headers": "Accept"}, "is no header", Trouble.SETTINGS),
        ({"since": "x"}, "no day", Trouble.SETTINGS),
        ({"time_format": "rfc"}, "time_format = rfc", Trouble.SETTINGS),
        ({"path": "html"}, "did not answer in JSON", Trouble.PROTOCOL),
    ],
)
def test_what_is_wrong_is_told(settings: dict[str, str], said: str, trouble: Trouble) -> None:
    def answer(_alerts: list[dict[str, Any]], asked: Asked) -> Reply:
        return Reply(b"<html>" if asked.path == "/html" else {"alerts": [alert(1, 1)]})

    with serving(Product(answer).answer) as web:
        given = {"path": "alerts", "items": "$.alerts", **settings}
        with pytest.raises(SourceFailed, match=said) as caught:
            api(web.url, **given).once()
    assert caught.value.trouble is trouble
    assert TOKEN not in caught.value.message


def test_each_way_to_sign_in() -> None:
    with serving(lambda _asked: Reply([])) as web:
        api(web.url, path="a", auth="header", header="X-Key", headers="Accept: application/json\n\nX-A: b:c").once()
        api(web.url, path="a", auth="basic", user="soc").once()
        api(web.url, path="a", auth="none").once()
        lacking = tried(connector(), configured(MANIFEST, address=web.url, path="a"))
    first, second, third = (asked.headers for asked in web.asked)
    assert (first["X-Key"], first["Accept"], first["X-A"]) == (TOKEN, "application/json", "b:c")
    assert second["Authorization"] == "Basic c29jOnQwa2VuLW9mLWFuLWVkcg=="
    assert "Authorization" not in third
    assert "needs the secret" in lacking


def falcon(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    """CrowdStrike's combined alerts: POST /alerts/combined/alerts/v1, from oldest to newest by a cursor."""
    assert (asked.method, asked.path) == ("POST", "/alerts/combined/alerts/v1")
    body = asked.json()
    assert (body["sort"], body["limit"]) == ("created_timestamp|asc", 3)
    found = re.fullmatch(r"created_timestamp:>='(.+)'", body["filter"])
    assert found is not None
    wanted = since(alerts, found[1])
    place = int(body.get("after", "0"))
    more = {"after": str(place + 3)} if place + 3 < len(wanted) else {}
    return Reply({"meta": {"pagination": {"limit": 3, **more}}, "errors": [], "resources": wanted[place : place + 3]})


def incidents(alerts: list[dict[str, Any]], asked: Asked) -> Reply:
    """Incidents of Microsoft Sentinel: a list of the resource provider, with the address of the next page."""
    assert asked.path == "/workspaces/soc/providers/Microsoft.SecurityInsights/incidents"
    assert asked.query["api-version"] == "2024-03-01"
    found = re.fullmatch(r"properties/lastModifiedTimeUtc ge (\S+)", asked.query["$filter"])
    assert found is not None
    wanted = [
        {"name": str(each["id"]), "properties": {"title": each["name"], "lastModifiedTimeUtc": each["created"]}}
        for each in since(alerts, found[1])
    ]
    place = int(asked.query.get("$skipToken", "0"))
    query = "&".join(f"{name}={quote(asked.query[name])}" for name in ("api-version", "$filter"))
    following = f"http://{asked.headers['Host']}{asked.path}?{query}&$skipToken={place + 3}"
    return Reply({"value": wanted[place : place + 3], **({"nextLink": following} if place + 3 < len(wanted) else {})})


@pytest.mark.parametrize(
    ("page", "settings"),
    [
        (
            falcon,
            {
                "path": "alerts/combined/alerts/v1",
                "method": "POST",
                "body": '{"filter": "created_timestamp:>=\'$since\'", "sort": "created_timestamp|asc", "limit": 3,'
                ' "after": "$cursor"}',
                "items": "$.resources",
                "time_path": "$.created",
                "order": "oldest",
                "paging": "cursor",
                "next_path": "$.meta.pagination.after",
            },
        ),
        (
            incidents,
            {
                "path": "workspaces/soc/providers/Microsoft.SecurityInsights/incidents?api-version=2024-03-01"
                "&$filter=properties/lastModifiedTimeUtc ge $since",
                "items": "$.value",
                "id_path": "$.name",
                "time_path": "$.properties.lastModifiedTimeUtc",
                "paging": "address",
                "next_path": "$.nextLink",
                "scope": "https://management.azure.com/.default",
            },
        ),
    ],
)
def test_products_that_give_tokens_to_an_application(
    page: Callable[[list[dict[str, Any]], Asked], Reply], settings: dict[str, str]
) -> None:
    alerts = [alert(number, 100 - number) for number in range(8)]

    def answer(asked: Asked) -> Reply:
        return page(alerts, asked) if asked.headers.get("Authorization") == "Bearer access-1" else Reply(status=401)

    with providing(Provider()) as login, serving(answer) as web:
        edr = registered(web.url, login.url, **settings)
        feed = edr.connector.open(edr.source, edr.secrets)
        edr.taker.take(feed)
        alerts.append(alert(8, 1))
        edr.taker.take(feed)
        feed.close()
    assert [item.uid for item in edr.taker.items] == list("012345678")
    # and a token is fetched once, with a scope only where one is set
    assert [asked.form().get("scope") for asked in login.asked] == [settings.get("scope")]


def test_a_client_that_the_provider_does_not_know_is_told() -> None:
    with providing(Provider()) as login, serving(lambda _asked: Reply([])) as web:
        edr = registered(web.url, login.url, path="a", client_id="other")
        assert "does not take the application" in tried(edr.connector, edr.source, secret=CLIENT_SECRET)
        assert web.asked == []


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("iso", "2026-11-13T12:00:00Z"),
        ("seconds", "1794571200"),
        ("milliseconds", "1794571200000"),
        ("%Y-%m-%d %H:%M:%S", "2026-11-13 12:00:00"),
        ("", "2026-11-13T12:00:00Z"),
    ],
)
def test_forms_of_times(form: str, written: str) -> None:
    with serving(lambda _asked: Reply([])) as web:
        api(web.url, path="a?t=$since", time_path="$.t", time_format=form).once()
    assert web.asked[0].query["t"] == written


def test_a_test_tells_what_is_understood() -> None:
    product = Product(by_cursor, [alert(number, 100 - number) for number in range(8)])
    with serving(product.answer) as web:
        edr = api(web.url + "/api", **CURSOR)
        tested = edr.connector.test(edr.source, edr.secrets)
        assert len(web.asked) == 1
    assert tested.message == f"{web.url.removeprefix('http://')} gave 3 alerts in its first answer."
    assert tested.details == ("the first has the id 0 and the time 2026-11-20 10:20:00 UTC", "another page follows")
