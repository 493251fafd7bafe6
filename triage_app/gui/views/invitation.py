"""A strip that says where to sign in, and with which code if any, while the program waits for it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton

from triage_app.gui.look import Look
from triage_app.services.context import Invitation, Progress


class InvitationStrip(QFrame):
    """Hidden while nobody signs in. The address is copied, never opened: it came from a server."""

    cancel_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._invitation: Invitation | None = None
        self._name = ""
        self.setObjectName("note")
        self.setAccessibleName("Signing in")
        px = look.px
        self.text = self._label()
        self.text.setWordWrap(True)
        self.code = self._label()
        self.code.setFont(look.mono)
        self.code.setAccessibleName("The code")
        self.address = QLineEdit()
        self.address.setReadOnly(True)
        self.address.setAccessibleName("The address")
        self.copy_address = QPushButton("Copy address")
        self.copy_address.clicked.connect(lambda: self._copy(code=False))
        self.copy_code = QPushButton("Copy code")
        self.copy_code.clicked.connect(lambda: self._copy(code=True))
        self.cancel = QPushButton("Cancel")
        self.cancel.setAccessibleName("Cancel the sign-in")
        self.cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(8), px(16), px(8))
        row.setSpacing(px(12))
        row.addWidget(self.text, 1)
        row.addWidget(self.address, 1)
        for widget in (self.code, self.copy_address, self.copy_code, self.cancel):
            row.addWidget(widget)
        self.hide()

    def begin(self, name: str) -> None:
        """A sign-in was asked for."""
        self._invitation = None
        self._name = name
        self.text.setText(f"Signing in to {name}\u2026")
        for widget in (self.address, self.code, self.copy_address, self.copy_code):
            widget.hide()
        self.cancel.setEnabled(True)
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """Show the invitation when it is there."""
        invitation = progress.invitation
        if invitation is None or invitation == self._invitation:
            return
        self._invitation = invitation
        self.copy_address.show()
        if not invitation.code:
            # It is as long as a paragraph, and nobody types it.
            self.text.setText(
                f"To sign in to {self._name}, open this address in a browser on the machine that holds the workspace:"
            )
            self.address.setText(invitation.address)
            self.address.setCursorPosition(0)
            self.address.show()
            return
        self.text.setText(f"To sign in to {self._name}, open {invitation.address} in a browser and enter this code:")
        self.code.setText(invitation.code)
        for widget in (self.code, self.copy_code):
            widget.show()

    def end(self) -> None:
        """It has ended; nothing of it stays."""
        self._invitation = None
        self.address.clear()
        self.code.clear()
        self.text.clear()
        self.hide()

    def _label(self) -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return label

    def _copy(self, *, code: bool) -> None:
        if self._invitation is not None:
            QGuiApplication.clipboard().setText(self._invitation.code if code else self._invitation.address)

    def _stop(self) -> None:
        self.text.setText("Stopping\u2026")
        self.cancel.setEnabled(False)
        self.cancel_wanted.emit()
