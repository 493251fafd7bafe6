"""Trying rules without writing anything: a replay of stored items or files, and the gaps that a window is made from."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from triage_app.domain import simulating
from triage_app.domain.dedup import Arrival, RuleName, RuleSet, WindowKind, time_of
from triage_app.domain.durations import duration_of
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.gaps import SETTINGS, groups_of, histogram
from triage_app.domain.item import RawId, RawItem
from triage_app.domain.ledger import total
from triage_app.services.context import Context, Progress
from triage_app.services.dedup_queries import (
    DesignWindow,
    GapCount,
    GapReport,
    GapSetting,
    SimulateDedup,
    SimulatedGroup,
    SimulatedRule,
    Simulation,
)
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.shapes import PendingItem

PAGE_ITEMS = 512
PAGE_BYTES = 4_000_000
"""What is read at once, so that memory stays flat whatever the size of the mails."""

ALL = "all"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RuleText:
    """Rules with the text that they come from, which is what workers are told; None for those in force."""

    rules: RuleSet
    text: str | None


def simulate(query: SimulateDedup, uow: UnitOfWork, ports: Ports, context: Context) -> Simulation:
    """Replay rules over stored items in the order in which they came in, or over files as an import would read them.

    First tickets stay open meanwhile and what people said about pairs is left out, as in a new workspace. Items that
    cannot be read are no items here. Raises InvalidRules, InvalidInput for a time that is none, and NotFound for a path
    that is not there.
    """
    today = RuleText(ports.rules.load(), None)
    draft = tried_rules(query.rules, ports)
    is_other = draft.rules.config_id != today.rules.config_id
    pages, number = _pages(query.paths, query.since, uow, ports, context)
    tried = simulating.Simulation(draft.rules)
    known = simulating.Simulation(today.rules, samples=0)
    texts = (draft.text, today.text) if is_other else (draft.text,)
    for item, reading in readings(pages, Draft(texts), number, ports, context):
        tried.take(arrival_of(item, reading, 0), reading.subject)
        if is_other:
            known.take(arrival_of(item, reading, 1), "")
    effect = tried.effect()
    return Simulation(
        items=effect.items,
        tickets=effect.tickets,
        saved=effect.saved,
        today=known.effect().tickets if is_other else effect.tickets,
        by_rule=tuple(
            SimulatedRule(each.rule, each.level, each.matched, each.groups, each.saved) for each in effect.by_rule
        ),
        group_count=effect.group_count,
        groups=tuple(
            SimulatedGroup(each.rule, each.key, each.count, each.first, each.last, each.sample)
            for each in effect.groups
        ),
        hidden=tuple((severity.word, count) for severity, count in effect.hidden),
        novel=effect.novel,
    )


def design_window(query: DesignWindow, uow: UnitOfWork, ports: Ports, context: Context) -> GapReport:
    """Gaps for each key of a rule, whether it is on or off, and the groups that each gap setting would yield.

    The settings keep the rule's longest life and highest count. Raises InvalidRules, and NotFound for a rule that is
    not there.
    """
    tried = tried_rules(query.rules, ports)
    rule = tried.rules.by_name.get(RuleName(query.rule))
    if rule is None:
        raise NotFound(f"There is no rule named {query.rule!r}. `dedup rules` lists them.")
    pages, number = _pages((), query.since, uow, ports, context)
    arrivals: dict[tuple[str, ...], array[int]] = {}
    items = 0
    for item, reading in readings(pages, Draft((tried.text,), only=rule.name), number, ports, context):
        for key in reading.keys[0]:
            if not key.never:
                at = time_of(arrival_of(item, reading, 0), rule.window)
                arrivals.setdefault(key.values, array("q")).append((at - _EPOCH) // _MICROSECOND)
                items += 1
    settings = {timedelta(seconds=each) for each in SETTINGS}
    if rule.window.kind is WindowKind.GAP:
        settings.add(rule.window.gap)
    yielded = []
    for gap in sorted(settings):
        context.cancel.check()
        yielded.append(GapSetting(gap.total_seconds(), groups_of(arrivals.values(), gap, rule.window)))
    buckets = histogram(arrivals.values())
    return GapReport(
        rule=rule.name,
        items=items,
        keys=len(arrivals),
        histogram=tuple(GapCount(float(each.low), float(each.high), each.count) for each in buckets),
        settings=tuple(yielded),
    )


def tried_rules(text: str | None, ports: Ports) -> RuleText:
    """The rules of a draft, or those in force; raises InvalidRules."""
    return RuleText(ports.rules.load() if text is None else ports.rules.parse(text), text)


def readings(
    pages: Iterator[Sequence[PendingItem]], draft: Draft, number: int, ports: Ports, context: Context
) -> Iterator[tuple[PendingItem, Reading]]:
    """Each item that can be read, with what the draft's rules see in it; `number` is how many there are, 0 if unknown.

    Tells progress and stops where that was asked for, after each page.
    """
    done = 0
    for page, found in ports.analyser.replay(pages, draft):
        context.cancel.check()
        for item, reading in zip(page, found, strict=True):
            if not reading.reason:
                yield item, reading
        done += len(page)
        context.progress(Progress(done, number, "items replayed"))


def arrival_of(item: PendingItem, reading: Reading, place: int) -> Arrival:
    """What a decision by the rule file at `place` of the draft needs to know of an item."""
    return Arrival(
        raw=item.id,
        event_at=reading.event_at,
        received_at=item.received_at,
        severity=reading.severity,
        keys=reading.keys[place],
        recipients=reading.recipients,
    )


def since_of(text: str, now: datetime) -> datetime | None:
    """The time that "7d" or "12h" before now means; None for "all". Raises InvalidInput."""
    if text.strip().lower() == ALL:
        return None
    duration = duration_of(text)
    if duration is None:
        raise InvalidInput(f"{text[:60]!r} is no span of time. Write it as 7d, 12h or 30m, or `{ALL}`.")
    return now - duration


def _pages(
    paths: Sequence[str], since: str, uow: UnitOfWork, ports: Ports, context: Context
) -> tuple[Iterator[Sequence[PendingItem]], int]:
    """The items in pages, and how many there are at most, 0 if that is unknown."""
    if paths:
        found = chain.from_iterable([ports.files.read(path) for path in paths])
        return _read(found, context), 0
    begin = since_of(since, context.now)
    if begin is not None:
        return _stored(begin, uow, context), 0
    balance = total(uow.ledger.balance(), "")
    return _stored(None, uow, context), balance.ticketed + balance.merged + balance.pending


def _stored(since: datetime | None, uow: UnitOfWork, context: Context) -> Iterator[Sequence[PendingItem]]:
    after: RawId | None = None
    while True:
        context.cancel.check()
        page = uow.ledger.replay(since, after=after, limit=PAGE_ITEMS, most_bytes=PAGE_BYTES)
        if not page:
            return
        after = page[-1].id
        yield page


def _read(items: Iterator[RawItem], context: Context) -> Iterator[Sequence[PendingItem]]:
    """Each item once, as an import into an empty workspace would take them."""
    known: set[tuple[str, str, int, str]] = set()
    page: list[PendingItem] = []
    held = 0
    for item in items:
        identity = (item.source, item.folder, item.uid_validity, item.uid)
        if item.reason or identity in known:
            continue
        known.add(identity)
        page.append(PendingItem(RawId(len(known)), item.source, item.form, item.content, context.now))
        held += len(item.content)
        if len(page) >= PAGE_ITEMS or held >= PAGE_BYTES:
            context.cancel.check()
            yield page
            page, held = [], 0
    if page:
        yield page
