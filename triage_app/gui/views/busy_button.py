"""A button that starts work and rests while it runs."""

from PySide6.QtWidgets import QApplication, QPushButton, QWidget


class BusyButton(QPushButton):
    """Has the keyboard again when the work ends, unless somebody took it elsewhere meanwhile."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._heir: QWidget | None = None

    def rest(self) -> None:
        """The work begins."""
        had = self.hasFocus()
        self.setEnabled(False)
        # Qt hands the keyboard of what is disabled to the next widget.
        self._heir = QApplication.focusWidget() if had else None

    def wake(self, *, enabled: bool = True) -> None:
        """The work has ended."""
        self.setEnabled(enabled)
        if self._heir is not None and QApplication.focusWidget() is self._heir:
            self.setFocus()
        self._heir = None
