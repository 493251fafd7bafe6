"""The queue as Qt sees it: an array of ids in the order of the database, and a cache of the rows looked at."""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from time import perf_counter
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import Status, TicketId, TicketRow, similar_of
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Lane
from triage_app.services.context import CancelToken
from triage_app.services.queries import GetTicketRows, ListTicketIds

PAGE = 128
FIRST = 256
CACHED_ROWS = 64 * PAGE
# At most so many pages are fetched in one go; what was scrolled past meanwhile is forgotten.
PAGES_AT_ONCE = 3
LIST_AFTER_MS = 80
SLOWEST_REFRESH_MS = 5000
FASTEST_REFRESH_MS = 150
COPIED_AT_ONCE = 65_536
SOME_IDS = 64

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Column(IntEnum):
    """The columns of the queue, from left to right."""

    CATEGORY = 0
    CONFIDENCE = 1
    SUBJECT = 2
    SENDER = 3
    DUPLICATES = 4
    SIMILAR = 5
    SEVERITY = 6
    AGE = 7


TITLES = ("Category", "Confidence", "Subject", "Sender", "\u00d7", "~", "Severity", "Age")
SHORT_TITLES = {Column.CONFIDENCE: "Conf.", Column.SEVERITY: "Sev."}
TIPS = (
    "The category of the ticket",
    "How sure the suggestion is; a check mark says that a person has reviewed it",
    "The subject of the mail or the name of the alert",
    "Who or what it came from",
    "How many repeats are merged into or linked under the ticket",
    "How many other tickets are similar: open / past",
    "How bad the source says it is",
    "How long ago it came in",
)
SORT_KEYS = ("category", "confidence", "subject", "sender", "duplicates", "similar", "severity", "age")
# A first click sorts so that what matters most is on top.
DESCENDING_FIRST = frozenset({"confidence", "duplicates", "similar", "severity"})


