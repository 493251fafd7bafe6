"""What all sources have in common that are asked over HTTP."""

import contextlib
import datetime as dt
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from tests.adapters.feeds.test_elasticsearch import Cluster, puller
from tests.adapters.net.test_http import shield
from tests.mailboxes import Taker
from tests.pulling import NOW, at, still
from tests.web import serving
from triage_app.adapters.feeds.pulled import (
    BEGINNING,
    LARGEST,
    PAGE_BYTES,
    Found,
    PulledFeed,
    Span,
    decoded,
    pause,
    strict_json,
)
from triage_app.adapters.net.http import Answer, Client
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.source import Cursor, Source, SourceName
from triage_app.services.context import CancelToken

HOUR = dt.timedelta(hours=1)


@dataclass
class Given:
    """Answers as they are given; an answer that is None is a failure."""

    all: list[Sequence[Found] | None]
    ordered: bool = True
    starts: list[dt.datetime] = field(default_factory=list)

    def answers(self, start: dt.datetime) -> Iterator[Sequence[Found]]:
        self.starts.append(start)
        for each in self.all:
            if each is None:
                raise SourceFailed(Trouble.NETWORK, "broken")
            yield each


def feed(asking: Given) -> PulledFeed:
    source = Source(SourceName("siem"), "given", {})
    return PulledFeed(source, "alerts", Client("http://localhost:9"), asking, Span(at(600), HOUR), still)


def found(uid: str, minutes: float | None = None, content: bytes = b"{}") -> Found:
    return Found(uid, None if minutes is None else at(minutes), content)


def position(taker: Taker) -> str:
    return taker.cursors["alerts"].position


def test_the_cursor_is_the_highest_time_and_the_overlap_is_asked_again() -> None:
    given = Given([[found("a", 200), found("b", 120)], [found("c", 150)]])
    taker = Taker()
    taker.take(feed(given))
    assert position(taker) == at(120).isoformat()
    taker.take(feed(given))
    assert given.starts == [at(600), at(180)]


def test_without_an_order_the_cursor_moves_when_all_have_come() -> None:
    given = Given([[found("a", 10)], None], ordered=False)
    taker = Taker()
    with pytest.raises(SourceFailed):
        taker.take(feed(given))
    assert (len(taker.items), taker.cursors) == (1, {})
    given.all[1] = [found("b", 90)]
    taker.take(feed(given))
    assert position(taker) == at(10).isoformat()


def test_the_cursor_never_goes_back_and_never_beyond_now() -> None:
    taker = Taker(cursors={"alerts": Cursor("alerts", 0, at(30).isoformat())})
    taker.take(feed(Given([[found("late", 80)]])))
    assert position(taker) == at(30).isoformat()
    taker.take(feed(Given([[found("skewed", -500)]])))
    assert position(taker) == NOW.isoformat()


def test_a_cursor_that_cannot_be_read_means_the_first_start() -> None:
    given = Given([[found("a", 10)]])
    Taker(cursors={"alerts": Cursor("alerts", 0, "?")}).take(feed(given))
    assert given.starts == [at(600)]


def test_what_was_met_is_brought_once_by_an_open_feed_and_forgotten_when_it_is_far_enough_back() -> None:
    given = Given([[found("old", 300), found("a", 50), found("a", 50)], [found("a", 50)]])
    taker, opened = Taker(), feed(given)
    assert [item.uid for item in taker.take(opened)] == ["old", "a", "a"]
    given.all = [[found("old", 300), found("a", 50), found("b", 1)]]
    assert [item.uid for item in taker.take(opened)] == ["old", "b"]


def test_alerts_without_a_time_are_known_as_long_as_they_are_offered() -> None:
    given = Given([[found("a"), found("b")]], ordered=False)
    taker, opened = Taker(), feed(given)
    taker.take(opened)
    given.all = [[found("b"), found("c")]]
    assert [item.uid for item in taker.take(opened)] == ["c"]
    assert taker.cursors == {}


def test_pages_are_bounded_in_number_and_bytes() -> None:
    many = [found(f"n{number}", 1) for number in range(1_100)]
    heavy = [found(f"h{number}", 1, b"x" * 900_000) for number in range(5)]
    taker = Taker()
    taker.take(feed(Given([many, heavy])))
    assert [len(page.items) for page in taker.pages] == [500, 500, 100, 2, 2, 1]
    assert all(sum(len(item.content) for item in page.items) <= PAGE_BYTES for page in taker.pages)


def test_one_that_is_too_large_is_parked_with_its_beginning_and_its_place() -> None:
    (item,) = Taker().take(feed(Given([[found("huge", 1, b"x" * (LARGEST + 1))]])))
    assert len(item.content) == BEGINNING
    assert "4,000,001 bytes" in item.reason
    assert "alerts on localhost:9, huge" in item.reason


def test_a_cancel_ends_it_between_two_answers() -> None:
    cancel = CancelToken()
    pages = feed(Given([[found("a", 2)], [found("b", 1)]])).pull({}, cancel)
    assert [item.uid for item in next(pages).items] == ["a"]
    cancel.cancel()
    assert list(pages) == []


