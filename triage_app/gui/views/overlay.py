"""A panel that lies over the window: placed in its parent, closed by Escape, giving the keyboard back."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from triage_app.gui.look import Look
from triage_app.gui.views.state import StatePage


class Overlay(QObject):
    """Holds a panel at the top or in the middle of its parent. A click beside it or Escape closes it."""

    def __init__(
        self,
        look: Look,
        panel: QWidget,
        parent: QWidget,
        wanted: Callable[[], tuple[int, int]],
        *,
        top: int | None = None,
    ) -> None:
        """`wanted` tells the size in pixels that the panel would like; `top` its distance from above (None: middle)."""
        super().__init__(panel)
        self._look = look
        self._panel = panel
        self._wanted = wanted
        self._top = top
        self._before: QWidget | None = None
        self._parent = parent
        parent.installEventFilter(self)
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        panel.hide()

    def open(self, focus: QWidget) -> None:
        """Show the panel and give the keyboard to one of its widgets."""
        self._before = QApplication.focusWidget()
        self.place()
        self._panel.show()
        self._panel.raise_()
        focus.setFocus()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def close(self) -> None:
        """Hide the panel and give the keyboard back."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._panel.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def place(self) -> None:
        """Give the panel the size that it would like now, as far as there is room."""
        parent = self._parent
        margin = self._look.px(24)
        wide, high = self._wanted()
        width, height = min(wide, parent.width() - 2 * margin), min(high, parent.height() - 2 * margin)
        top = self._top if self._top is not None else (parent.height() - height) // 2
        self._panel.setGeometry((parent.width() - width) // 2, top, width, min(height, parent.height() - top - margin))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size; close on Escape and on a click elsewhere."""
        if not isValid(self._panel) or not self._panel.isVisible():
            return False
        if QApplication.activePopupWidget() is not None:
            # The list of a choice in the panel is open: keys and clicks are for it.
            return False
        kind = event.type()
        if watched is self._parent and kind == QEvent.Type.Resize:
            self.place()
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # While it is open the window's shortcuts rest.
            event.accept()
            return event.key() == Qt.Key.Key_Escape
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        elif kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and not self._inside(watched):
            self.close()
        return False

    def _inside(self, widget: QWidget) -> bool:
        return widget is self._panel or self._panel.isAncestorOf(widget)


def lay_out(look: Look, panel: QWidget, top: QHBoxLayout, page: QWidget, state: StatePage) -> QStackedLayout:
    """Fill a panel: its title row, below it the page or the state in its place. Returns the stack of these two."""
    below = QWidget()
    below.setAccessibleName("Page or state")
    stack = QStackedLayout(below)
    stack.addWidget(page)
    stack.addWidget(state)
    px = look.px
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(px(1), px(1), px(1), px(1))
    layout.setSpacing(0)
    layout.addLayout(top)
    layout.addWidget(below, 1)
    return stack


def title_row(look: Look, title: QWidget, overlay: Overlay) -> tuple[QHBoxLayout, QPushButton]:
    """A row with a panel's title and the button that closes it."""
    px = look.px
    title.setFont(look.title)
    close = QPushButton("Close")
    close.setProperty("flat", True)
    close.setToolTip("Escape")
    close.clicked.connect(overlay.close)
    row = QHBoxLayout()
    row.setContentsMargins(px(24), px(14), px(14), px(4))
    row.addWidget(title, 1)
    row.addWidget(close)
    return row, close
