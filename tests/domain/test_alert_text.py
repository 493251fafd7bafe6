import pytest

from triage_app.domain.alert_text import headline, tidy, wording
from triage_app.domain.item import FieldValue


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"rule.name": "R"}, "R"),
        ({"rule.name": "R", "source.ip": "1.1.1.1", "host.name": "h"}, "R — 1.1.1.1 on h"),
        (
            {"rule.name": "R", "source.ip": "1.1.1.1", "destination.ip": "::1", "destination.port": 22},
            "R — 1.1.1.1 → [::1]:22",
        ),
        ({"rule.name": "R", "destination.ip": "1.1.1.1"}, "R — to 1.1.1.1"),
        ({"rule.name": "R", "user.name": "u", "host.name": ("a", "b", "c")}, "R — u on a +2"),
        ({"rule.name": "R on h by u", "user.name": "u", "host.name": "h"}, "R on h by u"),
    ],
)
def test_headlines(fields: dict[str, FieldValue], expected: str) -> None:
    assert headline(fields) == expected


def test_text_reads_rule_then_message_then_what_is_known() -> None:
    text = wording(
        {
            "rule.name": "R",
            "message": "m",
            "source.ip": "1.1.1.1",
            "source.port": 5,
            "process.name": "p",
            "unknown": "x",
        }
    )

    assert text == "R\nm\nSource: 1.1.1.1 port 5\nProcess: p"


def test_tidy_makes_one_visible_line() -> None:
    assert tidy("a\r\n\tb\u202ec\u0000", 10) == "a b c"
    assert tidy("x" * 50, 10) == "x" * 9 + "…"
