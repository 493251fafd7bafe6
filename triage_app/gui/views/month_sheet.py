"""The figures of a month: headline numbers, advice, shares with intervals, drift, keywords, savings, confusions."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.labels import Tier
from triage_app.gui import month_wording, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.chart_card import ChartCard
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list, set_label
from triage_app.gui.views.plot_intervals import IntervalRow, Intervals
from triage_app.services.learning_shapes import Confusion, MonthReport, MonthRow, Saving, WrongKeyword

TICKETS = Qt.ItemDataRole.UserRole
ROW = 31
TWO_COLUMNS = 860
SOURCES = (("Source", 0), ("Predictions", 84), ("Corrected", 76), ("Right", 150))
KEYWORDS = (("Rule", 0), ("Label", 140), ("Decided", 64), ("Wrong", 56))
SAVINGS = (("With the help of", 0), ("Decisions", 72), ("With", 56), ("Without", 64), ("Saved", 84))
CONFUSIONS = (("Shown", 140), ("Was", 140), ("Times", 52), ("Such as", 0))
TIERS = {Tier.MODEL.value: "the model", Tier.KEYWORD.value: "keywords", Tier.DEFAULT.value: "the default"}
DRIFTS = (("What changed", 0), ("How much", 76))


class Figure(QWidget):
    """One number with its name above and what there is to know about it below."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self._name = name
        self.title = QLabel(name)
        self.title.setObjectName("second")
        self.number = QLabel()
        self.number.setFont(desk.look.title)
        self.below = QLabel()
        self.below.setObjectName("second")
        self.below.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(desk.look.px(2))
        for label in (self.title, self.number, self.below):
            column.addWidget(label)
        column.addStretch(1)

    def say(self, number: str, below: str) -> None:
        """Show it."""
        self.number.setText(number)
        self.below.setText(below)
        self.setAccessibleName(f"{self._name}: {number}, {below}")


