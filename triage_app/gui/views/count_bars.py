"""How many of some tickets are what, as names with quiet bars and numbers, the most frequent first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.chip import Bar
from triage_app.gui.views.flow import FlowLayout

MOST = 6
"""Names that have a bar of their own; what is rarer shares one."""

BAR_WIDTH = 44
LONGEST_NAME = 32


class _Count(QWidget):
    """A name, its share as a bar, and its number."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.name = QLabel()
        self.name.setObjectName("second")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = Bar(look, "Share")
        self.bar.setFixedWidth(look.px(BAR_WIDTH))
        self.bar.setFixedHeight(look.px(18))
        self.number = QLabel()
        self.number.setFont(look.small_figures)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(6))
        for widget in (self.name, self.bar, self.number):
            row.addWidget(widget)

    def show_count(self, name: str, number: int, of: int) -> None:
        share = number / of if of else 0.0
        self.name.setText(wording.first_line(name, LONGEST_NAME))
        self.bar.set_share(share)
        self.number.setText(wording.count(number))
        said = f"{name}: {wording.count(number)}, {wording.percent(share)}"
        self.setToolTip(said)
        self.setAccessibleName(said)


class CountBars(QWidget):
    """From left to right; where there is little room they go on in the next line. Hidden while nothing is counted."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._made: list[_Count] = []
        self.setAccessibleName(name)
        self._flow = FlowLayout(look.px(18))
        self.setLayout(self._flow)

    @property
    def shown(self) -> tuple[str, ...]:
        """What is shown, in words."""
        return tuple(each.accessibleName() for each in self._made if not each.isHidden())

    def show_counts(self, counts: Sequence[tuple[str, int]], of: int) -> None:
        """Show names and their numbers, each as a share `of` so many."""
        shown = list(counts if len(counts) <= MOST else counts[: MOST - 1])
        if len(counts) > len(shown):
            rest = counts[len(shown) :]
            shown.append((f"{wording.count(len(rest))} others", sum(number for _name, number in rest)))
        while len(self._made) < len(shown):
            self._made.append(_Count(self._look))
            self._flow.addWidget(self._made[-1])
        for each, (name, number) in zip(self._made, shown, strict=False):
            each.show_count(name, number, of)
            each.show()
        for each in self._made[len(shown) :]:
            each.hide()
        self._flow.invalidate()
        self.setVisible(bool(shown))
        self.updateGeometry()
