from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.news_bar import NewsBar


def test_it_says_one_thing_leads_on_and_goes_away(look: Look, qtbot: QtBot) -> None:
    bar = NewsBar(look, "What the correction would change", "Look")
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.say("Learnt now, 14 open tickets would change")
    assert bar.isVisible()
    with qtbot.waitSignal(bar.wanted):
        bar.look_button.click()
    with qtbot.waitSignal(bar.dismissed):
        bar.close_button.click()
    assert bar.isHidden()
    bar.say("again")
    bar.say("")
    assert bar.isHidden()
