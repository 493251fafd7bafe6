from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.measured import CURVE, EVALUATION
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.chart_card import ChartCard, csv_of
from triage_app.gui.views.confusion import ConfusionTable
from triage_app.gui.views.plot_curves import CoveragePlot


@pytest.fixture
def card(opened: OpenedDesk, qtbot: QtBot) -> ChartCard:
    plot = CoveragePlot(opened.desk.look)
    plot.show_curve(CURVE, CURVE[2])
    card = ChartCard(opened.desk, "Answered and right", "How to read it.", plot)
    qtbot.addWidget(card)
    return card


@pytest.mark.parametrize(("name", "begins"), [("a.png", b"\x89PNG"), ("b.svg", b"<?xml"), ("c", b"\x89PNG")])
def test_a_chart_is_saved_as_a_picture(
    card: ChartCard, opened: OpenedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, begins: bytes
) -> None:
    told: list[str] = []
    card.said.connect(lambda text, _undo: told.append(text))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / name), "PNG picture (*.png)"))
    card.save_picture()
    settle(opened)
    file = next(tmp_path.glob(f"{name.split('.', maxsplit=1)[0]}*"))
    assert file.read_bytes().startswith(begins)
    assert told == [f"Saved {file}"]


def test_a_matrix_is_saved_whole(
    opened: OpenedDesk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = ConfusionTable(opened.desk.look)
    table.show_counts(EVALUATION.labels, EVALUATION.confusion)
    card = ChartCard(opened.desk, "Confusion", "", table)
    qtbot.addWidget(card)
    out = tmp_path / "m.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    card.save_picture()
    settle(opened)
    assert QImage(str(out)).width() >= 2 * table.whole_size().width()


def test_the_data_is_saved_as_csv(
    card: ChartCard, opened: OpenedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    card.save_data()
    settle(opened)
    assert out.read_text(encoding="utf-8").splitlines()[:2] == ["threshold,coverage,accuracy", "0.95,0.4,0.99"]


def test_a_label_that_looks_like_a_formula_stays_text() -> None:
    assert csv_of([("=1+1", -2.5, "a,b")]) == b'\'=1+1,-2.5,"a,b"\r\n'


def test_a_dialog_that_is_left_saves_nothing(
    card: ChartCard, opened: OpenedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: ("", ""))
    card.save_picture()
    card.save_data()
    assert opened.desk.jobs.idle
