"""Shows HTML that nobody trusts: a filter of its own, and a browser that loads nothing and follows nothing."""

import re
from html import escape
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from triage_app.domain.defang import defang_url

_INLINE = ("b", "strong", "i", "em", "u", "s", "small", "sub", "sup", "code", "span")
_BLOCKS = ("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "div", "center")
_LISTS = ("ul", "ol", "li", "dl", "dt", "dd")
_TABLES = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
KEPT = frozenset((*_INLINE, *_BLOCKS, *_LISTS, *_TABLES))
DEEPEST = 100
DEEPEST_TABLE = 6
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s/>])[^<>]*>|<!--|-->|<|>")
_LINK = re.compile(r"\b(?:https?|ftp)://[^\s<>\"]{1,2000}", re.IGNORECASE)
_VOID = frozenset({"br", "hr"})
# What stands between these tags is never text for a reader.
_UNREAD = re.compile(r"<(script|style|title|head)\b[^>]*>", re.IGNORECASE)


def inert_html(html: str) -> str:
    """The HTML with a short list of tags and without any attribute: nothing in it can load, run, link or colour.

    Linear in the length of the input. Tags below the depth that the text engine bears are dropped, their text stays.
    """
    kept: list[str] = []
    open_tags: list[str] = []
    tables = 0
    end = 0
    text = _without_unread(html)
    for found in _TAG.finditer(text):
        kept.append(defanged_text(text[end : found.start()]))
        end = found.end()
        name = (found[2] or "").lower()
        if not name:
            if found[0] in ("<", ">"):
                kept.append(escape(found[0]))
            continue
        if name not in KEPT:
            continue
        if name in _VOID:
            kept.append(f"<{name}>")
        elif not found[1]:
            if len(open_tags) < DEEPEST and not (name == "table" and tables >= DEEPEST_TABLE):
                tables += name == "table"
                open_tags.append(name)
                kept.append(f"<{name}>")
        elif name in open_tags:
            while True:
                top = open_tags.pop()
                tables -= top == "table"
                kept.append(f"</{top}>")
                if top == name:
                    break
    kept.append(defanged_text(text[end:]))
    kept.extend(f"</{name}>" for name in reversed(open_tags))
    return "".join(kept)


def _without_unread(html: str) -> str:
    parts: list[str] = []
    lowered = html.lower()
    if len(lowered) != len(html):  # a letter whose lower case is longer: positions would not match
        lowered = html
    place = 0
    while (found := _UNREAD.search(html, place)) is not None:
        parts.append(html[place : found.start()])
        close = lowered.find(f"</{found[1].lower()}", found.end())
        if close < 0:
            return "".join(parts)
        place = close
    parts.append(html[place:])
    return "".join(parts)


def defanged_text(text: str) -> str:
    """The text with every web address in it defanged, so that nothing copied from it can be followed by mistake."""
    return _LINK.sub(lambda found: defang_url(found[0]), text)


class SafeBrowser(QTextBrowser):
    """A read-only text view. It asks for nothing, opens nothing, and shows text as text."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        nothing.fill(0)
        self._nothing = nothing

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        """An empty picture for whatever is asked for: with no answer Qt would look for a file of that name."""
        return self._nothing

    def doSetSource(self, _name: QUrl | str, _kind: QTextDocument.ResourceType | None = None) -> None:
        """Go nowhere, whoever asks."""

    def show_text(self, text: str) -> None:
        """Show plain text."""
        self.setPlainText(text)

    def show_html(self, html: str) -> None:
        """Show HTML after the filter."""
        self.setHtml(inert_html(html))
