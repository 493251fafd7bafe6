from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.likeness_strip import LikenessStrip
from triage_app.services.search_queries import Parts


def test_score_parts_reasons_and_note_are_said(look: Look, qtbot: QtBot) -> None:
    strip = LikenessStrip(look)
    qtbot.addWidget(strip)
    strip.show_likeness(0.83, Parts(0.14, 0.76, 0.0, 1.0), ("same URL host", "<b>71 % of words</b>"), "Blocked it.")
    assert strip.score.text() == "83% alike"
    said = {name: bar.accessibleName() for name, bar in strip.bars.items()}
    assert said == {"observables": "Observables 14%", "text": "Text 76%", "fields": "Fields 0%", "time": "Time 100%"}
    assert strip.reasons.text().replace("\u00a0", " ") == "same URL host  \u00b7  <b>71 % of words</b>"
    assert strip.reasons.textFormat() == Qt.TextFormat.PlainText
    assert strip.note.text() == "Its note: Blocked it."
    strip.grab()
    # when nothing is said, nothing takes room
    strip.show_likeness(0.0, Parts(0, 0, 0, 0), (), "")
    assert strip.reasons.isHidden()
    assert strip.note.isHidden()
