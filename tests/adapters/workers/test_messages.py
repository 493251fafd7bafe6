import multiprocessing
import threading
from datetime import UTC, datetime

import pytest

from triage_app.adapters.workers.messages import (
    DIED,
    LARGE,
    STALLED,
    TOO_LARGE,
    Bounds,
    Done,
    Packed,
    receive_contents,
    send_request,
)
from triage_app.domain.dedup import RuleKey, RuleName
from triage_app.domain.item import Form, RawId
from triage_app.services.dedup_shapes import Reading
from triage_app.services.shapes import Analysis, PendingItem

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "part"), [(5.0, 2.0), (20.0, 8.0), (1.0, 1.0)])
def test_a_part_is_given_up_sooner_than_an_item(seconds: float, part: float) -> None:
    assert Bounds(seconds=seconds).part_seconds == part


def test_reasons_say_what_to_do_next() -> None:
    for failed in (STALLED, TOO_LARGE, DIED):
        assert "ook at the original" in failed.reason
        assert failed.code


def test_analyses_travel_packed_whatever_their_text() -> None:
    for subject in ("grüße", "\ud800 alone", ""):
        sent = (Analysis(subject=subject), Analysis(code="too_large", reason="x"))
        assert Packed.of(sent).open().analyses == sent


def test_readings_travel_packed_as_well() -> None:
    keys = ((RuleKey(RuleName("a"), ("x", "")),), ())
    readings = tuple(Reading(subject=text, keys=keys, recipients=frozenset({"b@x"})) for text in ("a", "\u00e4"))
    assert Packed.of(readings).open() == Done(readings)
    assert Packed.of((Reading(subject="\ud800"),)).open() == Done((Reading(subject="\ud800"),))
    assert Packed.of(()).open() == Done(())


def test_large_contents_travel_apart_and_arrive_in_their_place() -> None:
    # given a small, a large and another small item
    contents = (b"small", b"x" * (LARGE + 1), b"last")
    items = [PendingItem(RawId(n), "files", Form.MAIL, content, NOW) for n, content in enumerate(contents)]
    ours, theirs = multiprocessing.Pipe()
    sender = threading.Thread(target=send_request, args=(ours, items, ()))
    sender.start()
    # when
    request = theirs.recv()
    assert [len(item.content) for item in request.items] == [5, 0, 4]
    arrived = receive_contents(theirs, request)
    sender.join()
    # then
    assert arrived.items == tuple(items)
