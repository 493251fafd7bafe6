"""The conversation below the original mail: answers that came in, and what goes out with how it stands."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from triage_app.domain.item import RawId
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingState
from triage_app.gui import mail_wording, wording
from triage_app.gui.look import Look
from triage_app.gui.views.letter import Letter, LetterRow, in_order
from triage_app.gui.views.safe_html import defanged_text
from triage_app.services.mail_queries import OutboxEntry
from triage_app.services.queries import MessageView

MOST = 60
CAME, WENT = "came", "went"
READ, WITHDRAW, RESEND = "read", "withdraw", "resend"


def letters_of(messages: Sequence[MessageView], outgoing: Sequence[OutboxEntry], now: datetime) -> list[Letter]:
    """All but the original, the oldest first. A move or flag that was done or withdrawn is told by the timeline."""
    letters = []
    before = now
    for place, message in enumerate(messages):
        # What a sender says of its time is believed as far as it can be true.
        before = min(message.envelope.sent_at or before, now)
        if place:
            letters.append(_came(message, before))
    ended = (OutgoingState.DONE, OutgoingState.CANCELLED)
    letters += [_went(entry) for entry in outgoing if entry.kind in mail_wording.MAILS or entry.state not in ended]
    return in_order(letters)


def _came(message: MessageView, at: datetime) -> Letter:
    return Letter(
        key=(CAME, message.raw),
        icon="mail",
        who=wording.first_line(message.envelope.sender, 120) or "Sender unknown",
        at=at,
        text=defanged_text(message.text) or "The message has no text.",
        quoted=defanged_text(message.quoted),
        deeds=((READ, "Read above"),),
    )


def _went(entry: OutboxEntry) -> Letter:
    deeds = []
    if mail_wording.may_withdraw(entry):
        deeds.append((WITHDRAW, "Withdraw"))
    if mail_wording.may_resend(entry):
        deeds.append((RESEND, "Send again" if entry.kind in mail_wording.MAILS else "Try again"))
    return Letter(
        key=(WENT, entry.id),
        icon=mail_wording.ICONS[entry.state],
        who=mail_wording.title(entry),
        at=mail_wording.ended(entry),
        text=defanged_text(entry.text),
        state=mail_wording.state(entry),
        wrong=mail_wording.is_wrong(entry),
        ours=True,
        deeds=tuple(deeds),
    )


class ConversationView(QFrame):
    """Hidden where there is nothing but the original. `read_wanted` carries the place of a message."""

    read_wanted = Signal(int)
    withdraw_wanted = Signal(object)
    resend_wanted = Signal(object)

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._look = look
        self._now = now
        self._messages: tuple[MessageView, ...] = ()
        self._outgoing: tuple[OutboxEntry, ...] = ()
        self._whole: set[tuple[str, int]] = set()
        self._goal: int | None = None
        self._number = 0
        # Once the letters have their places.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._turn)
        self.rows: list[LetterRow] = []
        self.setObjectName("conversation")
        self.setAccessibleName("Conversation")
        px = look.px
        self.heading = QLabel()
        self.heading.setObjectName("second")
        self.heading.setContentsMargins(px(16), px(6), px(16), px(4))
        self._area = QScrollArea()
        self._area.setAccessibleName("Answers and replies")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.verticalScrollBar().rangeChanged.connect(lambda _least, _most: self._later.start())
        self._area.verticalScrollBar().actionTriggered.connect(lambda _action: self._stay())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self._area, 1)
        look.changed.connect(self._fill)
        self.hide()

    def show_letters(self, messages: Sequence[MessageView], outgoing: Sequence[OutboxEntry]) -> None:
        """Show all but the first message. The newest is in sight, unless nothing came that was not there before."""
        if (tuple(messages), tuple(outgoing)) == (self._messages, self._outgoing):
            return
        again = bool(messages) and tuple(messages[:1]) == self._messages[:1]
        if not again:
            self._whole.clear()
            self._number = 0
        self._messages, self._outgoing = tuple(messages), tuple(outgoing)
        self._fill()

    def _fill(self) -> None:
        now = self._now()
        letters = letters_of(self._messages, self._outgoing, now)
        self._stay()
        if len(letters) > self._number:
            self._goal = None
        self._number = len(letters)
        self.setVisible(bool(letters))
        earlier = len(letters) - MOST
        told = f", the newest {wording.count(MOST)} of them here" if earlier > 0 else ""
        self.heading.setText(f"Conversation \u00b7 {wording.count(len(letters))}{told}")
        content = QWidget()
        content.setAccessibleName("Answers and replies")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.rows = []
        for letter in letters[-MOST:]:
            row = LetterRow(self._look, letter, now, whole=letter.key in self._whole)
            row.wanted.connect(lambda deed, key=letter.key: self._do(deed, key))
            row.unfolded.connect(lambda key=letter.key: self._whole.add(key))
            row.more.clicked.connect(self._stay)
            row.quotes.clicked.connect(self._stay)
            column.addWidget(row)
            self.rows.append(row)
        column.addStretch(1)
        self._area.setWidget(content)

    def _stay(self) -> None:
        """From now on what is in sight stays there."""
        self._goal = self._area.verticalScrollBar().sliderPosition()

    def _turn(self) -> None:
        # The head of the newest is in sight, also where its words are more than there is room for.
        newest = self.rows[-1].y() if self.rows else 0
        self._area.verticalScrollBar().setValue(newest if self._goal is None else self._goal)

    def _do(self, deed: str, key: tuple[str, int]) -> None:
        number = key[1]
        if deed == READ:
            self.read_wanted.emit([message.raw for message in self._messages].index(RawId(number)))
        elif deed == WITHDRAW:
            self.withdraw_wanted.emit(OutgoingId(number))
        else:
            self.resend_wanted.emit(OutgoingId(number))
