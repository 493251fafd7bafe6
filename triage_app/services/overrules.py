"""Learning from overrules: where one more field tells the pairs that people took apart from those that they kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage_app.domain.dedup import Rule
from triage_app.domain.errors import InvalidRules
from triage_app.domain.item import RawId
from triage_app.domain.separating import FEWEST, Fields, Pair, advice_for, separating_field, with_key_part
from triage_app.services.context import Context
from triage_app.services.dedup_shapes import Draft, RuleFigures
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.shapes import JudgedPair, PendingItem

MOST_PAIRS = 100
"""Pairs of either sort that are looked at: the newest ones, so that a card comes at once."""

PAGE = 64


@dataclass(frozen=True, slots=True)
class Advice:
    """What a card offers: a sentence, and the rule's YAML with the field added; both empty where nothing is offered."""

    text: str = ""
    yaml: str = ""


def advise(rule: Rule, figures: RuleFigures, uow: UnitOfWork, ports: Ports, context: Context) -> Advice:
    """What the overrules of a rule teach, from the newest pairs whose items can still be read."""
    if figures.overruled < FEWEST:
        return Advice()
    judged = uow.duplicates.judged(rule.name, limit=MOST_PAIRS)
    fields = _fields_of({raw for pair in judged for raw in (pair.one, pair.other)}, uow, ports, context)
    found = separating_field(
        _pairs(judged, fields, overruled=True),
        _pairs(judged, fields, overruled=False),
        {part.field for part in rule.parts},
    )
    if found is None:
        return Advice()
    return Advice(
        advice_for(found, figures.overruled, max(figures.overruled, figures.matched - figures.groups)),
        _checked(with_key_part(rule.text, found.field), rule, found.field, ports),
    )


def _fields_of(raws: set[RawId], uow: UnitOfWork, ports: Ports, context: Context) -> dict[RawId, Fields]:
    items = []
    for raw in sorted(raws):
        stored = uow.ledger.get(raw)
        items.append(PendingItem(stored.id, stored.source, stored.form, stored.content, stored.received_at))
    pages = [items[start : start + PAGE] for start in range(0, len(items), PAGE)]
    found: dict[RawId, Fields] = {}
    for page, readings in ports.analyser.replay(pages, Draft((), fully=True)):
        context.cancel.check()
        for item, reading in zip(page, readings, strict=True):
            if not reading.reason:
                found[item.id] = dict(reading.fields)
    return found


def _pairs(judged: Sequence[JudgedPair], fields: dict[RawId, Fields], *, overruled: bool) -> list[Pair]:
    return [
        Pair(fields[pair.one], fields[pair.other])
        for pair in judged
        if pair.overruled is overruled and pair.one in fields and pair.other in fields
    ]


def _checked(yaml: str, rule: Rule, field: str, ports: Ports) -> str:
    """The changed rule, if it is one and has the field in its key: the change was made in its text."""
    if not yaml:
        return ""
    try:
        (changed,) = ports.rules.parse(f"rules:\n{yaml}").rules
    except (InvalidRules, ValueError):
        return ""
    added = changed.parts[-1].field == field and changed.parts[:-1] == rule.parts
    return yaml if added and changed.name == rule.name else ""
