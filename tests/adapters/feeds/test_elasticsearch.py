"""Elasticsearch and OpenSearch: a stub that keeps to the documented search API, with views of a point in time."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.pulling import NOW, Puller, at, configured, still, tried
from tests.web import Asked, Reply, serving
from triage_app.adapters.feeds.elasticsearch import MANIFEST, MOST_HITS, ElasticsearchConnector
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.source import Source

KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="


@dataclass
class Document:
    id: str
    millis: int
    source: bytes
    index: str = "alerts-1"


@dataclass
class Cluster:
    """Answers searches over its documents; `views` says whether it keeps views of a point in time."""

    documents: list[Document] = field(default_factory=list)
    views: bool = True
    kept: dict[str, list[Document]] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    busy: int = 0
    broken_shards: bool = False
    opened: int = 0

    def add(self, name: str, minutes: float, **fields: Any) -> None:
        """A document of so many minutes ago."""
        source = json.dumps({"@timestamp": at(minutes).isoformat(), "rule": {"name": name}, **fields}).encode()
        self.documents.append(Document(name, int(at(minutes).timestamp() * 1000), source))

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"ApiKey {KEY}":
            return Reply({"error": {"type": "security_exception"}, "status": 401}, 401)
        if self.busy:
            self.busy -= 1
            return Reply({"error": "es_rejected_execution_exception"}, 429, {"Retry-After": "0"})
        match asked.method, asked.path:
            case "POST", "/alerts-*/_pit" if self.views and asked.query["keep_alive"]:
                self.opened += 1
                self.kept[f"view-{self.opened}"] = list(self.documents)
                return Reply({"id": f"view-{self.opened}"})
            case "DELETE", "/_pit" if self.views:
                found = self.kept.pop(asked.json()["id"], None)
                return Reply({"succeeded": True}, 200 if found is not None else 404)
            case "POST", "/_search":
                return self._searched(asked, self.kept.get(asked.json()["pit"]["id"]))
            case "POST", "/alerts-*/_search":
                return self._searched(asked, self.documents)
            case "POST", path if path.endswith("/_search"):
                return Reply({"error": {"type": "index_not_found_exception"}, "status": 404}, 404)
        return Reply({"error": f"no handler found for uri [{asked.path}] and method [{asked.method}]"}, 400)

    def _searched(self, asked: Asked, documents: list[Document] | None) -> Reply:
        assert asked.query["allow_partial_search_results"] == "false"
        if documents is None:
            return Reply({"error": {"type": "search_context_missing_exception"}, "status": 404}, 404)
        body = asked.json()
        self.bodies.append(body)
        assert body["size"] <= MOST_HITS
        wanted = body["query"]["bool"]["filter"][0]["range"]["@timestamp"]
        assert wanted["format"] == "epoch_millis"
        found = sorted(
            (each.millis, number, each) for number, each in enumerate(documents) if each.millis >= wanted["gte"]
        )
        if "pit" in body:
            after = tuple(body.get("search_after", (0, -1)))
            found = [each for each in found if each[:2] > after]
        else:
            assert "search_after" not in body
        hits = [
            {"_index": each.index, "_id": each.id, "_score": None, "_source": "@", "sort": [millis, number]}
            for millis, number, each in found[: body["size"]]
        ]
        answer: dict[str, Any] = {"took": 1, "timed_out": False, "_shards": {"total": 2, "failed": 0}}
        answer["_shards"]["failed"] = int(self.broken_shards)
        answer["hits"] = {"total": {"value": len(found), "relation": "eq"}, "hits": hits}
        if "pit" in body:
            answer["pit_id"] = body["pit"]["id"]
        # The sources stand in the answer byte by byte as they were sent.
        parts = json.dumps(answer).encode().split(b'"@"')
        filled = b"".join(
            part + (found[place][2].source if place < len(parts) - 1 else b"") for place, part in enumerate(parts)
        )
        return Reply(filled)


def cluster_source(url: str, **settings: str) -> Source:
    return configured(MANIFEST, address=url, index="alerts-*", **settings)


def puller(url: str, **settings: str) -> Puller:
    return Puller(ElasticsearchConnector(still), cluster_source(url, **settings), api_key=KEY)


@pytest.mark.parametrize("views", [True, False])
def test_all_come_once_page_by_page_and_those_indexed_late_too(views: bool) -> None:
    cluster = Cluster(views=views)
    # given more alerts than a page holds, some of one instant
    for number in range(23):
        cluster.add(f"a{number}", 100 - number // 7)
    with serving(cluster.answer) as web:
        siem = puller(web.url, page="5")
        assert [item.uid for item in siem.once()] == [f"alerts-1/a{number}" for number in range(23)]
        # when later one comes, one is indexed late, and the program was started anew
        cluster.add("new", 1)
        cluster.add("late", 99)
        siem.once()
    # then both came, nothing twice, and no view stays open
    assert len(siem.contents()) == 25
    assert cluster.kept == {}
    assert cluster.opened == (2 if views else 0)


def test_an_alert_stays_as_it_was_written() -> None:
    cluster = Cluster()
    odd = b'{"@timestamp": "2026-11-20T11:00:00Z",  "n": 1.10, "big": 123456789012345678901234567890, "n": 2}'
    cluster.documents.append(Document("odd", int(at(60).timestamp() * 1000), odd))
    with serving(cluster.answer) as web:
        (item,) = puller(web.url).once()
    assert item.content == odd
    assert item.origin == f"alerts-* on {web.url.removeprefix('http://')}, alerts-1/odd"


def test_an_open_feed_does_not_bring_the_overlap_again() -> None:
    cluster = Cluster()
    cluster.add("one", 2)
    with serving(cluster.answer) as web:
        siem = puller(web.url)
        feed = siem.connector.open(siem.source, siem.secrets)
        assert len(siem.taker.take(feed)) == 1
        cluster.add("two", 1)
        assert [item.uid for item in siem.taker.take(feed)] == ["alerts-1/two"]
        assert siem.taker.take(feed) == []
        feed.close()


def test_a_restart_in_the_middle_goes_on_where_it_was() -> None:
    cluster = Cluster()
    for number in range(30):
        cluster.add(f"a{number}", 1000 - number * 10)
    with serving(cluster.answer) as web:
        siem = puller(web.url, page="10")
        siem.pages_until(2)
        siem.once()
    assert len(siem.contents()) == 30
    # and asked only from the overlap before the place that was reached
    assert cluster.bodies[-1]["query"]["bool"]["filter"][0]["range"]["@timestamp"]["gte"] == int(
        at(1000 - 190 + 5).timestamp() * 1000
    )


def test_one_alert_from_the_future_does_not_hide_the_next() -> None:
    cluster = Cluster()
    cluster.add("skewed", -60 * 24 * 365)
    cluster.documents.append(Document("absurd", 10**17, b"{}"))
    with serving(cluster.answer) as web:
        siem = puller(web.url)
        assert len(siem.once()) == 2
        cluster.add("present", 0)
        siem.once()
    assert len(siem.contents()) == 3
    assert siem.taker.cursors["alerts-*"].position == NOW.isoformat()


def test_the_first_start_takes_seven_days_or_what_since_says() -> None:
    cluster = Cluster()
    cluster.add("old", 60 * 24 * 8)
    cluster.add("new", 60 * 24 * 6)
    with serving(cluster.answer) as web:
        assert len(puller(web.url).once()) == 1
        assert len(puller(web.url, since="2026-11-01").once()) == 2


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("rule.name:x*", {"query_string": {"query": "rule.name:x*"}}),
        ('{"term": {"rule.name": "x"}}', {"term": {"rule.name": "x"}}),
        ('{"query": {"term": {"rule.name": "x"}}}', {"term": {"rule.name": "x"}}),
    ],
)
def test_a_query_narrows(query: str, sent: object) -> None:
    cluster = Cluster()
    with serving(cluster.answer) as web:
        puller(web.url, query=query).once()
    assert cluster.bodies[0]["query"]["bool"]["filter"][1] == sent


def test_many_alerts_of_one_instant_without_views() -> None:
    cluster = Cluster(views=False)
    for number in range(300):
        cluster.add(f"a{number}", 5)
    cluster.add("after", 4)
    with serving(cluster.answer) as web:
        siem = puller(web.url, page="10")
        siem.once()
        assert len(siem.contents()) == 301


def test_a_busy_cluster_is_asked_again() -> None:
    cluster = Cluster(busy=2)
    cluster.add("one", 1)
    with serving(cluster.answer) as web:
        assert len(puller(web.url).once()) == 1


def test_a_cluster_that_searched_only_a_part_is_trouble_and_nothing_is_passed_over() -> None:
    cluster = Cluster(broken_shards=True)
    cluster.add("one", 60 * 24)
    with serving(cluster.answer) as web:
        siem = puller(web.url)
        with pytest.raises(SourceFailed, match="could not search all") as caught:
            siem.once()
        assert caught.value.trouble is Trouble.NETWORK
        assert siem.taker.cursors == {}
        cluster.broken_shards = False
        assert len(siem.once()) == 1


@pytest.mark.parametrize(
    ("settings", "secrets", "trouble", "said"),
    [
        ({}, {"api_key": "wrong"}, Trouble.AUTHENTICATION, "does not know us"),
        ({"user": "soc"}, {"password": "wrong"}, Trouble.AUTHENTICATION, "does not know us"),
        ({"user": "soc"}, {}, Trouble.SETTINGS, "needs a password"),
        ({"index": "missing"}, {"api_key": KEY}, Trouble.FOLDER, "not there"),
        ({"query": "{"}, {"api_key": KEY}, Trouble.SETTINGS, "no valid JSON"),
        ({"since": "yesterday"}, {"api_key": KEY}, Trouble.SETTINGS, "no day"),
    ],
)
def test_what_is_wrong_is_told(settings: dict[str, str], secrets: dict[str, str], trouble: Trouble, said: str) -> None:
    with serving(Cluster().answer) as web:
        source = configured(MANIFEST, **{"address": web.url, "index": "alerts-*", **settings})
        with pytest.raises(SourceFailed, match=said) as caught:
            Puller(ElasticsearchConnector(still), source, **secrets).once()
        assert caught.value.trouble is trouble
        assert said in tried(ElasticsearchConnector(still), source, **secrets)


def test_a_password_instead_of_a_key() -> None:
    with serving(lambda _asked: Reply(status=401)) as web, pytest.raises(SourceFailed):
        Puller(ElasticsearchConnector(still), cluster_source(web.url, user="soc"), password="pä:ss").once()
    assert web.asked[0].headers["Authorization"] == "Basic c29jOnDDpDpzcw=="


def test_a_test_counts_what_there_is() -> None:
    cluster = Cluster()
    cluster.add("one", 1)
    with serving(cluster.answer) as web:
        said = tried(ElasticsearchConnector(still), cluster_source(web.url), api_key=KEY)
    assert said == f"{web.url.removeprefix('http://')} has 1 alerts in alerts-* since 2026-11-13."
