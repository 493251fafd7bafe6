from PySide6.QtCore import Qt

from tests.gui.measured import EVALUATION
from triage_app.gui.models.confusion_cells import SHARE, ConfusionCells


def test_cells_have_a_number_a_share_and_words() -> None:
    cells = ConfusionCells()
    cells.show_counts(EVALUATION.labels, EVALUATION.confusion)
    assert (cells.rowCount(), cells.columnCount()) == (3, 3)
    index = cells.index(0, 1)
    assert index.data() == "8"
    assert index.data(SHARE) == 0.08
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "8 of 100 Phishing were called Spam"
    assert cells.words(1, 1) == "74 of 80 Spam were called so"
    assert cells.headerData(2, Qt.Orientation.Vertical) == "DeviceLost"
    assert cells.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == "were called Phishing"


def test_a_label_without_examples_and_a_count_of_none_say_nothing() -> None:
    cells = ConfusionCells()
    cells.show_counts(("A", "B"), ((0, 0), (2, 1)))
    assert cells.index(0, 1).data() == ""
    assert cells.share_at(0, 0) == 0.0
    assert cells.headerData(7, Qt.Orientation.Vertical) is None


def test_the_largest_mistakes_are_found_in_any_row() -> None:
    cells = ConfusionCells()
    cells.show_counts(("A", "B", "C"), ((50, 3, 9), (0, 70, 0), (8, 4, 60)))
    assert cells.largest_mistakes(3) == ((0, 2), (2, 0), (2, 1))
    assert cells.largest_mistakes(9) == ((0, 2), (2, 0), (2, 1), (0, 1))
    cells.show_counts(("A",), ((4,),))
    assert cells.largest_mistakes(3) == ()
