"""Why a ticket is a duplicate or not, and why two are the same or not, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from triage_app.domain.decision_words import span
from triage_app.domain.dedup import (
    Arrival,
    Group,
    GroupId,
    Level,
    Missing,
    Rule,
    RuleSet,
    joins,
    time_of,
)
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.dedup_queries import ExplainDedup, Explanation, FieldComparison, RuleExplanation
from triage_app.services.dedup_shapes import Draft, Link, Reading, RuleReading
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.shapes import PendingItem

MOST_REPEATS = 5
"""Merged repeats that are named."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A ticket's own item as the rules see it."""

    ticket: TicketId
    item: PendingItem
    reading: Reading


def explain(query: ExplainDedup, uow: UnitOfWork, ports: Ports, context: Context) -> Explanation:
    """What every rule in force, also one that is off, says of a ticket's own item, or of those of two tickets.

    Raises NotFound for a ticket that is not there, InvalidInput for twice the same, and InvalidState for one whose item
    cannot be read any more.
    """
    if query.other == query.id:
        raise InvalidInput("Name two different tickets to compare, or one to explain.")
    rules = ports.rules.load()
    tickets = [query.id] if query.other is None else [query.id, query.other]
    seen = _seen(tickets, uow, ports, context)
    if query.other is None:
        return Explanation(_decided(query.id, uow), tuple(_of_one(rules, each, seen[0], uow) for each in _rules(seen)))
    one, other = sorted(seen, key=lambda each: each.item.id)
    pairs = zip(one.reading.rules, other.reading.rules, strict=True)
    explained = tuple(_of_two(rules, here, there, one, other) for here, there in pairs if here.rule in rules.by_name)
    return Explanation(_between(query.id, query.other, uow), explained)


def _rules(seen: Sequence[_Seen]) -> Sequence[RuleReading]:
    return seen[0].reading.rules


def _seen(tickets: Sequence[TicketId], uow: UnitOfWork, ports: Ports, context: Context) -> list[_Seen]:
    items = []
    for ticket in tickets:
        uow.tickets.row(ticket)
        stored = uow.ledger.of_ticket(ticket)
        if not stored:
            raise InvalidState(f"Ticket {ticket} holds no item any more, so there is nothing to explain.")
        first = stored[0]
        items.append(PendingItem(first.id, first.source, first.form, first.content, first.received_at))
    draft = Draft((None,), fully=True)
    readings = list(chain.from_iterable(found for _, found in ports.analyser.replay([items], draft)))
    context.cancel.check()
    for ticket, reading in zip(tickets, readings, strict=True):
        if reading.reason:
            raise InvalidState(f"The item of ticket {ticket} cannot be read any more: {reading.reason}")
    return [_Seen(*each) for each in zip(tickets, items, readings, strict=True)]


def _of_one(rules: RuleSet, reading: RuleReading, seen: _Seen, uow: UnitOfWork) -> RuleExplanation:
    rule = rules.by_name[reading.rule]
    fields = tuple(
        FieldComparison(part.text, value, None, same=False)
        for part, value in zip(rule.parts, reading.values, strict=True)
    )
    return RuleExplanation(rule.name, reading.matches, fields, _verdict_of_one(rule, reading, seen, uow))


def _verdict_of_one(rule: Rule, reading: RuleReading, seen: _Seen, uow: UnitOfWork) -> str:
    out = _out(rule, reading)
    if out:
        return out
    values = tuple(value or "" for value in reading.values)
    group = uow.duplicates.current(rule.name, values)
    if group is None:
        return "No group has this key yet."
    members = "it is the only one" if group.count == 1 else f"of {group.count} items, {_times(group)}"
    whose = "this ticket" if group.primary == seen.ticket else f"ticket {group.primary}"
    return f"Its key's current group begins with {whose}: {members}."


def _of_two(rules: RuleSet, here: RuleReading, there: RuleReading, one: _Seen, other: _Seen) -> RuleExplanation:
    rule = rules.by_name[here.rule]
    fields = tuple(
        FieldComparison(part.text, first, second, same=first == second and first is not None)
        for part, first, second in zip(rule.parts, here.values, there.values, strict=True)
    )
    verdict = _verdict_of_two(rule, here, there, one, other)
    return RuleExplanation(rule.name, here.matches and there.matches, fields, verdict)


