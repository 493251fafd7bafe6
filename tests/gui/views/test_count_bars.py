from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.count_bars import MOST, CountBars


def test_each_name_has_its_number_and_share(look: Look, qtbot: QtBot) -> None:
    bars = CountBars(look, "Categories")
    qtbot.addWidget(bars)
    bars.show_counts([("Phishing", 21), ("Spam", 9)], of=36)
    assert list(bars.shown) == ["Phishing: 21, 58%", "Spam: 9, 25%"]
    # when there are fewer, no bar of before stays
    bars.show_counts([("Spam", 1)], of=1)
    assert list(bars.shown) == ["Spam: 1, 100%"]
    bars.show_counts([], of=0)
    assert not bars.shown
    assert bars.isHidden()


def test_what_is_rare_shares_a_bar(look: Look, qtbot: QtBot) -> None:
    bars = CountBars(look, "Categories")
    qtbot.addWidget(bars)
    bars.show_counts([(f"Label {place}", 20 - place) for place in range(MOST)], of=200)
    assert len(bars.shown) == MOST
    assert "others" not in bars.shown[-1]
    bars.show_counts([(f"Label {place}", 20 - place) for place in range(MOST + 2)], of=200)
    assert len(bars.shown) == MOST
    assert bars.shown[-1] == "3 others: 42, 21%"
