"""The help of keys: every action with its keys on one page."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from triage_app.gui import wording
from triage_app.gui.actions import ACTIONS, Action, Group
from triage_app.gui.look import Look
from triage_app.gui.views.overlay import Overlay
from triage_app.gui.views.palette import shown_keys

KeysOf = Callable[[Action], tuple[str, ...]]

LEFT = (Group.DECIDE, Group.MOVE)
RIGHT = (Group.GO, Group.LEARNING, Group.TICKET, Group.RULES, Group.FILES, Group.LOOK, Group.HELP)


class KeyHelp(QFrame):
    """All keys on one page."""

    def __init__(
        self, look: Look, parent: QWidget, keys_of: KeysOf, labels: Sequence[str], views: Sequence[str] = ()
    ) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setAccessibleName("Keys")
        px = look.px
        columns = QHBoxLayout()
        columns.setSpacing(px(40))
        for groups in (LEFT, RIGHT):
            column = QVBoxLayout()
            column.setSpacing(px(4))
            for group in groups:
                self._add_group(look, column, group, keys_of, labels, views)
            column.addStretch(1)
            columns.addLayout(column, 1)
        page = QWidget()
        page.setAccessibleName("All keys")
        page.setLayout(columns)
        columns.setContentsMargins(px(28), px(4), px(28), px(20))
        area = QScrollArea()
        area.setAccessibleName("All keys")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(page)
        title = QLabel("Keys")
        title.setFont(look.title)
        title.setContentsMargins(px(28), px(16), px(28), 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(1), px(1), px(1), px(1))
        layout.setSpacing(0)
        layout.addWidget(title)
        layout.addWidget(area, 1)
        wanted = page.sizeHint()
        high = wanted.height() + title.sizeHint().height() + px(4)
        self._area = area
        self.overlay = Overlay(look, self, parent, lambda: (max(wanted.width() + px(24), px(760)), high))

    def begin(self) -> None:
        """Show it."""
        self.overlay.open(self._area)

    def _add_group(
        self,
        look: Look,
        column: QVBoxLayout,
        group: Group,
        keys_of: KeysOf,
        labels: Sequence[str],
        views: Sequence[str],
    ) -> None:
        px = look.px
        rows = [(action, keys_of(action)) for action in ACTIONS if action.group is group and keys_of(action)]
        if not rows:
            return
        title = QLabel(group.value)
        title.setFont(look.strong)
        title.setContentsMargins(0, px(8), 0, px(2))
        column.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(3))
        grid.setColumnStretch(1, 1)
        for place, (action, keys) in enumerate(rows):
            text = action.text
            if action.id.startswith("correct-"):
                number = int(action.argument)
                if number > len(labels):
                    continue
                text = f"Correct to {labels[number - 1]}"
            if action.id.startswith("saved-"):
                number = int(action.argument)
                if number > len(views):
                    continue
                text = wording.first_line(views[number - 1], 40)
            key = QLabel(shown_keys(keys))
            key.setObjectName("key")
            key.setMinimumWidth(px(96))
            grid.addWidget(key, place, 0)
            grid.addWidget(QLabel(text), place, 1)
        column.addLayout(grid)
