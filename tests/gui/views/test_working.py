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
    # what was on its way when it was stopped does not say that it goes on
    strip.show_progress(Progress(4, 10, "items"))
    assert strip.text.text() == "Stopping\u2026"
    strip.end()
    assert not strip.isVisible()


def test_what_is_done_at_once_needs_no_strip(look: Look, qtbot: QtBot) -> None:
    strip = WorkingStrip(look, "Reading")
    qtbot.addWidget(strip)
    strip.wait()
    assert strip.isHidden()
    # done in time: nothing comes up any more
    strip.end()
    assert not strip._timer.isActive()
    # not done in time
    strip.wait()
    strip._timer.timeout.emit()
    assert strip.isVisible()
    assert strip.text.text() == "Reading\u2026"


def test_percent_are_said_as_such(look: Look, qtbot: QtBot) -> None:
    strip = WorkingStrip(look, "Training")
    qtbot.addWidget(strip)
    strip.begin()
    strip.show_progress(Progress(28, 100, "percent trained (1 of 2)"))
    assert strip.text.text() == "Training: 28% trained (1 of 2)"
    assert (strip.bar.value(), strip.bar.maximum()) == (28, 100)
