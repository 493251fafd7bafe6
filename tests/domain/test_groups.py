"""Groups in memory."""

from datetime import UTC, datetime, timedelta

from triage_app.domain.deciding import decide
from triage_app.domain.dedup import Arrival, Group, RuleKey, RuleName, RuleSet
from triage_app.domain.groups import Groups
from triage_app.domain.item import RawId
from triage_app.domain.problems import Problems
from triage_app.domain.rule_tree import compile_rules
from triage_app.domain.ticket import Severity, TicketId

START = datetime(2026, 3, 4, tzinfo=UTC)
KEY = RuleKey(RuleName("r"), ("h",))


def rules(level: str = "comment") -> RuleSet:
    problems = Problems()
    entry = {"name": "r", "key": "a", "window": {"gap": "1m", "time": "received"}, "level": level}
    found = compile_rules({"rules": [entry]}, problems, lambda _path: (1, ""))
    assert problems.found == []
    return RuleSet(found, "test")


def arrival(number: int, *, ticket: int | None = None) -> Arrival:
    t = START + timedelta(seconds=number)
    return Arrival(RawId(number), START, t, Severity.LOW, (KEY,), ticket=None if ticket is None else TicketId(ticket))


def test_a_group_is_measured_by_the_time_that_its_rule_names() -> None:
    told: list[Group] = []
    book = Groups(rules(), told.append)
    opened = book.open(KEY, arrival(5), TicketId(1))
    joined = book.join(opened.id, arrival(9))
    assert (opened.first, joined.first, joined.last) == (
        *[START + timedelta(seconds=5)] * 2,
        START + timedelta(seconds=9),
    )
    assert told == [opened, joined]
    assert book.current(KEY.rule, KEY.values) == joined


def test_a_group_that_was_current_stays_in_the_book() -> None:
    book = Groups(rules())
    old = book.open(KEY, arrival(1), TicketId(1))
    new = book.open(KEY, arrival(2), TicketId(2))
    assert book.current(KEY.rule, KEY.values) == new
    assert book.all == {old.id: old, new.id: new}
    assert book.current(KEY.rule, ("other",)) is None


def test_applying_says_whether_there_is_a_ticket() -> None:
    for level, has_ticket in (("drop", False), ("comment", False), ("child", True), ("suggest", True)):
        book = Groups(rules(level))
        found = []
        for number in (1, 2):
            came = arrival(number)
            found.append(book.apply(decide(rules(level), came, book), came, TicketId(number)))
        assert found == [True, has_ticket]


def test_closed_and_set_apart_are_remembered() -> None:
    book = Groups(rules())
    group = book.open(KEY, arrival(1), TicketId(1))
    assert book.is_open(TicketId(1))
    book.close(TicketId(1))
    assert not book.is_open(TicketId(1))
    assert not book.are_apart(arrival(2, ticket=2), group)
    book.set_apart(TicketId(2), TicketId(1))
    assert book.are_apart(arrival(2, ticket=2), group)
    assert not book.are_apart(arrival(2), group)
