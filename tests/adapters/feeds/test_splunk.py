"""Splunk: a stub that keeps to the documented endpoints, runs searches by index time and keeps runs of saved ones."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest

from tests.pulling import Puller, at, configured, still, tried
from tests.web import Asked, Reply, serving
from triage_app.adapters.feeds.splunk import MANIFEST, SplunkConnector
from triage_app.domain.alerts import parse_alert
from triage_app.domain.errors import SourceFailed, Trouble

TOKEN = "eyJraWQiOiJzcGx1bmsuc2VjcmV0In0.e30.c2ln"
SPL = re.compile(r"search index=notable \| where _indextime>=(\d+) \| sort 0 _indextime \| head (\d+)", re.IGNORECASE)


@dataclass
class Run:
    sid: str
    minutes: float
    results: list[dict[str, Any]]
    done: Any = True
    scheduled: Any = "1"
    kept: bool = True
    ready: bool = True


@dataclass
class Indexer:
    events: list[dict[str, Any]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)
    busy: int = 0
    exact: bool = True

    def index(self, number: int, minutes: float, **fields: Any) -> None:
        """An event that was indexed so many minutes ago."""
        places = {"_bkt": "notable~12~6D3E49A0", "_cd": f"12:{number}"} if self.exact else {}
        self.events.append(
            {
                **places,
                "_indextime": str(int(at(minutes).timestamp())),
                "_raw": f"event {number}",
                "host": "h",
                **fields,
            }
        )

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Reply({"messages": [{"type": "WARN", "text": "call not properly authenticated"}]}, 401)
        if self.busy:
            self.busy -= 1
            return Reply({"messages": [{"type": "ERROR", "text": "The search was not run: quota"}]}, 503)
        path = unquote(asked.path)
        if (asked.method, path) == ("POST", "/services/search/v2/jobs/export"):
            return self._exported(asked)
        if (asked.method, path) == ("GET", "/servicesNS/-/-/saved/searches/Failed sign-ins/history"):
            return self._listed(asked)
        for run in self.runs:
            if (asked.method, path) == ("GET", f"/services/search/v2/jobs/{run.sid}/results") and run.kept:
                return self._results(run, asked)
        return Reply({"messages": [{"type": "FATAL", "text": "Unknown sid or object."}]}, 404)

    def _exported(self, asked: Asked) -> Reply:
        form = asked.form()
        assert (form["output_mode"], form["preview"], form["latest_time"]) == ("json", "false", "+1d")
        found = SPL.fullmatch(form["search"])
        if found is None:
            return Reply(json.dumps({"messages": [{"type": "FATAL", "text": "Unknown search command."}]}).encode())
        low, most = int(found[1]), int(found[2])
        assert form["index_earliest"] == str(low)
        assert int(form["earliest_time"]) == low - 7 * 86_400
        events = sorted((each for each in self.events if int(each.get("_indextime", low)) >= low), key=_indexed)[:most]
        rows: list[dict[str, Any]] = [{"preview": True, "offset": 0, "result": {"_raw": "half"}}]
        rows += [
            {"preview": False, "offset": place, "result": {**each, "_serial": str(place)}}
            for place, each in enumerate(events)
        ]
        rows += [{"messages": self.messages}] if self.messages else []
        rows.append({"preview": False, "lastrow": True})
        return Reply(b"\n".join(json.dumps(each).encode() for each in rows) + b"\n")

    def _listed(self, asked: Asked) -> Reply:
        assert asked.query == {"output_mode": "json", "count": "0"}
        entries = [
            {
                "name": run.sid,
                "published": at(run.minutes).isoformat(timespec="milliseconds"),
                "content": {"isDone": run.done, "isScheduled": run.scheduled},
            }
            for run in self.runs
        ]
        return Reply({"origin": "x", "entry": entries, "messages": []})

    def _results(self, run: Run, asked: Asked) -> Reply:
        low, most = int(asked.query["offset"]), int(asked.query["count"])
        if not run.ready:
            return Reply(b"", 204, {"Content-Length": "0"})
        found = run.results[low : low + most]
        return Reply({"preview": False, "init_offset": low, "messages": [], "results": found})


def _indexed(event: dict[str, Any]) -> int:
    return int(event.get("_indextime", 0))


def splunk(url: str, **settings: str) -> Puller:
    given = {"address": url, **({} if "saved_search" in settings else {"search": "index=notable"}), **settings}
    return Puller(SplunkConnector(still), configured(MANIFEST, **given), token=TOKEN)


def saved(url: str, **settings: str) -> Puller:
    return splunk(url, saved_search="Failed sign-ins", **settings)


def test_events_come_once_in_the_order_of_the_index() -> None:
    indexer = Indexer(busy=1)
    for number in range(23):
        indexer.index(number, 100 - number // 7)
    with serving(indexer.answer) as web:
        siem = splunk(web.url, page="5")
        siem.once()
        indexer.index(23, 1, _time="2026-11-20T01:00:00.000+00:00")
        siem.once()
    assert len(siem.contents()) == 24
    assert siem.taker.items[0].uid == "notable~12~6D3E49A0:12:0"
    assert json.loads(siem.contents()[-1])["_raw"] == "event 23"


@pytest.mark.parametrize("exact", [True, False])
def test_what_the_overlap_brings_again_is_known(exact: bool) -> None:
    indexer = Indexer(exact=exact)
    for number in range(4):
        indexer.index(number, 10 - number)
    with serving(indexer.answer) as web:
        siem = splunk(web.url)
        siem.once()
        indexer.events.pop(0)  # the numbers of the results move, their events do not
        siem.once()
    assert len(siem.contents()) == 4
    assert len(siem.taker.items) > 4


def test_an_id_of_its_own_goes_before_likeness() -> None:
    indexer = Indexer(exact=False)
    indexer.index(1, 5, event_id="A@@notable@@1")
    with serving(indexer.answer) as web:
        assert [item.uid for item in splunk(web.url).once()] == ["A@@notable@@1"]


def test_results_without_the_time_of_the_index_are_refused() -> None:
    indexer = Indexer(events=[{"user": "bob", "count": "5"}])
    with serving(indexer.answer) as web, pytest.raises(SourceFailed, match="without _indextime") as caught:
        splunk(web.url).once()
    assert caught.value.trouble is Trouble.SETTINGS


@pytest.mark.parametrize("kind", ["FATAL", "ERROR"])
def test_a_search_that_did_not_run_to_its_end_is_trouble(kind: str) -> None:
    indexer = Indexer(messages=[{"type": kind, "text": "Search peer idx2 is down"}])
    indexer.index(1, 5)
    with serving(indexer.answer) as web:
        siem = splunk(web.url)
        with pytest.raises(SourceFailed, match="idx2 is down"):
            siem.once()
        assert siem.taker.items == []
        indexer.messages = [{"type": "INFO", "text": "fine"}]
        assert len(siem.once()) == 1


@pytest.mark.parametrize("text", ["search index=notable", "Search index=notable", "index=notable"])
def test_a_search_may_say_that_it_is_one(text: str) -> None:
    with serving(Indexer().answer) as web:
        splunk(web.url, search=text).once()
    assert web.asked[0].form()["search"].lower().startswith("search index=notable | where")


def test_the_results_of_each_run_come_once() -> None:
    rows = [{"user": f"u{number}", "count": "5"} for number in range(5)]
    indexer = Indexer(
        runs=[
            Run("scheduler__admin__search_at_2", 20, rows[:1]),
            Run("scheduler__admin__search_at_1", 30, rows, done="1"),
            Run("running", 10, rows[:2], done=False),
            Run("by hand", 10, rows[:2], scheduled="0"),
            Run("nothing", 9, []),
            Run("not ready", 7, rows[:1], ready=False),
            Run("thrown away", 8, rows[:2], kept=False),
            Run("too old", 60 * 24 * 8, rows[:2]),
        ]
    )
    with serving(indexer.answer) as web:
        siem = saved(web.url, page="2")
        feed = siem.connector.open(siem.source, siem.secrets)
        taken = siem.taker.take(feed)
        assert [item.uid.rpartition("/")[2] for item in taken] == ["0", "1", "2", "3", "4", "0"]
        # when the long one ends, what was had is not asked for again
        before = len(web.asked)
        indexer.runs[2].done = indexer.runs[5].ready = True
        assert [item.uid for item in siem.taker.take(feed)] == ["running/0", "running/1", "not ready/0"]
        assert [unquote(asked.path).rsplit("/")[-2] for asked in web.asked[before:]] == [
            "Failed sign-ins",
            "running",
            "running",
            "thrown away",
            "not ready",
        ]
        feed.close()
        # and after a restart nothing is new
        siem.once()
    assert len(siem.contents()) == 9
    assert siem.taker.items[0].folder == "Failed sign-ins"


def test_a_result_says_which_search_found_it() -> None:
    indexer = Indexer(runs=[Run("sid1", 20, [{"user": "bob", "n": "5"}])])
    with serving(indexer.answer) as web:
        (item,) = saved(web.url).once()
    assert item.content == b'{"search_name":"Failed sign-ins","sid":"sid1","result":{"user": "bob", "n": "5"}}'
    assert parse_alert(item.content).fields["user.name"] == "bob"


@pytest.mark.parametrize(
    ("settings", "secrets", "said", "trouble"),
    [
        ({}, {"token": "wrong-token"}, "does not know us", Trouble.AUTHENTICATION),
        ({"user": "soc"}, {"password": "wrong"}, "does not know us", Trouble.AUTHENTICATION),
        ({}, {}, "has no token", Trouble.SETTINGS),
        ({"search": ""}, {"token": TOKEN}, "neither", Trouble.SETTINGS),
        ({"search": "index=notable | nonsense"}, {"token": TOKEN}, "Unknown search command", Trouble.SETTINGS),
        ({"saved_search": "a/b", "search": ""}, {"token": TOKEN}, "not there", Trouble.FOLDER),
        ({"saved_search": "a"}, {"token": TOKEN}, "both set", Trouble.SETTINGS),
    ],
)
def test_what_is_wrong_is_told(settings: dict[str, str], secrets: dict[str, str], said: str, trouble: Trouble) -> None:
    with serving(Indexer().answer) as web:
        source = configured(MANIFEST, **{"address": web.url, "search": "index=notable", **settings})
        with pytest.raises(SourceFailed, match=said) as caught:
            Puller(SplunkConnector(still), source, **secrets).once()
        assert caught.value.trouble is trouble
        assert said in tried(SplunkConnector(still), source, **secrets)


def test_a_test_runs_the_search_or_lists_the_runs() -> None:
    indexer = Indexer(runs=[Run("sid1", 20, [])])
    with serving(indexer.answer) as web:
        where = web.url.removeprefix("http://")
        one, other = splunk(web.url), saved(web.url)
        assert tried(one.connector, one.source, token=TOKEN) == (
            f"{where} ran the search; it finds nothing since 2026-11-13."
        )
        indexer.index(1, 5)
        assert "it finds alerts" in tried(one.connector, one.source, token=TOKEN)
        assert tried(other.connector, other.source, token=TOKEN) == (
            f"{where} keeps the results of 1 runs of Failed sign-ins."
        )
