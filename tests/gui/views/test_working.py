from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.context import Progress


def test_it_counts_and_can_be_stopped(look: Look, qtbot: QtBot) -> None:
    strip = WorkingStrip(look, "Simulating")
    qtbot.addWidget(strip)
    assert not strip.isVisible()
    strip.begin()
    assert (strip.isVisible(), strip.bar.maximum()) == (True, 0)
    strip.show_progress(Progress(3, 10, "items"))
    assert strip.text.text() == "Simulating: 3 of 10 items"
    with qtbot.waitSignal(strip.cancel_wanted):
        strip.cancel.click()
    assert not strip.cancel.isEnabled()
    strip.end()
    assert not strip.isVisible()