def test_waiting_ends_with_a_cancel_or_in_time() -> None:
    pause(0, CancelToken())
    cancel = CancelToken()
    timer = threading.Timer(0.1, cancel.cancel)
    timer.start()
    began = time.monotonic()
    feed(Given([])).wait(60, cancel)
    assert time.monotonic() - began < 10
    timer.join()


@pytest.mark.parametrize("body", [b"<html>", b'{"uid": 1}', b"[" * 100_000, b'"\xff"'])
def test_an_answer_of_another_shape_is_told(body: bytes) -> None:
    with pytest.raises(SourceFailed, match=r"siem\.example\.org (did not )?answer") as caught:
        decoded(Answer(200, {}, body, "siem.example.org"), Cursor)
    assert caught.value.trouble is Trouble.PROTOCOL


@pytest.mark.parametrize(
    ("body", "strict"),
    [
        (b'{"a": 1.10, "b":2}', b'{"a": 1.10, "b":2}'),
        (b'{"a": "\\ud83d\\ude00"}', b'{"a": "\\ud83d\\ude00"}'),
        (b'{"a": "\\ud800", "b": "\xc3\xa9"}', '{"a": "?", "b": "é"}'.encode()),
        (
            b'{"a": NaN, "b": 1e999, "c": -Infinity}',
            b'{"a": "NaN", "b": 1e999, "c": "-Infinity"}'.replace(b"1e999", b'"1e999"'),
        ),
        (b'{"a": "\xff"}', '{"a": "\ufffd"}'.encode()),
        (b'\xef\xbb\xbf{"a": 1}', b'{"a": 1}'),
    ],
)
def test_one_alert_that_is_not_quite_json_does_not_keep_back_the_others(body: bytes, strict: bytes) -> None:
    assert strict_json(Answer(200, {}, body, "siem.example.org")) == strict


def test_a_private_authority_and_the_floor_of_tls_are_those_of_the_settings(tmp_path: Path) -> None:
    authority, cluster = trustme.CA(), Cluster()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    cluster.add("one", 1)
    with serving(cluster.answer, shield(authority.issue_cert("localhost"), tmp_path)) as web:
        siem = puller(web.url, ca_file=str(tmp_path / "ca.pem"))
        opened = siem.connector.open(siem.source, siem.secrets)
        assert len(siem.taker.take(opened)) == 1
        assert opened.tls == "TLS 1.3"
        opened.close()
        with pytest.raises(SourceFailed, match="not trusted here") as caught:
            puller(web.url).once()
    assert caught.value.trouble is Trouble.TLS


@pytest.mark.parametrize(
    ("address", "settings", "said"),
    [
        ("http://siem.example.org", {}, "without TLS"),
        ("siem.example.org", {}, "must be like"),
        ("https://soc:pw@siem.example.org", {}, "without a password"),
        ("https://siem.example.org", {"ca_file": "/nowhere.pem"}, "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_at_once(address: str, settings: dict[str, str], said: str) -> None:
    with pytest.raises(SourceFailed, match=said) as caught:
        puller(address, **settings).once()
    assert caught.value.trouble is Trouble.SETTINGS


@pytest.mark.parametrize("views", [True, False])
def test_whatever_ends_a_look_nothing_is_lost(views: bool) -> None:
    # given alerts that come while looks end in the middle, and are indexed up to 50 minutes late
    cluster, chance = Cluster(views=views), random.Random(7)
    with serving(cluster.answer) as web:
        siem = puller(web.url, page="3", overlap="3000")
        for round_ in range(60):
            for number in range(chance.randrange(5)):
                cluster.add(f"a{round_}-{number}", 120 - round_ + chance.choice((0, 0, 0, 10, 49)))
            cluster.broken_shards = chance.random() < 0.2
            with contextlib.suppress(SourceFailed, StopIteration):
                siem.pages_until(chance.randrange(1, 5))
        cluster.broken_shards = False
        siem.once()
    assert len(siem.contents()) == len(cluster.documents)
    assert len(cluster.documents) > 100


def test_every_alert_becomes_one_ticket_and_the_balance_is_even(tmp_path: Path) -> None:
    # given a source that is followed, opened anew each time, while alerts come, some of them indexed late
    cluster = Cluster()
    number = 0

    def come() -> None:
        nonlocal number
        for minutes in (number, number + 4):
            cluster.add(f"a{number}-{minutes}", 30 - number + minutes)
        cluster.broken_shards = number == 2
        number += 1

    come()
    with serving(cluster.answer) as web:
        balance, told = puller(web.url, page="2", overlap="3600").in_workspace(tmp_path, 6, come)
    # then the trouble of one time was told, and all are seen
    assert len(told) == 1
    assert "could not search all" in told[0]
    (line,) = balance.sources
    assert (line.seen, line.difference, line.pending, line.parked) == (12, 0, 0, 0)
