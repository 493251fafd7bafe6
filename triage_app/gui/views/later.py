"""The bar at the foot of a ticket that asks until when it is put off, or when it is looked at again."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from triage_app.domain.errors import InvalidInput
from triage_app.domain.snooze import moment_of
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.finding_operations import Later
from triage_app.gui.local_time import desk_zone
from triage_app.gui.views.bar_line import BarLine
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.tick_box import TickBox

MOST_LETTERS = 60
MOST_WHY = 500
SIDE_BY_SIDE = 420
EVENING = 18


class Kind(Enum):
    """What is asked for."""

    SNOOZE = "snooze"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Offer:
    """A time with a key of its own: its words, and how it is written for `moment_of`."""

    key: Qt.Key
    words: str
    written: str


def offers_at(now: datetime) -> tuple[Offer, ...]:
    """The times that are offered at a local time; an evening that has begun is tomorrow's."""
    tonight = now.hour < EVENING
    return (
        Offer(Qt.Key.Key_H, "In 1 hour", "1h"),
        Offer(
            Qt.Key.Key_E,
            "This evening" if tonight else "Tomorrow evening",
            f"{'today' if tonight else 'tomorrow'} {EVENING}:00",
        ),
        Offer(Qt.Key.Key_T, "Tomorrow", "tomorrow"),
        Offer(Qt.Key.Key_M, "Monday" if now.weekday() else "Next Monday", "monday"),
    )