class MonthSheet(QScrollArea):
    """Shows a report. `opened` carries a ticket of a confusion, `forgotten` a source from which nothing shall be
    learnt any more.
    """

    opened = Signal(object)
    forgotten = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setAccessibleName("Figures of the month")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        px = self._look.px
        inner = QWidget()
        inner.setAccessibleName("Figures of the month")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(px(24), px(12), px(24), px(16))
        self._column.setSpacing(px(6))
        self._column.addLayout(self._build_figures())
        self.advice = self._words()
        self._add("What to do next month", self.advice)
        self._build_shares()
        self.sources = self._list("Sources", SOURCES, (), (1, 2))
        self.sources.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.sources.customContextMenuRequested.connect(self._ask_forget)
        self.sources.headerItem().setToolTip(0, "The menu of a line forgets what a source taught")
        self.drift = self._list("What drifted", DRIFTS, (), ())
        self.confusions = self._list("The worst confusions", CONFUSIONS, (0, 1), (2,))
        self.confusions.itemActivated.connect(self._open)
        self.confusions.headerItem().setToolTip(3, "Return or a double click opens the first of them")
        self.keywords = self._list("Keywords that were wrong", KEYWORDS, (1,), (2, 3))
        self.savings = self._list("Time saved", SAVINGS, (), (1, 2, 3, 4))
        for title, tree in (
            ("The worst confusions", self.confusions),
            ("What drifted against the month before", self.drift),
            ("Keywords that were wrong", self.keywords),
            ("Time saved, measured from opening a ticket to the decision", self.savings),
            ("By source", self.sources),
        ):
            self._add(title, tree)
        self._column.addStretch(1)
        self.setWidget(inner)

    def _build_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self._look.px(24))
        grid.setVerticalSpacing(self._look.px(12))
        names = ("Predictions", "Decided by people", "Right", "Right at the gate", "Time saved")
        self.figures = tuple(Figure(self._desk, name) for name in names)
        self._grid = grid
        self._across = 0
        self._lay_figures(len(self.figures))
        return grid

    def _lay_figures(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for place, figure in enumerate(self.figures):
            self._grid.addWidget(figure, place // across, place % across)
        for place in range(len(self.figures)):
            self._grid.setColumnStretch(place, int(place < across))

    def _build_shares(self) -> None:
        self.labels = Intervals(self._look, "Right, by label")
        self.tiers = Intervals(self._look, "Right, by who answered")
        self.promise = Intervals(self._look, "Right at the gate, by label")
        about = "Of the answers that people decided on; the line is the interval of 95%."
        self._cards = tuple(
            ChartCard(self._desk, title, about, chart)
            for title, chart in (
                ("Right, by label", self.labels),
                ("The promise of the gate, by label", self.promise),
                ("Right, by who answered", self.tiers),
            )
        )
        self._shares = QGridLayout()
        self._shares.setHorizontalSpacing(self._look.px(32))
        self._shares.setVerticalSpacing(self._look.px(12))
        self._shares.setContentsMargins(0, self._look.px(8), 0, 0)
        self._column.addLayout(self._shares)
        self._two = False
        self._lay_shares(two=True)

    def _lay_shares(self, *, two: bool) -> None:
        if two == self._two:
            return
        self._two = two
        top = Qt.AlignmentFlag.AlignTop
        for place, card in enumerate(self._cards):
            row, across = ((0, 0), (0, 1), (1, 0))[place] if two else (place, 0)
            self._shares.addWidget(card, row, across, top)
        self._shares.setColumnStretch(0, 1)
        self._shares.setColumnStretch(1, int(two))

    def _words(self) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _list(
        self, name: str, columns: tuple[tuple[str, int], ...], chips: tuple[int, ...], right: tuple[int, ...]
    ) -> QTreeWidget:
        tree = plain_list(self._look, name, columns, chips)
        tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        figures(tree, *right)
        return tree

    def _add(self, title: str, widget: QWidget) -> None:
        heading = QLabel(title)
        heading.setFont(self._look.strong)
        heading.setContentsMargins(0, self._look.px(14), 0, self._look.px(2))
        widget.setProperty("heading", heading)
        holder = QHBoxLayout()
        inset = self._look.px(6) if isinstance(widget, QTreeWidget) else 0
        holder.setContentsMargins(-inset, 0, 0, 0)
        holder.addWidget(widget)
        self._column.addWidget(heading)
        self._column.addLayout(holder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, things stand below each other."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(TWO_COLUMNS)
        self._lay_figures(len(self.figures) if wide else 3)
        self._lay_shares(two=wide)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_report(self, report: MonthReport) -> None:
        """Show a month."""
        predictions, decided, right, gate, time = self.figures
        predictions.say(wording.count(report.predictions), month_wording.volume(report))
        counts = ((report.corrected, "corrected"), (report.confirmed, "confirmed"), (report.stood, "let stand"))
        decided.say(
            wording.count(report.decided), ", ".join(f"{wording.count(number)} {word}" for number, word in counts)
        )
        right.say(
            *_said(
                report.accuracy.n,
                report.accuracy.share,
                month_wording.interval(report.accuracy),
                month_wording.trend(report.accuracy, report.accuracy_before),
            )
        )
        wanted = f"{wording.percent(report.wanted)} wanted"
        gate_interval = ", ".join(part for part in (month_wording.interval(report.gate), wanted) if part)
        gate.say(
            *_said(
                report.gate.n, report.gate.share, gate_interval, month_wording.trend(report.gate, report.gate_before)
            )
        )
        time.say(month_wording.minutes(report.minutes_saved), month_wording.saved(report))
        self.advice.setText("\n".join(f"{place}.  {text}" for place, text in enumerate(report.next, 1)))
        self._show(self.advice, bool(report.next))
        self.labels.show_rows([_interval_of(row) for row in report.labels if row.accuracy.n])
        self.tiers.show_rows(
            [_interval_of(replace(row, name=TIERS.get(row.name, row.name))) for row in report.tiers if row.accuracy.n]
        )
        self.promise.show_rows(
            [
                IntervalRow(
                    each.label, each.achieved, each.low, each.high, each.n, _right_of(each.right, each.n), each.broken
                )
                for each in report.promise
                if each.n
            ],
            report.wanted,
        )
        for card, rows in zip(self._cards, (report.labels, report.promise, report.tiers), strict=True):
            card.setVisible(bool(rows))
        self._fill(self.sources, [self._source(row) for row in report.sources if row.predictions])
        self._fill(self.drift, [_drift(each.sentence, each.size) for each in report.drift])
        self._fill(self.keywords, [_keyword(each) for each in report.keywords])
        self._fill(self.savings, [_saving(each) for each in report.savings])
        self._fill(self.confusions, [_confusion(each) for each in report.confusions])

    def _fill(self, tree: QTreeWidget, lines: Sequence[QTreeWidgetItem]) -> None:
        tree.clear()
        tree.addTopLevelItems(list(lines))
        tree.setFixedHeight(self._look.px(ROW) * (len(lines) + 1))
        self._show(tree, bool(lines))

    def _show(self, widget: QWidget, shown: bool) -> None:
        widget.setVisible(shown)
        heading: QLabel = widget.property("heading")
        heading.setVisible(shown)

    def _source(self, row: MonthRow) -> QTreeWidgetItem:
        right = f"{wording.percent(row.accuracy.share)}  ({month_wording.interval(row.accuracy)})"
        line = QTreeWidgetItem(
            [row.name, wording.count(row.predictions), wording.count(row.corrected), right if row.accuracy.n else ""]
        )
        for column in (1, 2):
            line.setTextAlignment(column, FIGURE)
        return line

    def _ask_forget(self, where: QPoint) -> None:
        line = self.sources.itemAt(where) or self.sources.currentItem()
        if line is not None:
            self.menu_of(line.text(0)).popup(self.sources.viewport().mapToGlobal(where))

    def menu_of(self, source: str) -> QMenu:
        """What can be done about a source."""
        menu = QMenu(self)
        menu.setAccessibleName(f"Source {source}")
        menu.addAction(f"Learn nothing from {source} any more").triggered.connect(
            lambda _checked=False: self.forgotten.emit(source)
        )
        return menu

    def _open(self, line: QTreeWidgetItem) -> None:
        tickets = line.data(0, TICKETS)
        if tickets:
            self.opened.emit(tickets[0])


def _said(n: int, share: float, interval: str, trend: str) -> tuple[str, str]:
    if not n:
        return "\u2014", "nothing decided yet"
    return wording.percent(share), "\n".join(part for part in (interval, trend) if part)


def _right_of(right: int, n: int) -> str:
    return f"{wording.count(right)} of {wording.count(n)}"


def _interval_of(row: MonthRow) -> IntervalRow:
    share = row.accuracy
    return IntervalRow(row.name, share.share, share.low, share.high, share.n, _right_of(share.right, share.n))


def _drift(sentence: str, size: float) -> QTreeWidgetItem:
    line = QTreeWidgetItem([sentence, month_wording.drift(size)])
    line.setToolTip(0, sentence)
    line.setToolTip(1, f"{size:.2f}; above {month_wording.MUCH} is much")
    return line


def _keyword(each: WrongKeyword) -> QTreeWidgetItem:
    line = QTreeWidgetItem([each.text, "", wording.count(each.fired), wording.count(each.wrong)])
    set_label(line, 1, each.label)
    for column in (2, 3):
        line.setTextAlignment(column, FIGURE)
    return line


def _saving(each: Saving) -> QTreeWidgetItem:
    line = QTreeWidgetItem(
        [
            each.name,
            wording.count(each.decisions),
            month_wording.seconds(each.seconds_with),
            month_wording.seconds(each.seconds_without),
            month_wording.minutes(each.minutes),
        ]
    )
    line.setToolTip(4, month_wording.not_claimed(each))
    for column in (1, 2, 3, 4):
        line.setTextAlignment(column, FIGURE)
    return line


def _confusion(each: Confusion) -> QTreeWidgetItem:
    such = "  \u00b7  ".join(wording.first_line(subject, 80) or "(no subject)" for subject in each.subjects)
    line = QTreeWidgetItem(["", "", wording.count(each.n), such])
    set_label(line, 0, each.shown)
    set_label(line, 1, each.truth)
    line.setTextAlignment(2, FIGURE)
    line.setToolTip(3, "\n".join(f"Ticket {t}: {s}" for t, s in zip(each.tickets, each.subjects, strict=False)))
    line.setData(0, TICKETS, each.tickets)
    return line