def _verdict_of_two(rule: Rule, here: RuleReading, there: RuleReading, one: _Seen, other: _Seen) -> str:
    """What the rule would say if the second came right after the first."""
    for reading, seen in ((here, one), (there, other)):
        out = _out(rule, reading)
        if out:
            return out if not rule.enabled else f"Ticket {seen.ticket}: {out}"
    differing = [
        part.text for part, first, second in zip(rule.parts, here.values, there.values, strict=True) if first != second
    ]
    if differing:
        return f"Not the same: {', '.join(differing)} {'differ' if len(differing) > 1 else 'differs'}."
    first, second = _arrival(one), _arrival(other)
    begun = time_of(first, rule.window)
    at = time_of(second, rule.window)
    values = tuple(value or "" for value in here.values)
    group = Group(GroupId(0), rule.name, values, begun, begun, 1, one.ticket)
    apart = span(at - begun)
    if joins(rule.window, group, at):
        level = (rule.levels or {}).get(second.severity, rule.level)
        return f"The same, {apart} apart: ticket {other.ticket} after {one.ticket} is a {level}."
    return (
        f"The same key, {apart} apart: too far for its window by themselves; items in between can join them in one "
        "group."
    )


def _out(rule: Rule, reading: RuleReading) -> str:
    """Why a rule takes no part; "" where it does."""
    if not rule.enabled:
        return "The rule is off."
    if not reading.matches:
        return "Its `when` does not match."
    missing = [part.text for part, value in zip(rule.parts, reading.values, strict=True) if value is None]
    if missing and rule.missing is not Missing.GROUP:
        so = (
            "the rule is skipped"
            if rule.missing is Missing.SKIP
            else "it is never a duplicate by this rule or a later one"
        )
        return f"{', '.join(missing)} missing: {so}."
    return ""


def _arrival(seen: _Seen) -> Arrival:
    reading = seen.reading
    return Arrival(seen.item.id, reading.event_at, seen.item.received_at, reading.severity, ())


def _times(group: Group) -> str:
    return f"{group.first:%Y-%m-%d %H:%M:%S} to {group.last:%Y-%m-%d %H:%M:%S} UTC"


def _decided(ticket: TicketId, uow: UnitOfWork) -> tuple[str, ...]:
    """What was decided when it came in, and since."""
    links = uow.duplicates.links(ticket)
    found = [sentence for link in links if link.other == ticket for sentence in _linked(link)]
    under = sum(link.primary == ticket and link.level is not Level.SUGGEST for link in links)
    if under:
        found.append(f"{under} {'ticket is' if under == 1 else 'tickets are'} linked under it.")
    repeats = uow.duplicates.repeats(ticket, limit=MOST_REPEATS)
    found += [
        f"Item {each.raw} of {each.source} was merged into it by rule {each.rule}, {each.at:%Y-%m-%d %H:%M:%S} UTC."
        for each in repeats
    ]
    return tuple(found) or ("No rule found an earlier ticket that is the same, so it became a ticket of its own.",)


def _between(one: TicketId, other: TicketId, uow: UnitOfWork) -> tuple[str, ...]:
    found = [
        sentence
        for link in uow.duplicates.links(one)
        if {link.primary, link.other} == {one, other}
        for sentence in _linked(link)
    ]
    memory = uow.duplicates.memory(one, other)
    if memory is not None:
        said = "are not the same" if memory.apart else "are the same"
        found.append(f"{memory.by} said that they {said}, {memory.at:%Y-%m-%d %H:%M:%S} UTC.")
    firsts = {ticket: above.primary for ticket in (one, other) if (above := uow.duplicates.above(ticket)) is not None}
    if len(firsts) == 2 and firsts[one] == firsts[other]:
        found.append(f"Both are linked under ticket {firsts[one]}.")
    return tuple(found) or ("Nothing links them.",)


def _linked(link: Link) -> list[str]:
    by = f"rule {link.rule}" if link.rule is not None else link.by
    return [f"Ticket {link.other} was linked to ticket {link.primary} as {link.level} by {by}.", *link.reasons]
