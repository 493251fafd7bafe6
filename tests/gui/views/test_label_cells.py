from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.label_cells import figures, plain_list, set_label


def test_a_label_is_painted_as_its_chip_with_its_share(look: Look, qtbot: QtBot) -> None:
    tree = plain_list(look, "Labels", (("Subject", 0), ("Label", 200), ("Number", 80)), (1,))
    figures(tree, 2)
    qtbot.addWidget(tree)
    item = QTreeWidgetItem(["a", "", "3"])
    set_label(item, 1, "Phishing", 0.93)
    tree.addTopLevelItem(item)
    tree.resize(600, 120)
    tree.show()
    box = tree.visualItemRect(item)
    picture = tree.viewport().grab().toImage()
    left = tree.header().sectionPosition(1)
    colours = {
        picture.pixelColor(x, y).name() for x in range(left, left + 90) for y in range(box.top() + 2, box.bottom() - 2)
    }
    assert look.chip("Phishing").back.name() in colours
    assert item.toolTip(1) == "Phishing 93%"
    set_label(item, 1, "Other")
    assert item.toolTip(1) == "Other"
