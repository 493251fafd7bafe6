"""Pushed alerts: many posts in one go through the ledger and the normal decision."""

from collections import Counter
from collections.abc import Iterator, Sequence

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import AnalysisFailed, Cancelled, InvalidInput, StorageFailed
from triage_app.domain.item import Form, RawId, RawItem, digest
from triage_app.domain.pushed import pushed_alerts
from triage_app.domain.source import SourceName, checked_name
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.ports import Ports
from triage_app.services.push_commands import Post, PushAlerts, PushReport
from triage_app.services.result import Result
from triage_app.services.settling import settle
from triage_app.services.shapes import PendingItem
from triage_app.services.training import models_in_force

FOLDER = "api"
BATCH = 1_000
CHANGES = changed(ChangeKind.TICKETS_ADDED, ChangeKind.LEDGER)


def push_alerts(command: PushAlerts, ports: Ports, context: Context) -> Result[PushReport]:
    """Take posts: all of them are committed to the ledger together, then decided like any other item.

    Raises InvalidInput for a post that is no JSON, and nothing is taken then. What cannot be decided now, since no
    worker starts or the database is busy, stays pending: it is safe, and the next import goes on with it.
    """
    if command.keys and len(command.keys) != len(command.posts):
        raise InvalidInput("There must be a key for each post. Give as many keys as posts, or none.")
    source = checked_name(command.source)
    alerts = [pushed_alerts(post.encode("utf-8", "replace")) for post in command.posts]
    keys = [key or ports.chance() for key in command.keys or ("",) * len(alerts)]
    items = [
        item
        for key, contents in zip(keys, alerts, strict=True)
        for item in _items(source, digest(key.encode()), contents)
    ]
    models, _ = models_in_force(ports, context)
    received_at = ports.clock()
    with ports.storage.write() as uow:
        ids = uow.ledger.add(items, received_at)
    pending = [
        PendingItem(raw, item.source, item.form, item.content, received_at)
        for raw, item in zip(ids, items, strict=True)
        if raw is not None
    ]
    left = {each.id for each in pending}
    parked: set[RawId] = set()
    touched: set[TicketId] = set()
    try:
        for batch, analyses in ports.analyser.analyse(_batches(pending), models):
            rules = ports.rules.load()
            with ports.storage.write() as uow:
                touched |= settle(batch, analyses, uow, rules, ports.clock())
            left.difference_update(each.id for each in batch)
            parked.update(each.id for each, found in zip(batch, analyses, strict=True) if found.reason)
    except (AnalysisFailed, Cancelled, StorageFailed):
        context.publish(CHANGES)
    changes = ChangeSet(CHANGES.kinds | {ChangeKind.TICKETS_CHANGED}, frozenset(touched)) if touched else CHANGES
    return Result(PushReport(tuple(_reports(ids, [len(each) for each in alerts], parked, left))), changes)


def _items(source: SourceName, key: str, contents: Sequence[bytes]) -> Iterator[RawItem]:
    """One post's items. The same key and content at the same place is the same alert, sent again; of a key that was
    used for something else nothing is lost."""
    copies: Counter[str] = Counter()
    for content in contents:
        sha256 = digest(content)
        uid = f"{key}:{copies[sha256]}:{sha256}"
        copies[sha256] += 1
        yield RawItem(source, FOLDER, 0, uid, Form.ALERT, content, sha256, "pushed")


def _batches(pending: Sequence[PendingItem]) -> Iterator[Sequence[PendingItem]]:
    for start in range(0, len(pending), BATCH):
        yield pending[start : start + BATCH]


def _reports(
    ids: Sequence[RawId | None], counts: Sequence[int], parked: set[RawId], left: set[RawId]
) -> Iterator[Post]:
    start = 0
    for count in counts:
        mine = ids[start : start + count]
        start += count
        new = [each for each in mine if each is not None]
        yield Post(len(new), len(mine) - len(new), len(parked.intersection(new)), len(left.intersection(new)))
