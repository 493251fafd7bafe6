import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from triage_app.domain.observable import ObservableKind
from triage_app.gui.look import Look
from triage_app.gui.models.observable_table import Column, ObservableTable, kind_words
from triage_app.services.queries import SeenObservable

SEEN = SeenObservable(
    ObservableKind.URL, "http://evil.example/a", "hxxp://evil[.]example/a", ("body", "headers"), 1204, own=True
)


def test_values_are_shown_defanged_and_nowhere_live(look: Look) -> None:
    table = ObservableTable(look)
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.show([SEEN])
    texts = [
        str(table.index(0, column).data(role))
        for column in Column
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    ]
    assert not any("http://" in text for text in texts)
    assert texts[2].startswith("hxxp://evil[.]example/a")
    assert table.at(0).value == "http://evil.example/a"


@pytest.mark.parametrize("kind", list(ObservableKind))
def test_every_kind_has_words(kind: ObservableKind) -> None:
    words = kind_words(kind)
    assert words[0].isupper() or words.startswith("A")
    assert "_" not in words