class LaterBar(QFrame):
    """Times at one key each, a time in words with what it means, a change, and why.

    `wanted` carries the kind and a `Later` whose time is exact.
    """

    wanted = Signal(object, object)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._kind = Kind.SNOOZE
        self._zone = desk_zone()
        self._offers: tuple[Offer, ...] = ()
        self.setObjectName("chooser")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.buttons: list[QPushButton] = []
        self._build()
        self.save.clicked.connect(self._save)
        self.time.textChanged.connect(self._read)
        self.change.toggled.connect(self._read)
        for line in (self.time, self.why):
            line.returnPressed.connect(self._save)
            line.left.connect(self._leave)
        self.hide()

    def _build(self) -> None:
        px = self._look.px
        self.title = QLabel()
        self.title.setFont(self._look.strong)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        times = FlowLayout(px(6))
        self.setAccessibleName("Put off")
        for place, offer in enumerate(offers_at(self._desk.now())):
            button = QPushButton(offer.words)
            button.setAccessibleName(offer.words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, place=place: self._choose(place))
            self.buttons.append(button)
            times.addWidget(button)
        self.time = BarLine()
        self.time.setAccessibleName("Until when")
        self.time.setMaxLength(MOST_LETTERS)
        self.time.setPlaceholderText("Another time, such as 4h, 16:30, friday 10:00")
        self.meaning = QLabel()
        self.meaning.setObjectName("problem")
        self.meaning.setAccessibleName("What the time means")
        self.meaning.setTextFormat(Qt.TextFormat.PlainText)
        self.meaning.setWordWrap(True)
        self.why = BarLine()
        self.why.setAccessibleName("Why")
        self.why.setMaxLength(MOST_WHY)
        self.why.setPlaceholderText("Why (optional)")
        self.change = TickBox(self._look, "Until something changes")
        self.change.setToolTip("A duplicate or an answer brings it back  (C)")
        self.save = QPushButton("Put off")
        self.save.setProperty("primary", True)
        cancel = QPushButton("Cancel")
        cancel.setProperty("flat", True)
        cancel.setToolTip("Escape")
        cancel.clicked.connect(self._leave)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lines.setSpacing(px(8))
        self._lines.addWidget(self.time, 1)
        self._lines.addWidget(self.why, 1)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.save)
        row.addWidget(cancel)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(self.title)
        layout.addLayout(times)
        layout.addLayout(self._lines)
        layout.addWidget(self.meaning)
        # The box itself stands below what is above it.
        inset = QHBoxLayout()
        inset.setContentsMargins(-px(4), 0, 0, 0)
        inset.addWidget(self.change)
        inset.addStretch(1)
        layout.addLayout(inset)
        layout.addLayout(row)

    # -- asking --------------------------------------------------------------------------------------------------

    def begin(self, kind: Kind, title: str) -> None:
        """Ask for a time; `title` says what for."""
        self._kind = kind
        now = self._desk.now()
        self._offers = offers_at(now.astimezone(self._zone))
        puts_off = kind is Kind.SNOOZE
        self.setAccessibleName("Put off" if puts_off else "Follow up")
        self.title.setText(title)
        for button, offer in zip(self.buttons, self._offers, strict=True):
            moment = moment_of(offer.written, now, self._zone)
            words = offer.words if offer.key is Qt.Key.Key_H else f"{offer.words} {wording.clock(moment)}"
            button.setText(f"{chr(offer.key.value)}  {words}")
            button.setToolTip(wording.exact(moment))
            button.setAccessibleName(f"{offer.words}, {wording.coming(moment, now)}")
        self.time.clear()
        self.why.clear()
        self.change.setChecked(False)
        self.change.setVisible(puts_off)
        self.save.setText("Put off" if puts_off else "Follow up")
        self._read()
        self.show()
        self.setFocus()

    def moment(self) -> datetime | None:
        """The time that is typed, None for none. Raises InvalidInput for what is no time."""
        text = self.time.text().strip()
        return moment_of(text, self._desk.now(), self._zone) if text else None

    def _read(self) -> None:
        """Say what the typed time means while it is typed."""
        wrong, sound = False, self.change.isChecked()
        words = ""
        try:
            moment = self.moment()
        except InvalidInput as error:
            wrong, sound, words = True, False, error.message
        else:
            if moment is not None:
                sound = True
                words = f"Comes back {wording.coming(moment, self._desk.now())}, {wording.exact(moment)}"
                words += ", or as soon as something changes" if self.change.isChecked() else ""
            elif self.change.isChecked():
                words = "Comes back as soon as something changes"
        self.meaning.setText(words)
        self.meaning.setVisible(bool(words))
        self.meaning.setProperty("wrong", wrong)
        self.meaning.style().polish(self.meaning)
        self.save.setEnabled(sound)

    def _choose(self, place: int) -> None:
        self._tell(moment_of(self._offers[place].written, self._desk.now(), self._zone))

    def _save(self) -> None:
        # A time may have passed since it was typed.
        self._read()
        if self.save.isEnabled():
            self._tell(self.moment())

    def _tell(self, moment: datetime | None) -> None:
        on_change = self._kind is Kind.SNOOZE and self.change.isChecked()
        until = "" if moment is None else moment.replace(microsecond=0).isoformat()
        self.hide()
        self.wanted.emit(self._kind, Later(until, on_change, self.why.text().strip()))

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    # -- keys ----------------------------------------------------------------------------------------------------

    def _keys(self) -> tuple[Qt.Key, ...]:
        return (*(offer.key for offer in self._offers), Qt.Key.Key_C, Qt.Key.Key_W, Qt.Key.Key_Escape)

    def event(self, event: QEvent) -> bool:
        """What is typed while it has the keyboard is for it, not for the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            typed = event.text().isprintable() and bool(event.text())
            if event.key() in self._keys() or typed or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by letter; a figure begins a time."""
        key = event.key()
        for place, offer in enumerate(self._offers):
            if key == offer.key:
                self._choose(place)
                return
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key == Qt.Key.Key_C and self._kind is Kind.SNOOZE:
            self.change.toggle()
        elif key == Qt.Key.Key_W:
            self.why.setFocus()
        elif event.text().isdigit():
            self.time.setFocus()
            self.time.setText(event.text())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the reason stands below the time."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(SIDE_BY_SIDE)
        self._lines.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
