from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.gui.measured import version
from triage_app.gui.look import Look
from triage_app.gui.views.model_list import ModelRows


def test_versions_say_what_they_do_and_how_good_they_are(look: Look, qtbot: QtBot) -> None:
    rows = ModelRows(look)
    qtbot.addWidget(rows)
    rows.resize(1200, 300)
    rows.show()
    told: list[bool] = []
    rows.chosen.connect(lambda: told.append(True))
    unmeasured = replace(version("cat-1"), quality=None)
    rows.show_models((version("cat-3", shadow=True), version("cat-2", active=True), unmeasured))
    assert told == [True]
    lines = [[item.text(place) for place in (0, 1, 4, 7)] for item in map(rows.topLevelItem, range(3)) if item]
    assert lines == [
        ["cat-3", "in the shadow", "90.0%", "96.0%"],
        ["cat-2", "in use", "90.0%", "96.0%"],
        ["cat-1", "", "", ""],
    ]
    # when another one is taken in hand and the list comes anew, it stays
    rows.take("cat-1")
    rows.show_models((version("cat-4"), unmeasured))
    assert rows.current == unmeasured
    # and where it is narrow the times go
    assert not rows.isColumnHidden(2)
    rows.resize(800, 300)
    assert [place for place in range(8) if rows.isColumnHidden(place)] == [2]
    rows.resize(600, 300)
    assert [place for place in range(8) if rows.isColumnHidden(place)] == [2, 3, 5, 6]
