"""The Sources screen: every live source, how it fares and what to do about it, and the form to add or change one."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.gui import operations, source_operations, source_wording, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.source_operations import Draft
from triage_app.gui.views.following import Following
from triage_app.gui.views.invitation import InvitationStrip
from triage_app.gui.views.source_detail import SourceDetail
from triage_app.gui.views.source_form import SourceForm
from triage_app.gui.views.state import StatePage
from triage_app.services.context import Progress
from triage_app.services.source_commands import SyncReport
from triage_app.services.source_queries import SourceKind, SourceKinds, SourceList, SourceRow

ROW = Qt.ItemDataRole.UserRole
LIST_PAGE, STATE_PAGE = 0, 1


class SourcesScreen(QWidget):
    """Sources on the left; on the right the one in hand, or a form."""

    said = Signal(str, bool)

    def __init__(self, desk: Desk, following: Following) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._following = following
        self._kinds: tuple[SourceKind, ...] = ()
        self._work: Job[Any] | None = None
        self._sign_in: Job[SourceRow] | None = None
        self.setAccessibleName("Sources")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.detail = SourceDetail(self._look)
        self.form = SourceForm(self._look)
        self.invitation = InvitationStrip(self._look)
        self.right = QStackedWidget()
        self.right.setAccessibleName("The source in hand")
        self.right.addWidget(self.detail)
        self.right.addWidget(self.form)
        self._build()
        self._connect()

    def _build(self) -> None:
        px = self._look.px
        title = QLabel("Sources")
        title.setFont(self._look.title)
        self.total = QLabel()
        self.total.setObjectName("second")
        self.toggle = QPushButton("Stop following")
        self.add = QPushButton("Add a source\u2026")
        self.add.setProperty("primary", True)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(12), px(8))
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addWidget(self.total, 1)
        top.addWidget(self.toggle)
        top.addWidget(self.add)
        self._build_list()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("Sources and the source in hand")
        left = QWidget()
        left.setAccessibleName("Sources")
        inset = QHBoxLayout(left)
        inset.setContentsMargins(px(18), 0, 0, 0)
        inset.addWidget(self.list)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.setSizes([px(640), px(480)])
        self.state = StatePage(self._look, "State of the sources")
        body = QWidget()
        body.setAccessibleName("Sources or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._build_progress())
        layout.addWidget(self.invitation)
        layout.addWidget(body, 1)

    def _build_progress(self) -> QWidget:
        px = self._look.px
        self.progress = QFrame()
        self.progress.setObjectName("note")
        self.progress.setAccessibleName("Taking in")
        self.progress_text = QLabel()
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName("Items are taken in")
        bar.setFixedHeight(px(6))
        self.stop = QPushButton("Cancel")
        self.stop.setAccessibleName("Cancel the fetch")
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(px(24), px(8), px(16), px(8))
        row.setSpacing(px(12))
        row.addWidget(self.progress_text)
        row.addWidget(bar, 1)
        row.addWidget(self.stop)
        self.progress.hide()
        return self.progress

    def _build_list(self) -> None:
        px = self._look.px
        self.list = QTreeWidget()
        self.list.setAccessibleName("Sources")
        self.list.setHeaderLabels(["Source", "State", "Last success", "Next try", "Seen"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.list.header()
        header.setAccessibleName("Columns of the sources")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 118), (2, 92), (3, 72), (4, 68)):
            header.resizeSection(column, px(width))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.list.headerItem().setTextAlignment(4, right)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda _now, _before: self._chosen())
        self.add.clicked.connect(self.ask_new)
        self.toggle.clicked.connect(self._toggle)
        self.stop.clicked.connect(self._cancel)
        self.detail.wanted.connect(self.do)
        self.invitation.cancel_wanted.connect(self._cancel_sign_in)
        self.form.test_wanted.connect(self._test_draft)
        self.form.save_wanted.connect(self._save)
        self.form.stop_wanted.connect(self._stop_work)
        self.form.left.connect(self._leave_form)
        self._following.listed.connect(self.show_sources)
        self._following.changed.connect(self._show_following)
        self._following.fetching.connect(self._show_progress)
        self._look.changed.connect(self._tint)

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read kinds and sources again."""
        source_operations.load_kinds(self._desk, self._take_kinds, self._fail)
        self._following.load()
        self._show_following()

    def _take_kinds(self, kinds: SourceKinds) -> None:
        self._kinds = kinds.kinds
        self.add.setEnabled(bool(self._kinds))

    def show_sources(self, listed: SourceList) -> None:
        """Show the sources as they are now; the one in hand stays."""
        chosen = self.current.name if self.current is not None else ""
        self.list.blockSignals(True)
        self.list.clear()
        now = self._desk.now()
        for row in listed.sources:
            item = QTreeWidgetItem(
                [
                    row.name,
                    source_wording.state(row, followed=self._following.running),
                    wording.age(row.last_success, now) if row.last_success is not None else source_wording.NEVER,
                    source_wording.until(row.next_try, now) if row.next_try is not None else source_wording.NEVER,
                    wording.count(row.seen),
                ]
            )
            item.setData(0, ROW, row)
            item.setToolTip(0, f"{row.name}: {row.title}")
            item.setToolTip(1, row.error)
            item.setTextAlignment(4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        place = next((n for n, row in enumerate(listed.sources) if row.name == chosen), 0)
        held = self.list.topLevelItem(place)
        if held is not None:
            self.list.setCurrentItem(held)
        self.list.blockSignals(False)
        self._tint()
        self._show_following()
        self._chosen(keep_form=True)
        self._page()

    def _page(self) -> None:
        if self.list.topLevelItemCount() or self.right.currentWidget() is self.form:
            self._stack.setCurrentIndex(LIST_PAGE)
            return
        self.state.say(
            "inbox",
            "No mailbox or feed is followed yet. Add one, and what it brings becomes tickets by itself.",
            (("Add a source", self.ask_new),) if self._kinds else (),
        )
        self._stack.setCurrentIndex(STATE_PAGE)

    def _tint(self) -> None:
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            row: SourceRow | None = item.data(0, ROW) if item is not None else None
            if item is not None and row is not None:
                name, token = source_wording.icon(row, followed=self._following.running)
                item.setIcon(1, self._look.icon(name, token))
                item.setForeground(1, self._look.colour("critical" if row.status == "failing" else "text"))

    def _show_following(self) -> None:
        following = self._following
        any_there = bool(following.sources and following.sources.sources)
        self.toggle.setVisible(any_there and following.here)
        self.toggle.setText("Stop following" if following.running else "Follow")
        line = source_wording.sources_line(following.sources, followed=following.running)
        self.total.setText(following.error or line)
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is not None:
                item.setText(1, source_wording.state(item.data(0, ROW), followed=following.running))
        self._tint()

    def _show_progress(self, progress: Progress | None) -> None:
        self.progress.setVisible(progress is not None)
        if progress is not None:
            self.progress_text.setText(f"{wording.count(progress.done)} {progress.what}\u2026")

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", error.message, (("Try again", self.load),))
        self._stack.setCurrentIndex(STATE_PAGE)

    @property
    def current(self) -> SourceRow | None:
        """The source in hand."""
        item = self.list.currentItem()
        row: SourceRow | None = item.data(0, ROW) if item is not None else None
        return row

    def _chosen(self, *, keep_form: bool = False) -> None:
        if keep_form and self.right.currentWidget() is self.form:
            return
        row = self.current
        if row is not None:
            followed = self._following.running
            self.detail.show_source(row, self._desk.now(), followed=followed, here=self._following.here)
        self._show_right(self.detail)

    def _show_right(self, page: QWidget) -> None:
        if self.right.currentWidget() is self.form and page is not self.form:
            self.form.forget()
        self.right.setCurrentWidget(page)

    # -- what can be done ----------------------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """Do something with the source in hand: pause, resume, sync, sign-in, test, change or remove."""
        row = self.current
        if row is None:
            return
        desk, name = self._desk, row.name
        if what == "pause":
            source_operations.pause(desk, name, lambda _row: self.said.emit(f"{name} is paused", True))
        elif what == "resume":
            source_operations.resume(desk, name, lambda _row: self.said.emit(f"{name} is followed again", False))
        elif what == "sync":
            self._sync(name)
        elif what == "sign-in":
            self._begin_sign_in(name)
        elif what == "test":
            self.detail.say(f"Connecting to {name}\u2026")
            self._work = source_operations.try_stored(desk, name, self.detail.show_tested, self.detail.show_error)
        elif what == "remove":
            source_operations.remove(
                desk, name, lambda _row: self.said.emit(f"{name} is removed; what it brought stays", True)
            )
        elif what == "change":
            self._ask_change(row)

    def _sync(self, name: str) -> None:
        """One that is followed is only woken, so that it is not connected to twice."""
        if self._following.running:
            source_operations.resume(self._desk, name, lambda _row: self.said.emit(f"{name} is asked now", False))
            return
        self._show_progress(Progress(0, 0, "items taken in"))
        self._work = source_operations.sync(self._desk, name, self._synced, self._unsynced, self._show_progress)

    def _synced(self, report: SyncReport) -> None:
        self._show_progress(None)
        self.said.emit(f"{wording.counted(report.new, 'new item', 'new items')} taken in", False)

    def _unsynced(self, error: TriageError) -> None:
        self._show_progress(None)
        if operations.was_cancelled(error):
            self.said.emit("Stopped; what was taken in before is kept", False)
        else:
            self.detail.show_error(error)

    def _begin_sign_in(self, name: str) -> None:
        self.invitation.begin(name)

        def signed_in(_row: SourceRow) -> None:
            self.invitation.end()
            self.said.emit(f"{name} is signed in to", False)

        self._sign_in = source_operations.sign_in(
            self._desk, name, signed_in, self._not_signed_in, self.invitation.show_progress
        )

    def _not_signed_in(self, error: TriageError) -> None:
        self.invitation.end()
        if not operations.was_cancelled(error):
            self.detail.show_error(error)

    def _cancel_sign_in(self) -> None:
        if self._sign_in is not None:
            self._sign_in.cancel()

    def _cancel(self) -> None:
        """End the fetch that runs: one's own, or all following until it is asked for again."""
        if self._following.here and self._following.running:
            self._following.stop()
        self._stop_work()

    def _stop_work(self) -> None:
        if self._work is not None and not self._work.finished:
            self._work.cancel()
        self._work = None

    def _toggle(self) -> None:
        if self._following.running:
            self._following.stop()
        else:
            self._following.begin()

    # -- the form ------------------------------------------------------------------------------------------------

    def ask_new(self) -> None:
        """Show the form for a new source."""
        if self._kinds:
            self.form.begin_new(self._kinds)
            self._show_right(self.form)
            self._stack.setCurrentIndex(LIST_PAGE)

    def _ask_change(self, row: SourceRow) -> None:
        kind = next((each for each in self._kinds if each.kind == row.kind), None)
        if kind is None:
            self.detail.say(f"This program knows no source of kind {row.kind}. Use another version.", wrong=True)
            return
        self.form.begin_change(kind, row)
        self._show_right(self.form)

    def _leave_form(self) -> None:
        self._show_right(self.detail)
        self._chosen()
        self._page()

    def _test_draft(self, draft: Draft) -> None:
        self.form.busy("Connecting\u2026")
        self._work = source_operations.try_draft(self._desk, draft, self.form.show_tested, self._form_failed)

    def _form_failed(self, error: TriageError) -> None:
        if operations.was_cancelled(error):
            self.form.rest()
        else:
            self.form.show_error(error)

    def _save(self, draft: Draft) -> None:
        self.form.busy("Saving\u2026")
        source_operations.save_draft(self._desk, draft, self._saved, self._form_failed)

    def _saved(self, row: SourceRow) -> None:
        self.form.rest()
        self._leave_form()
        self.said.emit(f"{row.name} is saved", False)
        self._following.load()