@dataclass(frozen=True, slots=True)
class Which:
    """What the queue shows: a view, words to search for, and a sort key of `ListTicketIds`."""

    view: str = "inbox"
    query: str = ""
    sort: str = "age"


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first ids of a view, how many there are in all (or more, where not `exact`), and the rows of the first
    page.
    """

    total: int
    exact: bool
    ids: "array[int]"
    rows: tuple[TicketRow, ...]


class TicketTable(QAbstractTableModel):
    """Rows are ids; a row's content is fetched by page in a thread and is None until it is there.

    `shown` follows each change of view, search or sort once its first page can be painted; `failed` where it cannot.
    """

    shown = Signal()
    failed = Signal(object)
    listed = Signal()
    rows_came = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.which = Which()
        self.loading = False
        self.exact = True
        self._ids: array[int] = array("q")
        self._total = 0
        self._rows: OrderedDict[int, TicketRow] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._fetching = False
        self._listing = False
        self._relist = False
        self._list_ms = 0.0
        self.repeats_seen = False
        self.similar_seen = ""
        self._want_timer = self._timer(0, self._fetch)
        self._refresh_timer = self._timer(FASTEST_REFRESH_MS, self.refresh)

    def _timer(self, interval: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    # -- what Qt asks --------------------------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """How many tickets the view holds, those included whose ids are still to come."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text for tooltips, for copying and for screen readers; the delegate paints from `row_at`."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self.row_at(index.row())
        if row is None:
            return "Loading" if role == Qt.ItemDataRole.DisplayRole else None
        column = Column(index.column())
        return self._text(row, column) if role == Qt.ItemDataRole.DisplayRole else self._tip(row, column)

    def _text(self, row: TicketRow, column: Column) -> str:
        match column:
            case Column.CATEGORY:
                return row.category
            case Column.CONFIDENCE:
                return "reviewed" if row.reviewed else wording.percent(row.confidence)
            case Column.SUBJECT:
                return row.subject or "(no subject)"
            case Column.SENDER:
                return row.sender
            case Column.DUPLICATES:
                return wording.count(row.duplicates)
            case Column.SIMILAR:
                return wording.similar(row.similar_open or 0, row.similar_past or 0) if similar_of(row) else ""
            case Column.SEVERITY:
                return row.severity.word
            case Column.AGE:
                return wording.age(row.received_at, self._desk.now())

    def _tip(self, row: TicketRow, column: Column) -> str | None:
        if column is Column.AGE:
            came = f"Came in {wording.exact(row.received_at)}"
            return f"{came}\nHappened {wording.exact(row.event_at)}" if row.event_at else came
        if column is Column.SUBJECT:
            line = f"{wording.first_line(row.subject, 300)}\n{row.source} \u00b7 ticket {row.id}"
            back = comes_back(row, self._desk.now())
            return f"{line}\n{back[0].upper()}{back[1:]}" if back else line
        if column is Column.CONFIDENCE:
            return "Reviewed by a person" if row.reviewed else f"Suggested {row.tier} {wording.percent(row.confidence)}"
        if column is Column.SIMILAR:
            similar = similar_of(row)
            return wording.similar_in_words(row.similar_open or 0, row.similar_past or 0) if similar else None
        return self._text(row, column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (Column.DUPLICATES, Column.SIMILAR, Column.AGE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    # -- what the views ask --------------------------------------------------------------------------------------

    def row_at(self, place: int) -> TicketRow | None:
        """The ticket at a place, or None while it is on its way."""
        if not 0 <= place < len(self._ids):
            return None
        ticket = self._ids[place]
        row = self._rows.get(ticket)
        if row is None or ticket in self._stale:
            self._want(place // PAGE)
        return row

    def id_at(self, place: int) -> TicketId | None:
        """The ticket's id at a place, or None where it is not known yet."""
        return TicketId(self._ids[place]) if 0 <= place < len(self._ids) else None

    def place_of(self, ticket: TicketId) -> int:
        """Where a ticket stands, or -1."""
        try:
            return self._ids.index(ticket)
        except ValueError:
            return -1

    @property
    def complete(self) -> bool:
        """Whether the ids of the whole view are there."""
        return len(self._ids) == self._total

    def known(self, ticket: TicketId) -> TicketRow | None:
        """The row of a ticket if it is in the cache."""
        return self._rows.get(ticket)

    def remember(self, row: TicketRow) -> None:
        """Keep the row of a ticket that is looked at without being in this view."""
        self._keep((row,))

    # -- loading -------------------------------------------------------------------------------------------------

    def show(self, which: Which) -> None:
        """Show another view, search or sort: its first page, then the whole list. What is there stays until then."""
        self.which = which
        self.loading = True
        self._relist = False
        self._refresh_timer.stop()
        self._desk.jobs.start(
            "queue", Lane.ASK, lambda _p, cancel: self._first(which, cancel), self._show_first, failed=self._fail
        )

    def _first(self, which: Which, cancel: CancelToken) -> FirstPage:
        app = self._desk.app
        answer = app.ask(ListTicketIds(view=which.view, query=which.query, sort=which.sort, limit=FIRST), cancel=cancel)
        cancel.check()
        rows = app.ask(GetTicketRows(ids=tuple(answer.ids[:PAGE])), cancel=cancel).tickets
        return FirstPage(answer.total, answer.exact, _as_array(answer.ids), tuple(rows))

    def _show_first(self, page: FirstPage) -> None:
        self.loading = False
        self.beginResetModel()
        self._ids = page.ids
        self._total = max(page.total, len(page.ids))
        self.exact = page.exact
        self._stale.clear()
        self._keep(page.rows)
        self.endResetModel()
        self.shown.emit()
        if self._total > len(self._ids):
            # The first page is painted before the long list competes for the processor.
            self._refresh_timer.start(LIST_AFTER_MS)

    def _fail(self, error: TriageError) -> None:
        self.loading = False
        self.failed.emit(error)

    def refresh(self) -> None:
        """List the view again: tickets came, went or moved."""
        if self.loading:
            return
        if self._listing:
            self._relist = True
            return
        self._list()

    def _list(self) -> None:
        which = self.which
        begun = perf_counter()
        self._listing = True

        def work(_progress: Any, cancel: CancelToken) -> "array[int]":
            answer = self._desk.app.ask(
                ListTicketIds(view=which.view, query=which.query, sort=which.sort), cancel=cancel
            )
            return _as_array(answer.ids)

        def done(ids: "array[int]") -> None:
            self._list_ms = (perf_counter() - begun) * 1000
            self._listing = False
            if which == self.which and not self.loading:
                self._take(ids)
                if self._stale:
                    self._repaint()
            self._list_again()

        def failed(error: TriageError) -> None:
            self._listing = False
            if which == self.which:
                self.failed.emit(error)

        self._desk.jobs.start("queue-ids", Lane.ASK, work, done, failed=failed, replaces=False)

    def _list_again(self) -> None:
        if self._relist:
            self._relist = False
            self._refresh_soon()

    def _refresh_soon(self) -> None:
        if not self._refresh_timer.isActive():
            pause = min(SLOWEST_REFRESH_MS, max(FASTEST_REFRESH_MS, int(4 * self._list_ms)))
            self._refresh_timer.start(pause)

    def _take(self, ids: "array[int]") -> None:
        """Put a new list in force with as little movement as it allows."""
        self.exact = True
        old = self._ids
        if len(ids) == self._total and len(old) < self._total and ids[: len(old)] == old:
            self._ids = ids
            self._repaint()
            self.listed.emit()
            return
        head, tail = unchanged_ends(old, ids)
        gone, came = len(old) - head - tail, len(ids) - head - tail
        if len(old) != self._total or (gone and came):
            self._swap(ids)
        elif gone:
            self.beginRemoveRows(ROOT, head, head + gone - 1)
            self._ids, self._total = ids, len(ids)
            self.endRemoveRows()
        elif came:
            self.beginInsertRows(ROOT, head, head + came - 1)
            self._ids, self._total = ids, len(ids)
            self.endInsertRows()
        self.listed.emit()

    def _swap(self, ids: "array[int]") -> None:
        self.beginResetModel()
        self._ids, self._total = ids, len(ids)
        self.endResetModel()

    def leave(self, tickets: Sequence[TicketId]) -> None:
        """Take tickets out of the list at once, since a decision removed them; the next listing confirms it."""
        if len(self._ids) != self._total:
            return
        for ticket in tickets[:SOME_IDS]:
            place = self.place_of(ticket)
            if place >= 0:
                self.beginRemoveRows(ROOT, place, place)
                del self._ids[place]
                self._total -= 1
                self.endRemoveRows()
        self._refresh_soon()

    def take_changes(self, changes: ChangeSet) -> None:
        """Follow what a command changed: fetch the rows named, list again."""
        if not changes.kinds & {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED}:
            return
        if changes.tickets:
            self._stale |= changes.tickets & self._rows.keys()
            self._repaint()
        else:
            # The list that comes next is painted anyway, and what is painted is fetched.
            self._stale.update(self._rows)
        self._refresh_soon()

    # -- rows ----------------------------------------------------------------------------------------------------

    def _want(self, page: int) -> None:
        self._wanted[page] = None
        self._wanted.move_to_end(page)
        if not self._fetching and not self._want_timer.isActive():
            self._want_timer.start()

    def _fetch(self) -> None:
        if self._fetching or not self._wanted:
            return
        pages = list(reversed(self._wanted))[:PAGES_AT_ONCE]
        self._wanted.clear()
        ids = tuple(
            TicketId(ticket)
            for page in pages
            for ticket in self._ids[page * PAGE : (page + 1) * PAGE]
            if ticket not in self._rows or ticket in self._stale
        )
        if not ids:
            return
        self._fetching = True
        self._stale.difference_update(ids)
        self._desk.jobs.start(
            "queue-rows",
            Lane.ASK,
            lambda _progress, cancel: self._desk.app.ask(GetTicketRows(ids=ids), cancel=cancel).tickets,
            self._take_rows,
            failed=self._fetch_failed,
            replaces=False,
        )

    def _take_rows(self, rows: Sequence[TicketRow]) -> None:
        self._fetching = False
        news = any(self._rows.get(row.id) != row for row in rows)
        self._keep(rows)
        if news:
            self._repaint()
            self.rows_came.emit()
        if self._wanted:
            self._want_timer.start()

    def _fetch_failed(self, error: TriageError) -> None:
        self._fetching = False
        self.failed.emit(error)

    def _keep(self, rows: Sequence[TicketRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
            self.repeats_seen = self.repeats_seen or row.duplicates > 0
            similar = wording.similar(row.similar_open or 0, row.similar_past or 0) if similar_of(row) else ""
            self.similar_seen = max(self.similar_seen, similar, key=len)
        while len(self._rows) > CACHED_ROWS:
            ticket, _row = self._rows.popitem(last=False)
            self._stale.discard(ticket)

    def _repaint(self) -> None:
        if self._total:
            # Qt repaints what of this range is in sight.
            self.dataChanged.emit(self.index(0, 0), self.index(self._total - 1, len(Column) - 1))


def comes_back(row: TicketRow, now: datetime) -> str:
    """When a ticket comes back by itself, in words; empty where it does not."""
    if row.back_at is not None:
        return f"back {wording.coming(row.back_at, now)}"
    return "back when something changes" if row.status is Status.WAITING else ""


def _as_array(ids: Sequence[TicketId]) -> "array[int]":
    """A compact copy, made in steps so that the other threads are not kept waiting."""
    if isinstance(ids, array):
        return ids
    copy: array[int] = array("q")
    for start in range(0, len(ids), COPIED_AT_ONCE):
        copy.extend(ids[start : start + COPIED_AT_ONCE])
    return copy


def unchanged_ends(old: "array[int]", new: "array[int]") -> tuple[int, int]:
    """How many ids at the head and at the tail are the same in both lists; the two spans never overlap."""
    short = min(len(old), len(new))
    head = _same(old, new, short, from_end=False)
    tail = _same(old, new, short - head, from_end=True)
    return head, tail


def _same(old: "array[int]", new: "array[int]", limit: int, *, from_end: bool) -> int:
    """Compare by blocks of bytes, then within the block that differs."""
    block, same = 4096, 0
    while same < limit:
        step = min(block, limit - same)
        if from_end:
            a = old[len(old) - same - step : len(old) - same]
            b = new[len(new) - same - step : len(new) - same]
        else:
            a, b = old[same : same + step], new[same : same + step]
        if a.tobytes() == b.tobytes():
            same += step
        elif step == 1:
            break
        else:
            block = max(1, step // 2)
    return same
