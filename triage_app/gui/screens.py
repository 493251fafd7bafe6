"""Renders the desk to pictures: every screen, light and dark, in two sizes; works without a display."""

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer

from triage_app.domain.dedup import Level
from triage_app.domain.item import Form
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk, make_application, open_window
from triage_app.gui.desk import LocalServer
from triage_app.gui.finding_screens import finding_screens
from triage_app.gui.learning_screens import learning_screens
from triage_app.gui.look import Scheme
from triage_app.gui.pair_screens import pair_screens
from triage_app.gui.views.rules import RulesScreen
from triage_app.services.app import App
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.mail_queries import ListOutbox
from triage_app.services.queries import GetTicket, ListTickets, TicketView

SIZES = ((1440, 900), (1024, 700))
SCHEMES = (Scheme.LIGHT, Scheme.DARK)
LOOKED_THROUGH = 200
POLL_MS = 5
PATIENCE_MS = 20_000
# Worker processes are started for it.
LONG_PATIENCE_MS = 120_000


def render(
    app: App, resources: Path, out: Path, server: LocalServer | None = None, only: Collection[str] = ()
) -> list[Path]:
    """Write one PNG for each screen, theme and size into a folder; returns the files. `server`: what the desk may
    start; `only`: the names of the screens that are wanted, where not all are.
    """
    out.mkdir(parents=True, exist_ok=True)
    found = _examples(app)
    files = []
    with tempfile.TemporaryDirectory() as folder:
        screens = {
            **_screens(found),
            **finding_screens(settle),
            **pair_screens(settle),
            **learning_screens(settle, Path(folder)),
        }
        if only:
            screens = {name: screens[name] for name in only}
        for width, height in SIZES:
            for scheme in SCHEMES:
                for name, prepare in screens.items():
                    with _opened(app, resources, scheme, width, height, server) as opened:
                        prepare(opened)
                        settle(opened)
                        file = out / f"{name}-{scheme.value}-{width}x{height}.png"
                        opened.window.grab().save(str(file))
                        files.append(file)
    return files


def picture(app: App, resources: Path, file: Path, scheme: Scheme = Scheme.LIGHT) -> Path:
    """Write one PNG of the queue as it opens; returns the file."""
    with _opened(app, resources, scheme, *SIZES[0]) as opened:
        found = _examples(app)
        if "mail" in found:
            opened.window.queue.wait_for(found["mail"])
            settle(opened)
        opened.window.grab().save(str(file))
    return file


def settle(opened: OpenedDesk, patience_ms: int = PATIENCE_MS) -> None:
    """Run the event loop until no job runs and everything is painted; raises TimeoutError."""
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(POLL_MS)
    waited = 0

    def look() -> None:
        nonlocal waited
        waited += POLL_MS
        if opened.desk.jobs.idle or waited > patience_ms:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    while True:
        loop.exec()
        # Painting may ask for more, and so may a timer that is due just now.
        make_application().processEvents()
        if opened.desk.jobs.idle or waited > patience_ms:
            break
    timer.stop()
    if not opened.desk.jobs.idle:
        raise TimeoutError("The desk is still busy.")


@contextmanager
def _opened(
    app: App, resources: Path, scheme: Scheme, width: int, height: int, server: LocalServer | None = None
) -> Iterator[OpenedDesk]:
    make_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "view.ini"), QSettings.Format.IniFormat)
        settings.setValue("window/theme", scheme.value)
        opened = open_window(app, resources, settings, server=server)
        try:
            opened.window.resize(width, height)
            opened.window.show()
            opened.window.start()
            settle(opened)
            yield opened
        finally:
            opened.window.close()
            opened.close()


# -- which screens -------------------------------------------------------------------------------------------------


def _examples(app: App) -> dict[str, TicketId]:
    """A ticket of each sort that a picture is wanted of, where there is one."""
    found: dict[str, TicketId] = {}
    for row in app.ask(ListTickets(view="duplicates", sort="duplicates", limit=LOOKED_THROUGH)).tickets:
        tree = app.ask(GetDuplicates(id=row.id))
        if tree.merged:
            found.setdefault("repeats", row.id)
        if any(link.level is not Level.SUGGEST for link in tree.links):
            found.setdefault("linked", row.id)
            break
    for entry in app.ask(ListOutbox(limit=1)).entries:
        found["letters"] = entry.ticket
    for row in app.ask(ListTickets(view="all", limit=LOOKED_THROUGH)).tickets:
        if row.form == Form.ALERT.value:
            found.setdefault("alert", row.id)
            continue
        if {"mail", "html"} <= found.keys():
            continue
        view = app.ask(GetTicket(id=row.id))
        if view.messages and view.messages[0].html:
            found.setdefault("html", row.id)
        if _tells(view):
            found.setdefault("mail", row.id)
    return found


