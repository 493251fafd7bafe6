"""What rules that are tried see in an item: the same as rules in force."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from triage_app.domain.conditions import texts_of
from triage_app.domain.dedup import KeyPart, Level, Missing, Rule, RuleKey, RuleName, RuleSet, Window, WindowKind
from triage_app.domain.item import Form, RawId
from triage_app.domain.observable import OwnNames
from triage_app.domain.ticket import Severity
from triage_app.services.analysis import analyse
from triage_app.services.dedup_shapes import Reading
from triage_app.services.replaying import MAX_FIELD, only_rule, read_items
from triage_app.services.shapes import PendingItem

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MAIL = (
    b"From: Eve <Eve@evil.example>\r\nTo: a@example.com, b@example.com\r\nSubject: CVE-2026-1234 on web\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@evil.example>\r\n\r\nsee http://evil.example/x\r\n"
)


def _always(_fields: Mapping[str, object]) -> bool:
    return True


def _never(_fields: Mapping[str, object]) -> bool:
    return False


def rule(
    name: str,
    *fields: str,
    when: Callable[[Mapping[str, object]], bool] = _always,
    enabled: bool = True,
    missing: Missing = Missing.SKIP,
) -> Rule:
    def key(values: Mapping[str, object]) -> tuple[str | None, ...]:
        return tuple(", ".join(texts_of(values.get(field))) or None for field in fields)

    parts = tuple(KeyPart(field, field) for field in fields)
    return Rule(
        RuleName(name), name, enabled, when, parts, key, Window(WindowKind.FOREVER), Level.LINK, missing=missing
    )


def read(*rule_sets: RuleSet, content: bytes = MAIL, form: Form = Form.MAIL, fully: bool = False) -> Reading:
    item = PendingItem(RawId(7), "files", form, content, NOW)
    (found,) = read_items([item], rule_sets, OwnNames.of(["example.com"]), fully=fully)
    return found


def test_each_rule_file_says_its_keys() -> None:
    one = RuleSet(
        (rule("a", "sender.domain"), rule("off", "subject", enabled=False), rule("b", "subject", when=_never)), "1"
    )
    other = RuleSet((rule("c", "user.name", missing=Missing.NEVER), rule("d", "user.name")), "2")
    found = read(one, other)
    assert found.keys == (
        (RuleKey(RuleName("a"), ("evil.example",)),),
        (RuleKey(RuleName("c"), ("",), never=True),),
    )
    assert (found.subject, found.severity, found.reason) == ("CVE-2026-1234 on web", Severity.UNKNOWN, "")
    assert found.event_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found.recipients == {"a@example.com", "b@example.com"}
    assert (found.rules, found.fields) == ((), ())


def test_an_intake_says_the_same_keys() -> None:
    names = ("observable.cve", "observable.url", "observable.domain", "observable.ipv6", "recipients", "body_hash")
    rules = RuleSet(tuple(rule(f"r{place}", name, missing=Missing.GROUP) for place, name in enumerate(names)), "1")
    own = OwnNames.of(["example.com"])
    for content, form in (
        (MAIL, Form.MAIL),
        (b'{"message": "from 192.0.2.7 for CVE-2026-9", "user": "a"}', Form.ALERT),
    ):
        (taken,) = analyse([PendingItem(RawId(7), "files", form, content, NOW)], [], own, rules)
        found = read(rules, content=content, form=form)
        assert found.keys == (taken.keys,)
        assert (found.recipients, found.event_at, found.severity) == (taken.recipients, taken.event_at, taken.severity)
    values = {str(key.rule): key.values[0] for key in read(rules).keys[0]}
    assert (values["r0"], values["r1"]) == ("CVE-2026-1234", "http://evil.example/x")
    assert (values["r2"], values["r3"]) == ("evil.example", "")


def test_all_of_it_where_that_is_asked_for() -> None:
    rules = RuleSet((rule("a", "subject", "user.name", enabled=False), rule("b", "subject", when=_never)), "1")
    found = read(rules, fully=True)
    assert [(each.rule, each.matches, each.values) for each in found.rules] == [
        ("a", True, ("CVE-2026-1234 on web", None)),
        ("b", False, ("CVE-2026-1234 on web",)),
    ]
    fields = dict(found.fields)
    assert (fields["sender.domain"], fields["recipients"]) == ("evil.example", "a@example.com, b@example.com")
    assert fields["observable.cve"] == "CVE-2026-1234"
    assert "references" not in fields
    assert all(fields.values())


def test_long_fields_are_cut_and_stay_different() -> None:
    one, other = (
        dict(read(content=json.dumps({"message": "x" * 900 + end}).encode(), form=Form.ALERT, fully=True).fields)
        for end in "ab"
    )
    longest = max(one.values(), key=len)
    assert len(longest) < MAX_FIELD + 30
    assert set(one.values()) != set(other.values())


def test_one_rule_alone_is_on_whatever_it_says() -> None:
    rules = RuleSet((rule("a", "subject"), rule("b", "subject", enabled=False)), "1")
    assert [(each.name, each.enabled) for each in only_rule(rules, RuleName("b")).rules] == [("b", True)]
    assert only_rule(rules, RuleName("c")).rules == ()


def test_what_cannot_be_read_says_why() -> None:
    assert read(form=Form.UNKNOWN, content=b"\0\1").reason.startswith("It is neither a mail nor an alert")
    for content in (b"", b"\0" * 100, b"{" * 10_000, b"From: " + b"<" * 10_000):
        for form in (Form.MAIL, Form.ALERT, Form.MSG):
            assert read(RuleSet((rule("a", "subject"),), "1"), content=content, form=form, fully=True).reason == ""
