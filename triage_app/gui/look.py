"""The look: tokens read from a file become palette, style sheet, fonts, chips and tinted icons."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from triage_app.gui.colours import hue_of, oklch

BASE_PIXELS = 13
NEUTRAL_LABELS = frozenset({"Other", "unclassified", ""})


class Scheme(StrEnum):
    """Which theme is wanted."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The file of tokens: sizes in pixels, a table of colours and of chip lightness and chroma for each theme."""

    sizes: dict[str, int]
    colours: dict[str, dict[str, str]]
    chips: dict[str, dict[str, tuple[float, float]]]
    contrast: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ChipColours:
    """The ground and the text of one label's chip."""

    back: QColor
    text: QColor


def read_tokens(path: Path) -> Tokens:
    """The tokens of a file."""
    with path.open("rb") as file:
        data: dict[str, Any] = tomllib.load(file)
    chips = {
        theme: {part: (float(v[0]), float(v[1])) for part, v in parts.items()} for theme, parts in data["chips"].items()
    }
    return Tokens(
        sizes=data["sizes"],
        colours={theme: data[theme] for theme in ("light", "dark")},
        chips=chips,
        contrast={text: tuple(grounds) for text, grounds in data["contrast"].items()},
    )


def fill_sheet(template: str, colours: dict[str, str], px: Callable[[int], int]) -> str:
    """The style sheet of a template: `@name` is a colour, `@12px` a size that grows with the system's font."""
    sized = re.sub(r"@(\d+)px", lambda found: f"{px(int(found[1]))}px", template)
    return re.sub(r"@([a-z]+(?:-[a-z]+)*)", lambda found: colours[found[1]], sized)


