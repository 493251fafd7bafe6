"""A chart with its title, a sentence on how to read it, and the ways to save it as a picture or as data."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from triage_app.gui import learning_operations
from triage_app.gui.desk import Desk
from triage_app.gui.look import Look
from triage_app.gui.views.plots import Row

PICTURES = "PNG picture (*.png);;SVG drawing (*.svg)"
WIDE, HIGH = 900, 420
MARGIN = 16
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
LARGEST = 8000


class Chart(Protocol):
    """What can be put on a card."""

    name: str

    def rows(self) -> Sequence[Row]:
        """The data, names first."""

    def draw_all(self, painter: QPainter, whole: QRectF) -> None:
        """Paint all of it."""


def csv_of(rows: Sequence[Row]) -> bytes:
    """Rows as CSV in UTF-8; text that a spreadsheet would take for a formula has a quote before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([f"'{each}" if isinstance(each, str) and each.startswith(FORMULAS) else each for each in row])
    return text.getvalue().encode("utf-8")


def _size_of(chart: Chart) -> QSize:
    whole = getattr(chart, "whole_size", None)
    if whole is not None:
        return QSize(whole())
    wanted = chart.sizeHint() if isinstance(chart, QWidget) else QSize()
    return QSize(max(WIDE, wanted.width()), max(HIGH, wanted.height()))


def _draw(chart: Chart, look: Look, title: str, painter: QPainter, size: QSize) -> None:
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), look.colour("surface"))
    head = QFontMetrics(look.strong).height() + MARGIN
    painter.setFont(look.strong)
    painter.setPen(look.colour("text"))
    painter.drawText(QRectF(MARGIN, MARGIN / 2, size.width() - 2 * MARGIN, head), Qt.AlignmentFlag.AlignVCenter, title)
    box = QRectF(MARGIN, head + MARGIN, size.width() - 2 * MARGIN, size.height() - head - 2 * MARGIN)
    chart.draw_all(painter, box)


def _whole(chart: Chart, look: Look) -> QSize:
    head = QFontMetrics(look.strong).height() + MARGIN
    return _size_of(chart) + QSize(2 * MARGIN, head + 2 * MARGIN)


def image_of(chart: Chart, look: Look, title: str) -> QImage:
    """A chart with its title as an image, twice as fine as on the screen where that is not too large."""
    size = _whole(chart, look)
    factor = 2 if max(size.width(), size.height()) * 2 <= LARGEST else 1
    image = QImage(size * factor, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(factor)
    painter = QPainter(image)
    _draw(chart, look, title, painter, size)
    painter.end()
    return image


def svg_of(chart: Chart, look: Look, title: str) -> bytes:
    """A chart with its title as an SVG drawing."""
    size = _whole(chart, look)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    _draw(chart, look, title, painter, size)
    painter.end()
    buffer.close()
    return bytes(data.data())


def png_of(image: QImage) -> bytes:
    """An image as PNG; takes its time, so do it on a job."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(data.data())


class ChartCard(QWidget):
    """`said` tells where a file was saved."""

    said = Signal(str, bool)

    def __init__(self, desk: Desk, title: str, about: str, chart: QWidget) -> None:
        """`chart` is a widget that is a `Chart` as well."""
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._title = title
        self.chart = chart
        self.setAccessibleName(title)
        px = self._look.px
        name = QLabel(title)
        name.setFont(self._look.strong)
        self.about = QLabel(about)
        self.about.setObjectName("second")
        self.about.setWordWrap(True)
        self.save = QToolButton()
        self.save.setText("Save\u2026")
        self.save.setAccessibleName(f"Save: {title}")
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.save)
        menu.setAccessibleName(f"Save: {title}")
        menu.addAction("Save as picture\u2026", self.save_picture)
        menu.addAction("Save data\u2026", self.save_data)
        self.save.setMenu(menu)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(name, 1)
        top.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(2))
        layout.addLayout(top)
        layout.addWidget(self.about)
        layout.addWidget(chart, 1)

    def save_picture(self) -> None:
        """Ask where to write a PNG or SVG of the chart, and write it."""
        stem = self._title.lower().replace(" ", "-")
        name, kind = QFileDialog.getSaveFileName(self, "Save as picture", f"{stem}.png", PICTURES)
        if not name:
            return
        file = Path(name)
        if not file.suffix:
            file = file.with_suffix(".svg" if "svg" in kind else ".png")
        chart: Chart = self.chart  # type: ignore[assignment]
        if file.suffix.lower() == ".svg":
            drawing = svg_of(chart, self._look, self._title)
            learning_operations.save_bytes(self._desk, file, lambda: drawing, self._saved)
        else:
            image = image_of(chart, self._look, self._title)
            learning_operations.save_bytes(self._desk, file, lambda: png_of(image), self._saved)

    def save_data(self) -> None:
        """Ask where to write the chart's data as CSV, and write it."""
        stem = self._title.lower().replace(" ", "-")
        name, _kind = QFileDialog.getSaveFileName(self, "Save data", f"{stem}.csv", "CSV (*.csv)")
        if name:
            chart: Chart = self.chart  # type: ignore[assignment]
            rows = list(chart.rows())
            learning_operations.save_bytes(self._desk, Path(name), lambda: csv_of(rows), self._saved)

    def _saved(self, file: Path) -> None:
        self.said.emit(f"Saved {file}", False)
