from dataclasses import replace

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.measured import version
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.model_detail import ModelDetail


def test_a_version_tells_its_decision_quality_and_facts(look: Look, qtbot: QtBot) -> None:
    detail = ModelDetail(look)
    qtbot.addWidget(detail)
    detail.show()
    detail.show_model(version("cat-2", active=True, parent="cat-1"))
    assert detail.title.text() == "cat-2: in use"
    assert detail.decision.text().startswith("cat-2 does not lose")
    assert "right on 90.0%" in detail.quality.text()
    assert not detail.suspended.isVisible()
    said = {label.accessibleName() for label in detail.findChildren(QLabel)}
    assert {"Follows: cat-1", f"Learnt from: {wording.count(1000)} examples, 40 corrections among them"} <= said
    detail.show_model(replace(version("cat-3"), suspended=("Spam",), decision="", labels=tuple("abcdefghijklmnop")))
    assert detail.suspended.text().endswith("only suggested: Spam.")
    assert not detail.decision.isVisible()
    said = {label.accessibleName() for label in detail.findChildren(QLabel)}
    assert "Follows: none: the first" in said
    assert any(name.endswith("and 4 more") for name in said)
