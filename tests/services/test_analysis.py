"""Stages 2 to 6 for one item."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from triage_app.domain.dedup import RuleKey, RuleName, RuleSet
from triage_app.domain.item import Form, RawId
from triage_app.domain.labels import Dataset, Held, KeywordRule, ModelAnswer, ModelId, Score, Tier
from triage_app.domain.observable import Observable, ObservableKind, OwnNames
from triage_app.domain.parsing import parse
from triage_app.domain.problems import Problems
from triage_app.domain.rule_tree import compile_rules
from triage_app.services.analysis import Judge, analyse, model_text, places
from triage_app.services.shapes import PendingItem

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COLOURS = Dataset("colour", "Colour", ("Red", "Blue"), "Blue", keywords=(KeywordRule("Red", "cherry", 2.0),))

MAIL = b"""From: Maria <maria@example.com>
To: soc@example.com
Subject: a cherry
Content-Type: multipart/mixed; boundary=b

--b

see 203.0.113.9 and hxxp://evil[.]example/x
--b
Content-Disposition: attachment; filename=cherry.txt

https://hidden.example/in-the-attachment
--b--
"""


def pending(content: bytes, form: Form, reason: str = "") -> PendingItem:
    return PendingItem(RawId(1), "files", form, content, NOW, reason)


def test_a_mail_gives_all_that_its_ticket_needs() -> None:
    (found,) = analyse([pending(MAIL, Form.MAIL)], [Judge(COLOURS, None)], OwnNames.of(["example.com"]))
    assert (found.subject, found.sender, found.attachments) == ("a cherry", "maria@example.com", 1)
    seen = {(each.observable.value, each.where) for each in found.sightings}
    assert ("http://evil.example/x", "text") in seen
    assert ("https://hidden.example/in-the-attachment", "attachment") in seen
    assert ("maria@example.com", "header:from") in seen
    assert ("cherry.txt", "attachment:name") in seen
    assert Observable(ObservableKind.EMAIL, "maria@example.com") in found.own
    assert Observable(ObservableKind.IPV4, "203.0.113.9") not in found.own
    assert (found.predictions[0].label, found.predictions[0].tier) == ("Red", Tier.KEYWORD)
    assert "in-the-attachment" in found.search_text


def test_what_no_reader_knew_stays_parked_beside_what_is_read() -> None:
    items = [
        pending(b"\x89PNG", Form.UNKNOWN, "It is a picture."),
        pending(MAIL, Form.MAIL),
        pending(b"", Form.UNKNOWN),
    ]
    first, second, third = analyse(items, [], OwnNames.of())
    assert (first.code, first.reason) == ("unreadable", "It is a picture.")
    assert (second.code, second.subject) == ("", "a cherry")
    assert third.reason


def test_an_alert_without_a_year_is_of_the_year_of_its_arrival() -> None:
    line = b'{"raw": "<34>Nov 23 22:14:15 host su: failed", "format": "bsd-syslog"}'
    (found,) = analyse([pending(line, Form.ALERT)], [], OwnNames.of())
    assert found.event_at is not None
    assert (found.event_at.year, found.event_at.month) == (2026, 11)


def test_a_model_sees_the_fields_that_its_dataset_names() -> None:
    parsed = parse(MAIL, Form.MAIL)
    by_sender = Dataset("who", "Who", ("A",), "A", fields=("sender", "attachments"))
    assert model_text(parsed, by_sender).split() == ["maria", "example", "com", "cherry", "txt"]
    assert model_text(parsed, COLOURS).startswith("a cherry see 203 0 113 9")


def rules(*entries: Mapping[str, object]) -> RuleSet:
    problems = Problems()
    found = compile_rules({"rules": list(entries)}, problems, lambda _path: (1, ""))
    assert problems.found == []
    return RuleSet(found, "test")


def test_each_rule_says_what_it_sees_of_an_item() -> None:
    by_url = {"name": "by-url", "key": ["source", "observable.url"], "window": "forever", "level": "link"}
    by_mail = {"name": "by-mail", "key": "observable.email", "window": "forever", "level": "link", "missing": "group"}
    by_user = {"name": "by-user", "key": "user.name", "window": "forever", "level": "link"}
    off = by_url | {"name": "off", "enabled": False}
    (found,) = analyse(
        [pending(MAIL, Form.MAIL)], [], OwnNames.of(["example.com"]), rules(by_url, by_mail, by_user, off)
    )
    assert found.keys == (
        RuleKey(RuleName("by-url"), ("files", "http://evil.example/x, https://hidden.example/in-the-attachment")),
        RuleKey(RuleName("by-mail"), ("",)),  # the only address is one's own
    )
    assert found.recipients == {"soc@example.com"}


def test_without_rules_no_item_has_keys() -> None:
    (found,) = analyse([pending(MAIL, Form.MAIL)], [], OwnNames.of())
    assert found.keys == ()


def test_an_alert_has_no_recipients() -> None:
    (found,) = analyse([pending(b'{"title": "x", "to": "a@example.com"}', Form.ALERT)], [], OwnNames.of())
    assert found.recipients == frozenset()


def test_no_place_without_text_is_searched() -> None:
    assert all(text for _, text in places(parse(MAIL, Form.MAIL)))
    assert places(parse(b"", Form.MAIL)) == []


def test_equal_texts_get_equal_answers_whether_remembered_or_not() -> None:
    judge = Judge(COLOURS, None)
    texts = ["a cherry", "the sky", "a cherry", "cherry " * 200]
    assert (
        judge.predictions(texts)
        == judge.predictions(texts)
        == tuple(Judge(COLOURS, None).predictions([t])[0] for t in texts)
    )


class Certain:
    """A classifier that is always sure of the same label."""

    model_id = ModelId("certain-1")
    labels = ("Red", "Blue")

    def predict(self, texts: Sequence[str], *, count: int, explain_from: float | None) -> Sequence[ModelAnswer]:
        return [ModelAnswer((Score("Red", 0.95), Score("Blue", 0.05))[:count]) for _ in texts]

    def if_taught(
        self, text: str, label: str, others: Sequence[str], *, count: int
    ) -> Sequence[tuple[ModelAnswer, ModelAnswer] | None]:
        return [None for _ in others]


def test_a_judge_lets_a_suspended_label_only_be_suggested() -> None:
    assert Judge(COLOURS, Certain()).predictions(["x"])[0].label == "Red"
    (found,) = Judge(COLOURS, Certain(), ("Red",)).predictions(["x"])
    assert (found.label, found.tier, found.held) == ("Blue", Tier.DEFAULT, Held.PROMISE)
    assert found.best == Score("Red", 0.95)
