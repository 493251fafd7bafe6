"""A line of large figures, each with its name below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from triage_app.gui.look import Look
from triage_app.gui.views.flow import FlowLayout


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, its name, and what it means for whoever hovers over it."""

    value: str
    name: str
    help: str = ""


class Figures(QWidget):
    """Figures from left to right; where there is little room they go on in the next line."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.name = name
        self._shown: tuple[Figure, ...] = ()
        self._made: list[tuple[QWidget, QLabel, QLabel]] = []
        self.setAccessibleName(name)
        self._flow = FlowLayout(look.px(28))
        self.setLayout(self._flow)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show these."""
        self._shown = tuple(figures)
        for place, figure in enumerate(self._shown):
            if place == len(self._made):
                self._make()
            cell, value, name = self._made[place]
            value.setText(figure.value)
            name.setText(figure.name)
            cell.setToolTip(figure.help)
            cell.setAccessibleName(f"{figure.name}: {figure.value}")
            cell.show()
        for cell, _value, _name in self._made[len(self._shown) :]:
            cell.hide()
        self._flow.invalidate()
        self.setAccessibleName(", ".join([self.name, *(f"{each.name}: {each.value}" for each in self._shown)]))
        self.updateGeometry()

    def _make(self) -> None:
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        value, name = QLabel(), QLabel()
        font = self._look.title
        value.setFont(font)
        name.setObjectName("second")
        column.addWidget(value)
        column.addWidget(name)
        self._made.append((cell, value, name))
        self._flow.addWidget(cell)
