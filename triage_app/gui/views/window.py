"""The main window: sidebar, queue, ticket, the other screens, and the line at the foot."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import TicketId
from triage_app.gui import labelling_operations, operations
from triage_app.gui.actions import ACTIONS, Group, Needs, action_named
from triage_app.gui.desk import Desk
from triage_app.gui.look import Scheme
from triage_app.gui.shortcuts import Shortcuts
from triage_app.gui.views.aftermath import Aftermath
from triage_app.gui.views.api import ApiScreen
from triage_app.gui.views.balance import BalanceScreen
from triage_app.gui.views.comparing import Comparing
from triage_app.gui.views.correspondence import Correspondence
from triage_app.gui.views.decisions import Decisions
from triage_app.gui.views.finding import Finding
from triage_app.gui.views.following import Following
from triage_app.gui.views.grouping import Grouping
from triage_app.gui.views.key_help import KeyHelp
from triage_app.gui.views.learning import LearningScreen
from triage_app.gui.views.likeness import Likeness
from triage_app.gui.views.long_work import LongWork
from triage_app.gui.views.menus import fill_menus
from triage_app.gui.views.palette import CommandPalette
from triage_app.gui.views.parked import ParkedScreen
from triage_app.gui.views.pivoting import Pivoting
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.rules import RulesScreen
from triage_app.gui.views.sidebar import SAVED, Sidebar, place_named
from triage_app.gui.views.sources import SourcesScreen
from triage_app.gui.views.status_line import StatusLine
from triage_app.gui.views.ticket import TicketPane
from triage_app.gui.views.toast import Toast
from triage_app.gui.views.why import WhyPanel
from triage_app.services.context import Progress
from triage_app.services.queries import BalanceSheet, DatasetList, ModelList, TicketRows, TicketView, ViewCounts

WITH_SIDEBAR = 700
VIEWS_KEPT = 12
AGE_EVERY_MS = 30_000

Screen = ParkedScreen | SourcesScreen | ApiScreen | BalanceScreen | RulesScreen | LearningScreen


class MainWindow(QMainWindow):
    """Everything that the analyst sees. It holds no thread and no rule: it asks operations and shows answers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.look = desk.look
        self.shortcuts = Shortcuts(desk.settings)
        self._dataset: Dataset | None = None
        self._views: OrderedDict[TicketId, TicketView] = OrderedDict()
        self._stale_counts = False
        self.setWindowTitle("Triage")
        self.setAccessibleName("Triage")
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 420)
        self._build()
        self.decisions = Decisions(desk, self.queue, self.pane)
        self.grouping = Grouping(desk, self.queue, self.pane, self.decisions, self.why)
        self.correspondence = Correspondence(desk, self.queue, self.pane, self.decisions)
        self.pivoting = Pivoting(desk, self.queue, self.pane, self.decisions, self._central)
        self.comparing = Comparing(desk, self.queue, self.decisions, self._central)
        self.likeness = Likeness(desk, self.queue, self.pane, self.decisions, self.comparing)
        self.finding = Finding(desk, self.queue, self.pane, self.decisions, self.sidebar, self._central)
        self.aftermath = Aftermath(
            desk, self.queue.learnt_bar, self.queue.broken_bar, self.pane.strip, self.decisions, self._central
        )
        self.work = LongWork(desk, self, self.status, self.toast, self.parked)
        self.actions_by_id = self._build_actions()
        fill_menus(self.menuBar(), self.actions_by_id)
        self._connect()
        self._restore()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sidebar = Sidebar(self.look)
        self.queue = QueueView(self.desk)
        self.pane = TicketPane(self.desk)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("Queue and ticket")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.queue)
        self.splitter.addWidget(self.pane)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 3)
        self.parked = ParkedScreen(self.desk)
        self.rules = RulesScreen(self.desk)
        self.learning = LearningScreen(self.desk)
        self.following = Following(self.desk, self)
        self.sources = SourcesScreen(self.desk, self.following)
        self.api = ApiScreen(self.desk)
        self.balance = BalanceScreen(self.desk)
        self.screens = QStackedWidget()
        self.screens.setAccessibleName("Screens")
        self._lists: dict[str, tuple[Screen, QWidget]] = {
            "parked": (self.parked, self.parked.list),
            "sources": (self.sources, self.sources.list),
            "api": (self.api, self.api.list),
            "balance": (self.balance, self.balance.list),
            "rules": (self.rules, self.rules.cards),
            "learning": (self.learning, self.learning.tabs),
        }
        for screen in (self.splitter, *(screen for screen, _content in self._lists.values())):
            self.screens.addWidget(screen)
        self.outer = QSplitter(Qt.Orientation.Horizontal)
        self.outer.setAccessibleName("Sidebar and screens")
        self.outer.setHandleWidth(1)
        self.outer.setChildrenCollapsible(False)
        self.outer.addWidget(self.sidebar)
        self.outer.addWidget(self.screens)
        self.outer.setStretchFactor(0, 0)
        self.outer.setStretchFactor(1, 1)
        self.status = StatusLine(self.look)
        central = QWidget()
        central.setAccessibleName("Desk")
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.outer, 1)
        column.addWidget(self.status)
        self.setCentralWidget(central)
        self._central = central
        self.toast = Toast(self.look, central, lambda: self.queue.bars_height)
        self.why = WhyPanel(self.desk, central)
        self.palette_dialog: CommandPalette | None = None
        self.key_help: KeyHelp | None = None

    def _build_actions(self) -> dict[str, QAction]:
        made = {}
        for action in ACTIONS:
            qaction = QAction(action.text, self)
            qaction.setObjectName(action.id)
            qaction.setShortcuts([QKeySequence(key) for key in self.shortcuts.of(action)])
            qaction.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            qaction.triggered.connect(lambda _checked=False, which=action.id: self.do(which))
            self.addAction(qaction)
            made[action.id] = qaction
        # Return belongs to whatever has the keyboard: it opens a ticket only from the list.
        self.removeAction(made["open"])
        made["open"].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.queue.list.addAction(made["open"])
        for which in ("theme-system", "theme-light", "theme-dark", "compact"):
            made[which].setCheckable(True)
        return made

    def _connect(self) -> None:
        jobs = self.desk.jobs
        jobs.changed.connect(self._changed)
        jobs.failed.connect(self._failed)
        self.sidebar.chosen.connect(self._go)
        self.queue.widened.connect(lambda: self.sidebar.mark("all"))
        self.finding.listed.connect(lambda: self.finding.name_keys(self.actions_by_id))
        self.finding.opened.connect(self._go_to)
        self.pivoting.opened.connect(self.open_ticket)
        self.comparing.opened.connect(self.open_ticket)
        self.comparing.page_wanted.connect(self.pivoting.begin)
        self.pivoting.found.connect(self.queue.search_for)
        self.likeness.opened.connect(self.open_ticket)
        self.queue.current_changed.connect(self._take)
        self.queue.opened.connect(self._open)
        self.queue.marks.changed.connect(self._enable)
        self.queue.state_page.import_wanted.connect(lambda: self.do("import-files"))
        self.queue.state_page.demo_wanted.connect(lambda: self.do("load-demo"))
        self.pane.retry_wanted.connect(lambda: self._take(self.queue.current))
        self.parked.retry_wanted.connect(lambda: self.do("retry"))
        self.parked.retry_all_wanted.connect(lambda: self.do("retry-all"))
        self.parked.dismiss_wanted.connect(lambda: self.do("dismiss"))
        self.learning.act_wanted.connect(self.do)
        self.learning.ticket_wanted.connect(self.open_ticket)
        for teller in (self.learning, self.rules, self.sources, self.api, self.decisions):
            teller.said.connect(lambda text, undo: self.toast.say(text, undo=undo))
        for told in (self.following.listed, self.following.changed, self.following.fetching):
            told.connect(self._show_sources)
        self.status.sources.clicked.connect(lambda: self.do("go-sources"))
        self.status.balance.clicked.connect(lambda: self.do("go-balance"))
        self.toast.undo_wanted.connect(lambda: self.do("undo"))
        self.decisions.running.connect(self.work.bulk_begins)
        self.decisions.progressed.connect(lambda progress: self.status.show_progress("Working on", progress))
        self.decisions.ended.connect(self.work.bulk_ends)
        for bar in (self.queue.learnt_bar, self.queue.broken_bar):
            bar.turned.connect(self.toast.place)
        self.aftermath.opened.connect(self.open_ticket)
        self.aftermath.learning_wanted.connect(lambda: self.do("go-learning"))
        self.screens.currentChanged.connect(lambda _place: self._watch_or_not())
        self._age_timer = QTimer(self)
        self._age_timer.setInterval(AGE_EVERY_MS)
        self._age_timer.timeout.connect(self.queue.list.viewport().update)
        self._age_timer.start()

    def _restore(self) -> None:
        settings = self.desk.settings
        geometry = settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        else:
            self.resize(1440, 900)
        px = self.look.px
        for name, splitter, sizes in (
            ("outer", self.outer, [px(176), self.width() - px(176)]),
            ("queue", self.splitter, [px(745), px(511)]),
            ("parked", self.parked.splitter, [px(760), px(496)]),
            ("rules", self.rules.splitter, [px(350), px(900)]),
        ):
            stored = settings.value(f"window/{name}")
            if not (isinstance(stored, QByteArray) and splitter.restoreState(stored)):
                splitter.setSizes(sizes)
        self.sidebar.setMinimumWidth(px(130))
        self.queue.setMinimumWidth(px(220))
        self.pane.setMinimumWidth(px(280))
        compact = str(settings.value("window/compact", "no")) == "yes"
        self.actions_by_id["compact"].setChecked(compact)
        self.queue.set_compact(compact)
        self._check_scheme()

    def start(self) -> None:
        """Ask for everything that is shown first."""
        self.sidebar.mark("inbox")
        self.queue.show_view("inbox", "Inbox")
        operations.load_datasets(self.desk, self._show_datasets)
        self._count()
        self.finding.count()
        operations.load_model_in_force(self.desk, self._show_models)
        self.following.load()
        self.api.begin()
        self.queue.list.setFocus()

    # -- what is shown -------------------------------------------------------------------------------------------

    def _show_datasets(self, answer: DatasetList) -> None:
        if not answer.datasets:
            return
        dataset = answer.datasets[0]
        self._dataset = dataset
        self.look.set_labels(dataset.labels)
        self.pane.set_dataset(dataset)
        self.decisions.set_dataset(dataset)
        self.aftermath.set_dataset(dataset)
        self.learning.set_dataset(dataset.name)
        self.finding.new_ticket.set_labels(dataset.labels)
        for place in range(1, 10):
            action = self.actions_by_id[f"correct-{place}"]
            known = place <= len(dataset.labels)
            action.setText(f"Correct to {dataset.labels[place - 1]}" if known else action.text())
            action.setVisible(known)

    def _show_models(self, answer: ModelList) -> None:
        name = self._dataset.name if self._dataset is not None else "category"
        active = next((model for model in answer.models if model.active and model.dataset == name), None)
        self.status.show_model(active.id if active is not None else "")

    def _count(self) -> None:
        operations.count_views(self.desk, self._show_counts)
        operations.load_balance(self.desk, self._show_balance)

    def _show_counts(self, counts: ViewCounts) -> None:
        self.sidebar.set_counts(counts)

    def _show_balance(self, sheet: BalanceSheet) -> None:
        self.status.show_balance(sheet)
        self.queue.set_workspace_empty(sheet.seen == 0)

    def _show_sources(self, news: object = None) -> None:
        self.status.show_sources(
            self.following.sources, news if isinstance(news, Progress) else None, followed=self.following.running
        )

    def _go_to(self, which: str) -> None:
        self.sidebar.mark(which)
        self._go(which)

    def _go(self, which: str) -> None:
        if which in self._lists:
            screen, content = self._lists[which]
            self.screens.setCurrentWidget(screen)
            screen.load()
            content.setFocus()
        else:
            self.screens.setCurrentWidget(self.splitter)
            if which.startswith(SAVED):
                self.finding.show(which)
            else:
                self.queue.show_view(which, place_named(which).title)
            self.queue.list.setFocus()
        self._enable()

    def open_ticket(self, ticket: TicketId) -> None:
        """Take a ticket in hand that is named elsewhere than in the queue."""
        labelling_operations.load_rows(self.desk, (ticket,), self._visit)

    def _visit(self, answer: TicketRows) -> None:
        if not answer.tickets:
            self.toast.say("This ticket is not there any more.", bad=True)
            return
        if self.screens.currentWidget() is not self.splitter:
            saved = self.queue.saved
            self.sidebar.mark(self.queue.table.which.view if saved is None else SAVED + saved.name)
            self.screens.setCurrentWidget(self.splitter)
        self.queue.visit(answer.tickets[0])
        self.queue.list.setFocus()
        self._enable()

    def _take(self, ticket: TicketId | None) -> None:
        self.decisions.watch.begin(ticket)
        if ticket is None:
            self.pane.show_nothing()
            self._enable()
            return
        row = self.queue.table.known(ticket)
        known = self._views.get(ticket)
        if row is not None:
            self.pane.show_row(row)
        self.grouping.load()
        if known is not None and row is not None and known.row == row:
            if self.pane.view is not known:
                self.pane.show_view(known)
            self._read_ahead()
        else:
            operations.load_ticket(self.desk, ticket, self._show_ticket, self.pane.show_error)
        self._enable()

    def _show_ticket(self, view: TicketView) -> None:
        self._remember(view)
        if view.row.id == self.queue.current:
            self.pane.show_view(view)
            self._enable()
            self._read_ahead()

    def _remember(self, view: TicketView) -> None:
        self._views[view.row.id] = view
        self._views.move_to_end(view.row.id)
        while len(self._views) > VIEWS_KEPT:
            self._views.popitem(last=False)

    def _read_ahead(self) -> None:
        ticket = self.queue.table.id_at(self.queue.list.currentIndex().row() + 1)
        if ticket is not None and ticket not in self._views:
            operations.load_ticket_ahead(self.desk, ticket, self._remember)

    def _open(self) -> None:
        self.pane.show_tab("message")
        self.pane.message.body.setFocus()

    def _changed(self, changes: ChangeSet) -> None:
        self.queue.table.take_changes(changes)
        self.following.take_changes(changes)
        kinds = changes.kinds
        if kinds & {ChangeKind.TICKETS_CHANGED, ChangeKind.NOTES}:
            for ticket in changes.tickets or tuple(self._views):
                self._views.pop(ticket, None)
            current = self.queue.current
            if current is not None and (not changes.tickets or current in changes.tickets):
                operations.load_ticket(self.desk, current, self._show_ticket, self.pane.show_error)
        regroups = kinds & {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.NOTES}
        if regroups and self.grouping.touches(changes):
            self.grouping.load()
        if kinds & {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.LEDGER}:
            self._count()
        if ChangeKind.MODELS in kinds:
            operations.load_model_in_force(self.desk, self._show_models)
            self.aftermath.load_promise()
        if ChangeKind.RULES in kinds and self._shows_rules():
            self.rules.load()
        if self.screens.currentWidget() is self.parked and ChangeKind.LEDGER in kinds:
            self.parked.load()
        if self.screens.currentWidget() is self.balance and kinds & {ChangeKind.LEDGER, ChangeKind.SOURCES}:
            self.balance.load()
        self.learning.take_changes(changes)
        self.finding.take_changes(changes)
        self.likeness.take_changes(changes)

    def _shows_rules(self) -> bool:
        return self.screens.currentWidget() is self.rules

    def _failed(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self.toast.say(error.message, bad=True)

    def _watch_or_not(self) -> None:
        """The time to a decision runs while the ticket is looked at."""
        if self.isActiveWindow() and self.screens.currentWidget() is self.splitter:
            self.decisions.watch.come_back()
        else:
            self.decisions.watch.leave()

    # -- actions -------------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        row = self.pane.row
        at_queue = self.screens.currentWidget() is self.splitter
        marked = bool(self.queue.state.marked)
        has_ticket = at_queue and (row is not None or marked)
        state = {
            Needs.NOTHING: True,
            Needs.TICKET: has_ticket,
            Needs.OPEN_TICKET: has_ticket and (marked or (row is not None and row.verdict is None)),
            Needs.CLOSED_TICKET: has_ticket and (marked or (row is not None and row.verdict is not None)),
            Needs.PARKED: self.screens.currentWidget() is self.parked,
            Needs.RULES: self._shows_rules(),
        }
        for action in ACTIONS:
            self.actions_by_id[action.id].setEnabled(state[action.needs])

    def do(self, which: str) -> None:
        """Carry out an action by its id."""
        action = action_named(which)
        if which.startswith("correct-"):
            self.decisions.correct_to_place(int(action.argument))
        elif which.startswith("go-"):
            self._go_to(action.argument)
        elif which.startswith("tab-"):
            self.pane.show_tab(action.argument)
        elif which.startswith("theme-"):
            self.set_scheme(Scheme(action.argument))
        elif action.group is Group.LEARNING:
            self._learn(which)
        elif which.startswith("assign-"):
            self.decisions.assign(action.argument)
        else:
            self._doing()[which]()

    def _learn(self, which: str) -> None:
        if self.screens.currentWidget() is not self.learning:
            self.do("go-learning")
        self.learning.do(which)

    def _doing(self) -> dict[str, Callable[[], object]]:
        queue, decisions = self.queue, self.decisions
        return {
            "accept": decisions.accept,
            "close": decisions.ask_verdict,
            "reopen": decisions.reopen,
            "note": decisions.ask_note,
            "undo": decisions.undo,
            "reply": self.correspondence.ask_reply,
            "move-mail": self.correspondence.ask_move,
            "flag-mail": self.correspondence.flag,
            "link": self.grouping.ask_link,
            "merge": self.grouping.ask_merge,
            "unlink": self.grouping.unlink,
            "close-linked": self.grouping.ask_close_linked,
            "check-link": self.grouping.check_current,
            "split": self.grouping.split_current,
            "explain": self.grouping.explain,
            "group-next": lambda: self.grouping.walk(1),
            "group-previous": lambda: self.grouping.walk(-1),
            **self.finding.doing(),
            **self.pivoting.doing(),
            **self.comparing.doing(),
            **self.likeness.doing(),
            "select-all": queue.marks.mark_all,
            "save-rules": self.rules.put_in_force,
            "simulate-rules": self.rules.simulate,
            "design-window": self.rules.design_window,
            "check-rules": self.rules.check_now,
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "extend-next": lambda: queue.extend(1),
            "extend-previous": lambda: queue.extend(-1),
            "select": queue.toggle_current,
            "select-none": queue.marks.clear,
            "open": self._open,
            "back": self._back,
            "search": self._search,
            "search-all": lambda: self._search(everything=True),
            "raw": self.pane.message.toggle_raw,
            "import-files": self.work.choose_files,
            "import-folder": self.work.choose_folder,
            "load-demo": lambda: self.work.begin_intake("Importing", operations.load_demo),
            "retry-all": lambda: self.work.retry(None),
            "retry": self.work.retry_current,
            "dismiss": self.work.dismiss,
            "compact": self._toggle_compact,
            "palette": self._open_palette,
            "keys": self._open_keys,
            "quit": self.close,
        }

    def _step(self, by: int) -> None:
        if self.screens.currentWidget() is self.learning:
            self.learning.step(by)
        else:
            self.queue.step(by)

    def _back(self) -> None:
        self.toast.hide()
        if self.screens.currentWidget() is self.splitter:
            if self.queue.search.hasFocus() and self.queue.search.text():
                self.queue.leave_search()
            elif self.queue.come_back():
                pass
            elif self.queue.list.hasFocus() and self.queue.state.marked:
                self.queue.marks.clear()
            self.queue.list.setFocus()

    def _search(self, *, everything: bool = False) -> None:
        if everything and self.queue.table.which.view != "all":
            self.do("go-all")
        elif self.screens.currentWidget() is not self.splitter:
            self.do("go-inbox")
        self.queue.search.setFocus()
        self.queue.search.selectAll()

    def set_scheme(self, scheme: Scheme) -> None:
        """Put a theme in force and keep it."""
        self.desk.settings.setValue("window/theme", scheme.value)
        self.look.apply(scheme)
        self._check_scheme()

    def _check_scheme(self) -> None:
        for scheme in Scheme:
            self.actions_by_id[f"theme-{scheme.value}"].setChecked(self.look.scheme is scheme)

    def _toggle_compact(self) -> None:
        compact = self.actions_by_id["compact"].isChecked()
        self.desk.settings.setValue("window/compact", "yes" if compact else "no")
        self.queue.set_compact(compact)

    def _open_palette(self) -> None:
        if self.palette_dialog is None:
            self.palette_dialog = CommandPalette(self.look, self._central)
            self.palette_dialog.chosen.connect(self.do)
            self.palette_dialog.page_wanted.connect(self.pivoting.begin)
        allowed = []
        for action in ACTIONS:
            qaction = self.actions_by_id[action.id]
            if qaction.isEnabled() and qaction.isVisible() and action.id != "palette":
                allowed.append((action, qaction.text(), self.shortcuts.of(action)))
        self.palette_dialog.begin(allowed)

    def _open_keys(self) -> None:
        labels = self._dataset.labels if self._dataset is not None else ()
        if self.key_help is not None:
            self.key_help.deleteLater()
        views = tuple(each.view.name for each in self.sidebar.saved)
        self.key_help = KeyHelp(self.look, self._central, self.shortcuts.of, labels, views)
        self.key_help.begin()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        paths = [str(Path(url.toLocalFile())) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.work.import_paths(paths)

    # -- end -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, it is for queue and ticket; keys, menu and commands lead to the rest."""
        super().resizeEvent(event)
        self.sidebar.setVisible(self.width() >= self.look.px(WITH_SIDEBAR))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the system's theme; whoever comes back from an editor finds the rules as they are now."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self._shows_rules():
            self.rules.load()
        if event.type() == QEvent.Type.ActivationChange:
            self._watch_or_not()
        if event.type() == QEvent.Type.ThemeChange and self.look.scheme is Scheme.SYSTEM:
            self.look.apply(Scheme.SYSTEM)
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep sizes; ask everything that runs to stop."""
        settings = self.desk.settings
        settings.setValue("window/geometry", self.saveGeometry())
        for name, splitter in (
            ("outer", self.outer),
            ("queue", self.splitter),
            ("parked", self.parked.splitter),
            ("rules", self.rules.splitter),
        ):
            settings.setValue(f"window/{name}", splitter.saveState())
        self.following.stop()
        self.desk.jobs.cancel_all()
        event.accept()
