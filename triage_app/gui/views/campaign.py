"""A campaign, as a panel over the window: many tickets as one template, when they came, and what varies in them."""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import operations, pair_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.models.campaign_members import FIXED, TIME, CampaignMembers, came_at
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.overlay import Overlay, lay_out, title_row
from triage_app.gui.views.safe_html import SafeBrowser, defanged_text
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.time_strip import TimeStrip
from triage_app.services.search_queries import Campaign

WIDTH, HEIGHT = 1280, 840
WIDTHS = (60, 190, 112, 190)
LEAST_SLOT, MOST_SLOT = 72, 300
STRIP_HEIGHT = 64
MOST_TEMPLATE = 0.42


class CampaignPanel(QFrame):
    """Asks and shows; closed by Escape, its button or a click beside it. `ticket_wanted` carries a ticket that is to be
    taken in hand.
    """

    ticket_wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = desk.look
        self._job: Job[Campaign] | None = None
        self._ticket: TicketId | None = None
        self.campaign: Campaign | None = None
        self.setObjectName("reasons")
        self.setAccessibleName("Campaign")
        self.overlay = Overlay(self._look, self, parent, lambda: (self._look.px(WIDTH), self._look.px(HEIGHT)))
        page = QWidget()
        page.setAccessibleName("What they have in common and what varies")
        self._fill(page)
        self.state = StatePage(self._look, "State of the campaign")
        self._page = page
        self.title = Elided()
        top, self.close_button = title_row(self._look, self.title, self.overlay)
        self._stack = lay_out(self._look, self, top, page, self.state)
        self._look.changed.connect(self._write)

    # -- building ------------------------------------------------------------------------------------------------

    def _fill(self, page: QWidget) -> None:
        px = self._look.px
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setAccessibleName("Template and tickets")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._upper())
        self.splitter.addWidget(self._lower())
        self.splitter.setStretchFactor(0, 4)
        self.splitter.setStretchFactor(1, 6)
        column = QVBoxLayout(page)
        column.setContentsMargins(px(24), 0, px(24), px(14))
        column.setSpacing(px(8))
        column.addWidget(self.facts)
        column.addWidget(self.splitter, 1)

    def _upper(self) -> QWidget:
        px = self._look.px
        self.template = SafeBrowser("Template")
        self.template.setFrameShape(QFrame.Shape.NoFrame)
        self.template.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.template.document().setDocumentMargin(0)
        self.strip = TimeStrip(self._look, "ticket", "tickets")
        self.strip.setFixedHeight(px(STRIP_HEIGHT))
        self.began, self.ended = QLabel(), QLabel()
        self.remarks = QLabel()
        self.remarks.setWordWrap(True)
        for label in (self.began, self.ended, self.remarks):
            label.setObjectName("second")
            label.setTextFormat(Qt.TextFormat.PlainText)
        arrivals = QLabel("When they came")
        arrivals.setFont(self._look.strong)
        ends = QHBoxLayout()
        ends.addWidget(self.began)
        ends.addStretch(1)
        ends.addWidget(self.ended)
        side = QVBoxLayout()
        side.setSpacing(px(4))
        side.addWidget(arrivals)
        side.addWidget(self.strip)
        side.addLayout(ends)
        side.addSpacing(px(8))
        side.addWidget(self.remarks)
        side.addStretch(1)
        upper = QWidget()
        upper.setAccessibleName("Template and times")
        row = QHBoxLayout(upper)
        row.setContentsMargins(0, px(4), 0, px(10))
        row.setSpacing(px(28))
        row.addWidget(self.template, 13)
        row.addLayout(side, 7)
        upper.setMinimumHeight(px(150))
        return upper

    def _lower(self) -> QWidget:
        px = self._look.px
        self.members = CampaignMembers(self._look)
        self.list = _MemberList(self.copy)
        self.list.setModel(self.members)
        self.list.setSortingEnabled(True)
        self.list.verticalHeader().setMinimumSectionSize(px(26))
        self.list.verticalHeader().setDefaultSectionSize(px(26))
        self.list.horizontalHeader().setMinimumSectionSize(px(48))
        self.list.activated.connect(self._open)
        self.list.customContextMenuRequested.connect(self._menu_at)
        self.told = QLabel()
        self.told.setObjectName("second")
        self.copy_column_button = QPushButton("Copy column")
        self.copy_column_button.setToolTip("The column of the chosen cell, defanged")
        self.copy_column_button.clicked.connect(lambda _checked=False: self.copy_column())
        self.copy_button = QPushButton("Copy table")
        self.copy_button.setToolTip("All lines and columns, defanged, for a spreadsheet")
        self.copy_button.clicked.connect(lambda _checked=False: self.copy_table())
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.told, 1)
        foot.addWidget(self.copy_column_button)
        foot.addWidget(self.copy_button)
        lower = QWidget()
        lower.setAccessibleName("Tickets of the campaign")
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, px(6), 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        lower.setMinimumHeight(px(180))
        return lower

    # -- asking --------------------------------------------------------------------------------------------------

    def show_campaign(self, ticket: TicketId) -> None:
        """Show the campaign that a ticket belongs to."""
        self._ticket = ticket
        self.campaign = None
        self.title.say("Campaign")
        self.state.say("layers", "Reading the tickets and laying them on each other\u2026")
        self._stack.setCurrentWidget(self.state)
        if not self.isVisible():
            self.overlay.open(self.close_button)
        self._job = pair_operations.load_campaign(self._desk, ticket, self._show, self._fail)

    def _fail(self, error: TriageError) -> None:
        self._job = None
        ticket = self._ticket
        if not operations.was_cancelled(error) and ticket is not None:
            again = ("Try again", lambda: self.show_campaign(ticket))
            self.state.say("triangle-alert", wording.first_line(error.message, 300), (again,))

    def _show(self, campaign: Campaign) -> None:
        self._job = None
        self.campaign = campaign
        if len(campaign.members) < 2:
            self.state.say("layers", "No other ticket follows the pattern of this one.")
            self._stack.setCurrentWidget(self.state)
            return
        self.title.say(heading(campaign))
        self.facts.setText(facts(campaign))
        times = [came_at(member) for member in campaign.members]
        self.strip.show_times(times)
        self.began.setText(wording.exact(min(times)))
        self.ended.setText(wording.exact(max(times)))
        self.remarks.setText("\n".join(remarks(campaign)))
        self._write()
        self.members.show(campaign)
        self.list.sortByColumn(TIME, Qt.SortOrder.DescendingOrder)
        self._fit_columns()
        self.told.setText("Return opens a ticket, Ctrl+C copies the chosen cells defanged")
        self._stack.setCurrentWidget(self._page)
        self._share_out()
        self.list.setFocus()
        place = max(0, self.members.place_of(self._ticket)) if self._ticket is not None else 0
        self.list.setCurrentIndex(self.members.index(place, 0))
        self.list.scrollTo(self.members.index(place, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        bar, line = self.list.verticalScrollBar(), self.list.verticalHeader().defaultSectionSize()
        bar.setValue(bar.value() // line * line)

    def _share_out(self) -> None:
        """The template has the room that it needs, as far as the table keeps its share."""
        layout = self._page.layout()
        if layout is not None:
            layout.activate()
        room = self.splitter.height()
        wanted = round(self.template.document().size().height()) + self._look.px(24)
        upper = min(wanted, round(room * MOST_TEMPLATE))
        self.splitter.setSizes([upper, room - upper])

    def _write(self) -> None:
        if self.campaign is not None:
            self.template.setHtml(template_html(self.campaign, lambda token: self._look.colour(token).name()))

    def _fit_columns(self) -> None:
        px, metrics = self._look.px, QFontMetrics(self._look.mono)
        for column, width in enumerate(WIDTHS):
            self.list.setColumnWidth(column, px(width))
        for column in range(len(FIXED), self.members.columnCount()):
            longest = max((len(text) for text in self.members.column_texts(column)), default=0)
            title = str(self.members.headerData(column, Qt.Orientation.Horizontal))
            letters = max(longest, len(title) + 2)
            wanted = metrics.horizontalAdvance("0") * letters + px(20)
            self.list.setColumnWidth(column, max(px(LEAST_SLOT), min(px(MOST_SLOT), wanted)))

    # -- acting --------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the chosen cells, defanged."""
        lines: dict[int, list[str]] = {}
        for index in sorted(self.list.selectionModel().selectedIndexes(), key=lambda each: (each.row(), each.column())):
            lines.setdefault(index.row(), []).append(self.members.text_at(index.row(), index.column()))
        _copy(lines.values())

    def copy_column(self) -> None:
        """Copy the column of the chosen cell, defanged."""
        index = self.list.currentIndex()
        if index.isValid():
            _copy([text] for text in self.members.column_texts(index.column()))

    def copy_table(self) -> None:
        """Copy everything, defanged."""
        _copy(self.members.all_texts())

    def menu(self) -> QMenu:
        """What can be done with the chosen cells."""
        menu = QMenu(self)
        menu.setAccessibleName("Tickets of the campaign")
        menu.addAction("Open the ticket\tReturn").triggered.connect(lambda: self._open(self.list.currentIndex()))
        menu.addSeparator()
        for text, act in (
            ("Copy defanged\tCtrl+C", self.copy),
            ("Copy column defanged", self.copy_column),
            ("Copy table defanged", self.copy_table),
        ):
            menu.addAction(text).triggered.connect(act)
        return menu

    def _menu_at(self, where: QPoint) -> None:
        self.menu().popup(self.list.viewport().mapToGlobal(where))

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            ticket = self.members.ticket_at(index.row())
            self.overlay.close()
            self.ticket_wanted.emit(ticket)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for the answer any more."""
        super().hideEvent(event)
        if self._job is not None:
            self._job.cancel()
            self._job = None


class _MemberList(QTableView):
    """A table that copies."""

    def __init__(self, copy: Callable[[], None]) -> None:
        super().__init__()
        self._copy = copy
        self.setObjectName("plainTable")
        self.setProperty("sorts", True)
        self.setAccessibleName("Tickets of the campaign")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setAccessibleName("Rows")
        header = self.horizontalHeader()
        header.setAccessibleName("Columns of the campaign")
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return
        super().keyPressEvent(event)


def facts(campaign: Campaign) -> str:
    """How many tickets it is, and from when to when, as one line."""
    first, last = wording.exact(campaign.first), wording.exact(campaign.last)
    parts = [
        wording.counted(campaign.total, "ticket", "tickets"),
        f"{wording.count(campaign.open)} open",
        f"first received {first}, last {last}" if first != last else f"received {first}",
    ]
    return "  \u00b7  ".join(parts)


def heading(campaign: Campaign) -> str:
    """The subject that they share, with what varies left out."""
    subject = campaign.template.partition("\n")[0]
    names = {f"{{{slot.name}}}" for slot in campaign.slots}
    text = "".join("\u2026" if is_slot else text for text, is_slot in pieces(subject, names))
    return wording.first_line(defanged_text(text), 200) or "Campaign"


def remarks(campaign: Campaign) -> list[str]:
    """What one has to know about the table."""
    said = []
    if campaign.subjects_only:
        said.append("Too few texts are alike: the template is one of the subjects only.")
    apart = sum(not member.follows for member in campaign.members)
    if apart:
        share = "shares" if apart == 1 else "share"
        said.append(
            f"{wording.counted(apart, 'ticket', 'tickets')} {share} the subject only: grey in the table, and no values."
        )
    if campaign.total > len(campaign.members):
        read = wording.count(len(campaign.members))
        said.append(f"Read: the newest {read} of {wording.counted(campaign.total, 'ticket', 'tickets')}.")
    if not campaign.slots:
        said.append("Nothing varies: all that follow it have the same text.")
    return said


def template_html(campaign: Campaign, colour: Callable[[str], str]) -> str:
    """The template as rich text: what was sent as plain text, defanged, and each slot as a quiet chip."""
    chip = f"background-color: {colour('accent-soft')}; color: {colour('accent')}"
    names = {f"{{{slot.name}}}" for slot in campaign.slots}

    def rich(template: str) -> str:
        parts = []
        for text, is_slot in pieces(template, names):
            if is_slot:
                parts.append(f"<span style='{chip}'>&nbsp;{escape(text[1:-1]).replace(' ', '&nbsp;')}&nbsp;</span>")
            else:
                parts.append(escape(defanged_text(text)).replace("\n", "<br>"))
        return "".join(parts)

    subject, _break, text = campaign.template.partition("\n")
    style = "white-space: pre-wrap; line-height: 135%; margin-top: 0; margin-bottom: 6px"
    # A subject without slots is the heading already.
    varies = any(is_slot for _text, is_slot in pieces(subject, names))
    head = f"<p style='{style}'><b>{rich(subject)}</b></p>" if varies or not text.strip() else ""
    return f"{head}<p style='{style}'>{rich(text.strip())}</p>"


def pieces(template: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """The template cut before and after each slot; whether each piece is one. `names` have their braces."""
    known = set(names)
    found: list[tuple[str, bool]] = []
    constant, place = "", 0
    while (start := template.find("{", place)) >= 0:
        end = template.find("}", start) + 1
        if end and template[start:end] in known:
            constant += template[place:start]
            found += [(constant, False)] if constant else []
            found.append((template[start:end], True))
            constant, place = "", end
        else:
            constant += template[place : start + 1]
            place = start + 1
    constant += template[place:]
    return [*found, (constant, False)] if constant else found


def _copy(lines: Iterable[Sequence[str]]) -> None:
    """Lines of cells for a spreadsheet: none of them breaks a line or a column."""
    text = "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)
    QGuiApplication.clipboard().setText(text)
