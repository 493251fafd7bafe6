"""Stages 2 to 4 for stored items by rules that are only tried: parse and keys. Runs in worker processes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage_app.domain.conditions import Deferred, texts_of
from triage_app.domain.dedup import RuleName, RuleSet, keys_of
from triage_app.domain.extract import extract_all
from triage_app.domain.item import Form, ParsedItem
from triage_app.domain.item_fields import fields_of, recipients_of
from triage_app.domain.mapping import NO_MAPPINGS, Mappings
from triage_app.domain.observable import ObservableKind, OwnNames
from triage_app.domain.parsing import parse
from triage_app.services.analysis import MAX_SUBJECT, places
from triage_app.services.dedup_shapes import Reading, RuleReading
from triage_app.services.shapes import PendingItem

MAX_FIELD = 200
"""Characters of a field that are kept for comparing; a longer one keeps its beginning and the hash of the whole."""

MAX_FIELDS = 300
MAX_VALUES = 50

UNREADABLE = Reading(reason="It is neither a mail nor an alert that can be read.")


def read_items(
    items: Sequence[PendingItem],
    rule_sets: Sequence[RuleSet],
    own: OwnNames,
    mappings: Mappings = NO_MAPPINGS,
    *,
    fully: bool,
) -> tuple[Reading, ...]:
    """What each rule set sees in each item. Never raises for content.

    `fully` adds the parts of every rule of the first set, switched off or not, and all fields as text.
    """
    return tuple(_reading(item, rule_sets, own, mappings, fully=fully) for item in items)


def only_rule(rules: RuleSet, name: RuleName) -> RuleSet:
    """One rule of a set, switched on."""
    return RuleSet(tuple(replace(rule, enabled=True) for rule in rules.rules if rule.name == name), rules.config_id)


def _reading(
    item: PendingItem, rule_sets: Sequence[RuleSet], own: OwnNames, mappings: Mappings, *, fully: bool
) -> Reading:
    if item.form is Form.UNKNOWN:
        return UNREADABLE
    parsed = parse(item.content, item.form, near=item.received_at, mappings=mappings)
    fields = _fields(parsed, item, own)
    reading = Reading(
        subject=parsed.subject[:MAX_SUBJECT],
        event_at=parsed.event_at,
        severity=parsed.severity,
        keys=tuple(keys_of(rules, fields) for rules in rule_sets),
        recipients=recipients_of(parsed),
    )
    if not fully:
        return reading
    rules = rule_sets[0].rules if rule_sets else ()
    return replace(
        reading,
        rules=tuple(RuleReading(rule.name, rule.when(fields), rule.key(fields)) for rule in rules),
        fields=_as_text(fields),
    )


def _fields(parsed: ParsedItem, item: PendingItem, own: OwnNames) -> Mapping[str, object]:
    """As the intake sees them; observables are looked for only when a rule asks, since that takes most of the time."""
    found: dict[ObservableKind, tuple[str, ...]] = {}
    looked = False

    def observables(kind: ObservableKind) -> tuple[str, ...]:
        nonlocal looked
        if not looked:
            looked = True
            values: dict[ObservableKind, dict[str, None]] = {}
            for sighting in extract_all(places(parsed)):
                observable = sighting.observable
                if not own.is_own(observable):
                    values.setdefault(observable.kind, {})[observable.value] = None
            found.update((each, tuple(several)) for each, several in values.items())
        return found.get(kind, ())

    def deferred(kind: ObservableKind) -> Deferred:
        return Deferred(lambda: observables(kind))

    fields = dict(fields_of(parsed, source=item.source, received_at=item.received_at))
    for kind, name in _OBSERVABLES:
        fields[name] = deferred(kind)
    return fields


def _as_text(fields: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Fields that hold anything, the values of lists in one order."""
    found = []
    for name, value in fields.items():
        texts = texts_of(value)
        if texts and any(texts):
            found.append((name, _cut(", ".join(sorted(texts[:MAX_VALUES])))))
    return tuple(found[:MAX_FIELDS])


def _cut(text: str) -> str:
    if len(text) <= MAX_FIELD:
        return text
    whole = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{text[:MAX_FIELD]}… ({whole[:16]})"


_OBSERVABLES = tuple((kind, f"observable.{kind.value}") for kind in ObservableKind)