class Look(QObject):
    """The theme in force. Qt thread only. `changed` tells those who paint for themselves to paint again."""

    changed = Signal()

    def __init__(self, resources: Path, *, scale: float | None = None) -> None:
        super().__init__()
        self._resources = resources
        self.tokens = read_tokens(resources / "styles" / "tokens.toml")
        self._template = (resources / "styles" / "desk.qss").read_text("utf-8")
        system = QFontInfo(QApplication.font()).pixelSize()
        self.scale = max(1.0, system / BASE_PIXELS) if scale is None else scale
        self._labels: tuple[str, ...] = ()
        self._chips: dict[str, ChipColours] = {}
        self._icons: dict[tuple[str, str, int], QIcon] = {}
        self._bound: list[tuple[QAbstractButton, str, str]] = []
        self.scheme = Scheme.SYSTEM
        self.theme = "light"
        self._colours: dict[str, QColor] = {}
        self.font = QApplication.font()
        self.font.setPixelSize(self.px(BASE_PIXELS))
        self.small = self._sized("small")
        self.title = self._sized("title")
        self.title.setWeight(QFont.Weight.DemiBold)
        self.strong = QFont(self.font)
        self.strong.setWeight(QFont.Weight.DemiBold)
        self.figures = QFont(self.font)
        self.figures.setFeature(QFont.Tag("tnum"), 1)
        self.small_figures = QFont(self.small)
        self.small_figures.setFeature(QFont.Tag("tnum"), 1)
        self.mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.mono.setPixelSize(self.px(BASE_PIXELS - 1))

    def _sized(self, token: str) -> QFont:
        font = QFont(self.font)
        font.setPixelSize(self.px(self.tokens.sizes[token]))
        return font

    def px(self, size: int) -> int:
        """A size in pixels, grown with the system's font."""
        return round(size * self.scale)

    def apply(self, scheme: Scheme) -> None:
        """Put a theme in force for the whole application."""
        self.scheme = scheme
        dark = scheme is Scheme.DARK
        if scheme is Scheme.SYSTEM:
            dark = QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        self.theme = "dark" if dark else "light"
        names = self.tokens.colours[self.theme]
        self._colours = {name: QColor(value) for name, value in names.items()}
        self._chips.clear()
        self._icons.clear()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(self.font)
            application.setPalette(self._palette())
            application.setStyleSheet(fill_sheet(self._template, self._sheet_values(names), self.px))
        self._bound = [bound for bound in self._bound if _alive(bound[0])]
        for button, icon, token in self._bound:
            button.setIcon(self.icon(icon, token))
        self.changed.emit()

    def _sheet_values(self, names: dict[str, str]) -> dict[str, str]:
        folder = (self._resources / "icons").as_posix()
        return {**names, "icons": folder, "mono": self.mono.family()}

    def colour(self, token: str) -> QColor:
        """The colour that a token names in the theme in force."""
        return self._colours[token]

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        for which, token in (
            (role.Window, "background"),
            (role.Base, "surface"),
            (role.AlternateBase, "background"),
            (role.Button, "raised"),
            (role.ToolTipBase, "raised"),
            (role.Text, "text"),
            (role.WindowText, "text"),
            (role.ButtonText, "text"),
            (role.ToolTipText, "text"),
            (role.PlaceholderText, "text-second"),
            (role.Highlight, "selection"),
            (role.HighlightedText, "text"),
            (role.Link, "accent"),
            (role.LinkVisited, "accent"),
            (role.Accent, "accent"),
            (role.Mid, "border"),
            (role.Light, "surface"),
            (role.Dark, "border-strong"),
        ):
            palette.setColor(which, self._colours[token])
        for which in (role.Text, role.WindowText, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self._colours["text-second"])
        return palette

    # -- chips ---------------------------------------------------------------------------------------------------

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the dataset that names categories."""
        return self._labels

    def set_labels(self, labels: Sequence[str]) -> None:
        """Name the dataset's labels, whose order gives each its hue."""
        if tuple(labels) != self._labels:
            self._labels = tuple(labels)
            self._chips.clear()
            self.changed.emit()

    def chip(self, label: str) -> ChipColours:
        """The colours of a label's chip; what says nothing (the default label) is grey."""
        known = self._chips.get(label)
        if known is None:
            hue = hue_of(label, self._labels)
            parts = self.tokens.chips[self.theme]
            grey = label in NEUTRAL_LABELS
            back, text = (
                QColor(oklch(light, chroma * 0.12 if grey else chroma, hue))
                for light, chroma in (parts["back"], parts["text"])
            )
            known = self._chips[label] = ChipColours(back, text)
        return known

    # -- icons ---------------------------------------------------------------------------------------------------

    def icon(self, name: str, token: str = "text-second", size: int = 16) -> QIcon:
        """An icon of the set, tinted with a token's colour."""
        key = (name, token, size)
        icon = self._icons.get(key)
        if icon is None:
            icon = QIcon()
            for factor in (1, 2):
                pixmap = self._tinted(name, self._colours[token], self.px(size) * factor)
                pixmap.setDevicePixelRatio(factor)
                icon.addPixmap(pixmap)
            self._icons[key] = icon
        return icon

    def _tinted(self, name: str, colour: QColor, pixels: int) -> QPixmap:
        svg = _icon_source(self._resources / "icons" / f"{name}.svg")
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour.name()).encode()))
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        return pixmap

    def dress(self, button: QAbstractButton, name: str, token: str = "text-second", size: int = 16) -> None:
        """Give a button an icon that follows the theme."""
        self._bound = [bound for bound in self._bound if bound[0] is not button]
        self._bound.append((button, name, token))
        button.setIconSize(QSize(self.px(size), self.px(size)))
        if self._colours:
            button.setIcon(self.icon(name, token, size))


@lru_cache(maxsize=128)
def _icon_source(path: Path) -> str:
    return path.read_text("utf-8")


def _alive(button: QAbstractButton) -> bool:
    try:
        button.objectName()
    except RuntimeError:  # Qt has deleted it
        return False
    return True
