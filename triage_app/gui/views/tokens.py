"""The tokens of the local API: what each allows, a new one, and the end of one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.token import Scope, Token
from triage_app.gui import api_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.copy_line import CopyLine
from triage_app.gui.views.token_form import TokenForm
from triage_app.services.token_commands import NewToken
from triage_app.services.token_queries import TokenList

TOKEN = Qt.ItemDataRole.UserRole
NEVER = "\u2013"


class TokenPanel(QWidget):
    """Every token, the valid ones first. The text of a new one is shown until it is put away, and never again."""

    said = Signal(str, bool)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setAccessibleName("Tokens")
        px = self._look.px
        title = QLabel("Tokens")
        title.setFont(self._look.strong)
        self.total = QLabel()
        self.total.setObjectName("second")
        self.total.setWordWrap(True)
        self.revoke = QPushButton("Revoke\u2026")
        self.revoke.clicked.connect(lambda: self._ask(shown=True))
        self.add = QPushButton("Add a token\u2026")
        self.add.clicked.connect(self._begin)
        top = QHBoxLayout()
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addWidget(self.total, 1)
        top.addWidget(self.revoke)
        top.addWidget(self.add)
        self.form = TokenForm(self._look)
        self.form.hide()
        self.form.wanted.connect(self._make)
        self._build_list()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(8), px(12), 0)
        layout.setSpacing(px(8))
        layout.addLayout(top)
        layout.addWidget(self.form)
        layout.addWidget(self._build_made())
        layout.addWidget(self._build_question())
        layout.addWidget(self.list, 1)
        self._look.changed.connect(self._tint)

    def _build_list(self) -> None:
        px = self._look.px
        self.list = QTreeWidget()
        self.list.setAccessibleName("Tokens")
        self.list.setHeaderLabels(["Name", "Allows", "Source", "Made", "Revoked"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.currentItemChanged.connect(lambda _now, _before: self._chosen())
        header = self.list.header()
        header.setAccessibleName("Columns of the tokens")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 200), (2, 130), (3, 70), (4, 78)):
            header.resizeSection(column, px(width))

    def _build_made(self) -> QWidget:
        px = self._look.px
        self.made = QFrame()
        self.made.setObjectName("note")
        self.made.setAccessibleName("The new token")
        self.secret = CopyLine(self._look, "The token")
        self._hint = QLabel()
        self._hint.setObjectName("why")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self.put_away = QPushButton("Done")
        self.put_away.setAccessibleName("Put the token away")
        self.put_away.clicked.connect(self._forget)
        row = QHBoxLayout(self.made)
        row.setContentsMargins(px(12), px(8), px(12), px(8))
        row.setSpacing(px(12))
        row.addWidget(self.secret, 1)
        row.addWidget(self._hint)
        row.addWidget(self.put_away)
        self.made.hide()
        return self.made

    def _build_question(self) -> QWidget:
        px = self._look.px
        self.question = QFrame()
        self.question.setObjectName("advice")
        self.question.setAccessibleName("Revoke the token?")
        self._asked = QLabel()
        self._asked.setTextFormat(Qt.TextFormat.PlainText)
        self._asked.setWordWrap(True)
        self.sure = QPushButton("Revoke")
        self.sure.clicked.connect(self._revoke)
        self.keep = QPushButton("Keep")
        self.keep.clicked.connect(lambda: self._ask(shown=False))
        row = QHBoxLayout(self.question)
        row.setContentsMargins(px(10), px(6), px(10), px(6))
        row.setSpacing(px(8))
        row.addWidget(self._asked, 1)
        row.addWidget(self.sure)
        row.addWidget(self.keep)
        self.question.hide()
        return self.question

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the tokens again."""
        api_operations.load_tokens(self._desk, self._show, self._fail)

    def _show(self, answer: TokenList) -> None:
        chosen = self.current
        valid = sum(token.is_valid for token in answer.tokens)
        self._say(wording.counted(valid, "valid token", "valid tokens") if valid else "Nobody can sign in yet")
        now = self._desk.now()
        self.list.clear()
        for token in sorted(answer.tokens, key=lambda each: not each.is_valid):
            revoked = wording.age(token.revoked_at, now) if token.revoked_at is not None else NEVER
            item = QTreeWidgetItem(
                [
                    token.name,
                    ", ".join(token.scopes),
                    token.source or NEVER,
                    wording.age(token.created_at, now),
                    revoked,
                ]
            )
            item.setData(0, TOKEN, token)
            item.setToolTip(0, token.name)
            item.setToolTip(3, wording.exact(token.created_at))
            if token.revoked_at is not None:
                item.setToolTip(4, wording.exact(token.revoked_at))
            self.list.addTopLevelItem(item)
            if chosen is not None and token.name == chosen.name:
                self.list.setCurrentItem(item)
        self._tint()
        self._chosen()

    def _tint(self) -> None:
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is not None:
                colour = self._look.colour("text" if item.data(0, TOKEN).is_valid else "text-second")
                for column in range(self.list.columnCount()):
                    item.setForeground(column, colour)

    def _fail(self, error: TriageError) -> None:
        self._ask(shown=False)
        self._say(error.message, wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.total.setText(text)
        self.total.setProperty("wrong", wrong)
        self.total.style().polish(self.total)

    @property
    def current(self) -> Token | None:
        """The token in hand."""
        item = self.list.currentItem()
        token: Token | None = item.data(0, TOKEN) if item is not None else None
        return token

    def _chosen(self) -> None:
        token = self.current
        self.revoke.setEnabled(token is not None and token.is_valid)
        self._ask(shown=False)

    # -- a new one -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._ask(shown=False)
        self._forget()
        self.form.begin()

    def _make(self, name: str, scopes: tuple[Scope, ...], source: str) -> None:
        api_operations.add_token(self._desk, name, scopes, source, self._show_made, self.form.show_error)

    def _show_made(self, made: NewToken) -> None:
        self.form.hide()
        self.secret.say(made.secret)
        self._hint.setText(f"For {wording.first_line(made.name, 24)}. Copy it now: only its hash is kept.")
        self.made.show()
        self.secret.copy.setFocus()

    def _forget(self) -> None:
        self.secret.say("")
        self.made.hide()

    # -- the end of one ------------------------------------------------------------------------------------------

    def _ask(self, *, shown: bool) -> None:
        token = self.current
        self.question.setVisible(shown and token is not None)
        if shown and token is not None:
            self._asked.setText(f"Whoever uses {token.name} is refused from then on. This cannot be taken back.")
            self.sure.setFocus()

    def _revoke(self) -> None:
        token = self.current
        self._ask(shown=False)
        if token is not None:
            api_operations.revoke_token(
                self._desk, token.name, lambda revoked: self.said.emit(f"{revoked.name} is revoked", False), self._fail
            )
