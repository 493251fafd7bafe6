"""Lines as alerts, and which of them a source wants."""

import pytest

from triage_app.adapters.feeds.tail_alerts import Alerts, Only
from triage_app.adapters.feeds.tail_lines import Batch, Line
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form
from triage_app.domain.source import Source, SourceName


def source(only: str) -> Source:
    return Source(SourceName("ids"), "tail", {"only": only})


@pytest.mark.parametrize(
    ("only", "row", "taken"),
    [
        ("", b'{"a": 1}', True),
        ("event_type=alert", b'{"event_type": "alert"}', True),
        ("event_type=alert", b'{"event_type": "flow"}', False),
        ("event_type=alert", b'{"type": "alert"}', False),
        ("event_type = alert\n\nevent_type=anomaly", b'{"event_type": "anomaly"}', True),
        ("a=1\nb=2", b'{"a": 1, "b": 3}', False),
        ("a=1\nb=2", b'{"a": 1, "b": 2}', True),
        ("rule.level=12", b'{"rule": {"level": 12}}', True),
        ("rule.level=12", b'{"rule.level": "12"}', True),
        ("rule.groups=pci", b'{"rule": {"groups": ["ssh", "pci"]}}', True),
        ("rule.groups=pci", b'{"rule": {"groups": ["ssh"]}}', False),
        ("blocked=true", b'{"blocked": true}', True),
        ("name=a=b", b'{"name": "a=b"}', True),
        ("name=", b'{"name": ""}', True),
        ("score=1", b'{"score": NaN}', True),
    ],
)
def test_lines_that_are_wanted(only: str, row: bytes, taken: bool) -> None:
    assert Only.of(source(only)).takes(row) is taken


@pytest.mark.parametrize("only", ["alert", "=alert"])
def test_a_filter_that_says_nothing_is_refused(only: str) -> None:
    with pytest.raises(SourceFailed, match=rf"only = {only} is not NAME=VALUE") as caught:
        Only.of(source(only))
    assert caught.value.trouble is Trouble.SETTINGS


def test_what_is_left_out_is_counted_and_what_cannot_be_read_is_never_left_out() -> None:
    rows = (b'\xef\xbb\xbf{"t": 1}', b'{"t": 2}', b"", b"plain", b'{"t": 1}\r', b'{"t": 3')
    lines = tuple(Line(offset, row, cut=row.endswith(b"3")) for offset, row in enumerate(rows))
    asked = source("t=1")
    items, skipped = Alerts(asked, Only.of(asked), 7).of(Batch(lines, 99), "/log.1", "/log", 255)
    assert skipped == 1
    assert [(item.uid, item.content) for item in items] == [
        ("00000000000000ff:0", b'{"t": 1}'),
        ("00000000000000ff:3", b"plain"),
        ("00000000000000ff:4", b'{"t": 1}'),
        ("00000000000000ff:5", b'{"t": 3'),
    ]
    assert [item.form for item in items] == [Form.ALERT, Form.UNKNOWN, Form.ALERT, Form.UNKNOWN]
    assert items[-1].reason == "The line is longer than 7 bytes. Its beginning is kept."
    assert (items[0].folder, items[0].origin) == ("/log", "/log.1 byte 0")
