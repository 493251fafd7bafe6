import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.pushed import pushed_alerts

ALERTS = st.lists(st.dictionaries(st.text(), st.none() | st.integers() | st.text()), min_size=1, max_size=5)


@given(ALERTS)
def test_the_same_alerts_come_out_of_each_form(alerts: list[dict[str, object]]) -> None:
    forms = [json.dumps(alerts), json.dumps(alerts, indent=1), "\n".join(map(json.dumps, alerts))]
    for form in forms:
        assert [json.loads(each) for each in pushed_alerts(form.encode())] == alerts


def test_an_alert_is_kept_byte_for_byte() -> None:
    text = b'{ "a":1.0,\r\n "a": 2 }'
    assert pushed_alerts(b"\xef\xbb\xbf  " + text + b"\n") == (text,)
    assert pushed_alerts(b"[ " + text + b" , {} ]") == (text, b"{}")
    assert pushed_alerts(b'{"a":1}\n\n{"b": 2}\r\n') == (b'{"a":1}', b'{"b": 2}')


def test_an_empty_array_holds_nothing() -> None:
    assert pushed_alerts(b"[]") == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Nothing was sent"),
        (b" \n", "Nothing was sent"),
        (b"nonsense", "line 1"),
        (b'{"a": 1,\n "b": }', "line 2"),
        (b'[{"a": 1},\n{"b": 2},\n{"c"]', "line 3"),
        (b'{"a": 1}\n{"b": 2}\n{"c"', "line 3"),
        (b'{"a": 1}\n2\n', "line 2: an alert is a JSON object"),
        (b"7", "line 1: an alert is a JSON object"),
        (b"\n\n7", "line 3"),
        (b'[{"a": 1}, 2]', "Alert 2"),
        (b'{"a": 1}\n{"b": "\xff"}', "line 2: it is not UTF-8"),
        (b'{"a": NaN}', "line 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(body: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        pushed_alerts(body)