def _tells(view: TicketView) -> bool:
    """Whether a mail shows much of what the window can: reported by somebody, with reasons and observables."""
    reasons = bool(view.predictions and view.predictions[0].reasons)
    return bool(view.messages and view.messages[0].carrier and view.observables and reasons)


def _choose_failing(opened: OpenedDesk) -> None:
    opened.window.do("go-sources")
    settle(opened)
    rows = opened.window.sources.list
    for item in rows.findItems("Failing", Qt.MatchFlag.MatchExactly, 1):
        rows.setCurrentItem(item)


def _add_source(opened: OpenedDesk) -> None:
    opened.window.do("go-sources")
    settle(opened)
    opened.window.sources.ask_new()


def _serve(opened: OpenedDesk) -> None:
    opened.window.do("go-api")
    serving = opened.window.api.serving
    if serving is not None:
        serving.port.put("0")
        serving.start()


def _add_token(opened: OpenedDesk) -> None:
    opened.window.do("go-api")
    opened.window.api.tokens.add.click()


def _screens(found: dict[str, TicketId]) -> dict[str, Callable[[OpenedDesk], object]]:
    def at(which: str, *then: str) -> Callable[[OpenedDesk], None]:
        def prepare(opened: OpenedDesk) -> None:
            if which in found:
                opened.window.do("go-all")
                opened.window.queue.wait_for(found[which])
                settle(opened)
            for action in then:
                opened.window.do(action)

        return prepare

    def html(opened: OpenedDesk) -> None:
        at("html")(opened)
        opened.window.pane.message.show_mode("html")

    def doing(action: str) -> Callable[[OpenedDesk], None]:
        return lambda opened: opened.window.do(action)

    def searching(words: str) -> Callable[[OpenedDesk], None]:
        def prepare(opened: OpenedDesk) -> None:
            opened.window.queue.search.setText(words)
            opened.window.queue.search_now()

        return prepare

    def rules(opened: OpenedDesk) -> RulesScreen:
        opened.window.do("go-rules")
        settle(opened)
        return opened.window.rules

    def simulating(opened: OpenedDesk) -> None:
        screen = rules(opened)
        screen.simulation.since.setCurrentIndex(screen.simulation.since.count() - 1)
        screen.simulate()
        settle(opened, LONG_PATIENCE_MS)

    def designing(opened: OpenedDesk) -> None:
        screen = rules(opened)
        figures = [rule.card.matched - rule.card.groups if rule.card else 0 for rule in screen.rows.rules]
        if figures:
            screen.cards.setCurrentIndex(screen.rows.index(figures.index(max(figures))))
        screen.design_window()
        settle(opened, LONG_PATIENCE_MS)

    def mistaken(opened: OpenedDesk) -> None:
        screen = rules(opened)
        screen.editor.put(screen.text.replace("level: comment", "level: coment", 1))
        screen.check_now()

    def replying(template: str) -> Callable[[OpenedDesk], None]:
        def prepare(opened: OpenedDesk) -> None:
            at("letters", "reply")(opened)
            settle(opened)
            opened.window.pane.reply.use_template(template)

        return prepare

    screens: dict[str, Callable[[OpenedDesk], object]] = {
        "queue": at("mail"),
        "observables": at("mail", "tab-observables"),
        "timeline": at("mail", "tab-timeline"),
        "verdict": at("mail", "close"),
        "marked": at("mail", "select", "extend-next", "extend-next"),
        "search": searching("account"),
        "nothing-found": searching("zzzzqqq"),
        "parked": doing("go-parked"),
        "sources": doing("go-sources"),
        "source-failing": _choose_failing,
        "source-form": _add_source,
        "api": doing("go-api"),
        "api-served": _serve,
        "token-form": _add_token,
        "balance": doing("go-balance"),
        "rules": rules,
        "rules-mistake": mistaken,
        "simulation": simulating,
        "window": designing,
        "why-two": at("mail", "select", "extend-next", "explain"),
        "link": at("mail", "tab-duplicates", "link"),
        "closed": doing("go-closed"),
        "commands": doing("palette"),
        "keys": doing("keys"),
    }
    if "repeats" in found:
        screens["why"] = at("repeats", "tab-duplicates", "explain")
        screens["duplicates"] = at("repeats", "tab-duplicates")
    if "linked" in found:
        screens["group"] = at("linked", "tab-duplicates")
        screens["close-linked"] = at("linked", "close-linked")
    if "alert" in found:
        screens["alert"] = at("alert")
    if "letters" in found:
        screens["conversation"] = at("letters")
        screens["reply"] = replying("")
        screens["reply-template"] = replying("phishing")
        screens["move-mail"] = at("letters", "move-mail")
    if "html" in found:
        screens["html"] = html
    return screens
