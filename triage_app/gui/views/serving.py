"""The switch of the local API: where to serve, and what a client needs to know once it is served."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import InvalidInput, TriageError
from triage_app.domain.source import Field, FieldKind
from triage_app.gui import api_operations
from triage_app.gui.desk import Desk, LocalServer
from triage_app.gui.views.copy_line import CopyLine
from triage_app.gui.views.source_form import FieldEntry
from triage_app.gui.views.tick_box import TickBox

HOST, PORT = "127.0.0.1", "8484"
HOST_FIELD = Field(
    "host", "Host", f"{HOST}: for this machine alone. At any other address it speaks TLS 1.3.", required=True
)
PORT_FIELD = Field("port", "Port", "0: a free one.", FieldKind.NUMBER, default=PORT, low=0, high=65_535)
TITLE_WIDTH = 150
BEGIN = "api/begin"


class ServingPanel(QFrame):
    """Starts and stops the server of this desk's workspace, and remembers what the user set.

    `switch` and `always` are for the screen to place. `switched` tells that it serves now, or no more.
    """

    switched = Signal()

    def __init__(self, desk: Desk, server: LocalServer) -> None:
        super().__init__()
        self._desk = desk
        self._server = server
        self.setAccessibleName("The server")
        px = desk.look.px
        self.host = FieldEntry(desk.look, HOST_FIELD)
        self.port = FieldEntry(desk.look, PORT_FIELD)
        self.host.put(str(desk.settings.value("api/host", HOST)))
        self.port.put(str(desk.settings.value("api/port", PORT)))
        self.always = TickBox(desk.look, "Start it with the desk")
        self.always.setToolTip("From now on the API is served whenever this workspace is open in a desk.")
        self.always.setChecked(server.place in self._places())
        self.always.toggled.connect(self._remember)
        self.address = CopyLine(desk.look, "Address", TITLE_WIDTH)
        self.fingerprint = CopyLine(desk.look, "Certificate (SHA-256)", TITLE_WIDTH)
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        self.problem.setWordWrap(True)
        self.switch = QPushButton()
        self.switch.clicked.connect(self._toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(4), px(12), px(4))
        layout.setSpacing(px(8))
        layout.addWidget(self._build_pages())
        layout.addWidget(self.problem)
        self._rest()

    def _build_pages(self) -> QWidget:
        px = self._desk.look.px
        settings = QWidget()
        settings.setAccessibleName("Where to serve")
        row = QHBoxLayout(settings)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(16))
        row.addWidget(self.host, 3, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.port, 1, Qt.AlignmentFlag.AlignTop)
        facts = QWidget()
        facts.setAccessibleName("Where it is served")
        column = QVBoxLayout(facts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.address)
        column.addWidget(self.fingerprint)
        column.addStretch(1)
        pages = QWidget()
        pages.setAccessibleName("The server's settings or address")
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(settings)
        self._pages.addWidget(facts)
        return pages

    # -- start and stop ------------------------------------------------------------------------------------------

    @property
    def sentence(self) -> str:
        """How it stands, in a few words."""
        if not self._server.address:
            return "Not served"
        return "Served over TLS 1.3" if self._server.fingerprint else "Served to this machine alone"

    def begin_as_remembered(self) -> None:
        """Start, if the user wanted that for this workspace."""
        if self.always.isChecked():
            self.start()

    def start(self) -> None:
        """Serve where the fields say; a mistake stands at its field."""
        self._say("")
        if not all([self.host.check(), self.port.check()]):
            return
        self._wait("Starting\u2026")
        host, port = self.host.value.strip(), int(self.port.value or PORT)
        api_operations.start(
            self._desk, self._server, host, port, lambda _nothing: self._started(host, port), self._failed
        )

    def stop(self) -> None:
        """Serve no more; callers are let go."""
        self._say("")
        self._wait("Stopping\u2026")
        api_operations.stop(self._desk, self._server, lambda _nothing: self._rest(), self._failed)

    def _toggle(self) -> None:
        if self._server.address:
            self.stop()
        else:
            self.start()

    def _started(self, host: str, port: int) -> None:
        self._desk.settings.setValue("api/host", host)
        self._desk.settings.setValue("api/port", str(port))
        self._rest()

    def _failed(self, error: TriageError) -> None:
        self._rest()
        at = self._field_of(error)
        if at is None:
            self._say(error.message)
        else:
            at.say(error.message)
            at.widget.setFocus()

    def _field_of(self, error: TriageError) -> FieldEntry | None:
        if not isinstance(error, InvalidInput):
            return None
        if "no address of this machine" in error.message:
            return self.host
        return self.port if "cannot be listened on" in error.message else None

    # -- showing -------------------------------------------------------------------------------------------------

    def _wait(self, text: str) -> None:
        self.switch.setText(text)
        for widget in (self.switch, self.host.widget, self.port.widget):
            widget.setEnabled(False)

    def _rest(self) -> None:
        served = bool(self._server.address)
        self.switch.setText("Stop serving" if served else "Serve")
        self.switch.setProperty("primary", not served)
        self.switch.style().polish(self.switch)
        for widget in (self.switch, self.host.widget, self.port.widget):
            widget.setEnabled(True)
        self.address.say(self._server.address)
        self.fingerprint.say(self._server.fingerprint)
        self.fingerprint.setVisible(bool(self._server.fingerprint))
        self._pages.setCurrentIndex(1 if served else 0)
        self.switched.emit()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    # -- what is remembered --------------------------------------------------------------------------------------

    def _places(self) -> set[str]:
        return set(str(self._desk.settings.value(BEGIN, "")).splitlines())

    def _remember(self, wanted: bool) -> None:
        places = self._places() - {self._server.place}
        if wanted:
            places.add(self._server.place)
        self._desk.settings.setValue(BEGIN, "\n".join(sorted(places)))
