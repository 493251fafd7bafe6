"""A child process that prints: HTML on standard input, a PDF on standard output. No window, nothing is loaded."""

import os
import sys
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument, QTextOption

DPI = 150


class _Page(QTextDocument):
    """A document that finds an empty picture for all that it names: for nothing at all Qt would open local files."""

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        empty = QImage(1, 1, QImage.Format.Format_ARGB32)
        empty.fill(0)
        return empty


def to_pdf(html: str) -> bytes:
    """A PDF (A4, portrait) of a page. Needs a QGuiApplication."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setCreator("Triage")
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            # The document keeps two centimetres free by itself.
            QMarginsF(),
        )
    )
    page = _Page()
    # The columns of a table then have room for their longest word.
    page.setDefaultTextOption(_by_word())
    page.setHtml(html)
    page.print_(writer)
    del writer
    buffer.close()
    return bytes(buffer.data().data())


def _by_word() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    return option


def main() -> int:
    """Print standard input."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication(["triage"])
    sys.stdout.buffer.write(to_pdf(sys.stdin.buffer.read().decode("utf-8", "replace")))
    sys.stdout.buffer.flush()
    del application
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
