"""Tables and lines for a terminal, which untrusted text in them cannot steer."""

import shutil
import unicodedata
from collections.abc import Sequence

from triage_app.domain import defang

MIN_COLUMN = 8
HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that could move the cursor, hide or turn around text: never sent to a terminal."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their content, cut so that a line fits the terminal: the widest columns give way first."""
    widths = [max(cells) for cells in zip(*[[_width(cell) for cell in row] for row in (header, *rows)], strict=True)]
    room = shutil.get_terminal_size((140, 40)).columns - 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > MIN_COLUMN:
        widest = widths.index(max(widths))
        widths[widest] = max(MIN_COLUMN, widths[widest] - (sum(widths) - room))
    return "\n".join(
        "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    )


def plain(text: str) -> str:
    """Text that is safe on a terminal, on one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if unicodedata.category(each) in HIDDEN else each for each in text)


def unlinked(text: str) -> str:
    """Text that is safe on a terminal and in which no terminal finds a link to open."""
    return defang.unlinked(plain(text))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def _fit(text: str, width: int) -> str:
    """The text cut or padded to a width in terminal columns."""
    if _width(text) <= width:
        return text + " " * (width - _width(text))
    cut = ""
    for each in text:
        if _width(cut + each) > width - 1:
            break
        cut += each
    return f"{cut}…" + " " * (width - 1 - _width(cut))
