"""Untrusted HTML made safe to show: nothing in it loads, runs, is followed or hides.

What comes out holds only elements of structure, without any attribute but the span of a table cell. A link becomes
its text, followed by its defanged target where the text does not show that already; an image becomes its description.
Style goes altogether, so that text which was hidden (white on white, size 0, `display: none`) is *shown*: an analyst
sees what a filter was shown.

A guard for size and depth comes before every parser: nh3 is quadratic in depth, and the widget that shows the
result takes twice as long for each table in a table.
"""

import html as markup
import re

import nh3
from selectolax.lexbor import LexborHTMLParser

from triage_app.domain import defang, html_text
from triage_app.domain.caps import Caps

DEPTH = 200
TABLE_DEPTH = 6
_TAGS = 20_000
_LINKS = 2_000
_SPAN = 100
_SHOWN_TARGET = 300

_TABLE_ELEMENTS = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
_ELEMENTS = _TABLE_ELEMENTS | frozenset({
    "p", "div", "br", "span", "b", "strong", "i", "em", "u", "s", "blockquote", "pre", "code", "ul", "ol", "li",
    "dl", "dt", "dd",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "sub", "sup", "small", "big", "center",
})  # fmt: skip
_DROPPED_WITH_CONTENT = frozenset({
    "script", "style", "template", "title", "iframe", "object", "applet", "noembed", "noframes", "svg", "math",
    "select", "textarea",
})  # fmt: skip
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_ELEMENT = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_HTTP = re.compile(r"\b(h)tt(ps?://)", re.I)
_FTP = re.compile(r"\b(f)t(ps?://)", re.I)
_RUNS = re.compile(r"\b(javascript|vbscript|data(?=:[a-z]{1,20}/)|file(?=:/)):", re.I)
_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CUT = "<hr><p><i>The message is longer than what is shown.</i></p>"


class HtmlSanitiser:
    """The `Sanitiser` port. Stateless; safe from any thread."""

    def __init__(self, caps: Caps | None = None) -> None:
        self._caps = caps or Caps()

    def __call__(self, html: str) -> str:
        """Safe HTML, at most about twice `Caps.html` characters. Never raises for content."""
        cut = len(html) > self._caps.html
        source = _CHARACTER.sub("", html[: self._caps.html])
        if source.count("<") > _TAGS or html_text.too_deep(source, DEPTH):
            return self._as_text(source) + (_CUT if cut else "")
        cleaned = _cleaned(_without_links(source), _ELEMENTS)
        depth, tables = _depths(cleaned)
        if depth > DEPTH:
            return self._as_text(source) + (_CUT if cut else "")
        if tables > TABLE_DEPTH:
            cleaned = _cleaned(_rows_as_blocks(cleaned), _ELEMENTS - _TABLE_ELEMENTS)
        return _defanged(cleaned) + (_CUT if cut else "")

    def _as_text(self, source: str) -> str:
        """What cannot be shown as HTML, as text."""
        return f"<pre>{_defanged(markup.escape(html_text.read(source, self._caps).text))}</pre>"


def _cleaned(source: str, elements: frozenset[str]) -> str:
    return nh3.clean(
        source,
        tags=set(elements),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_small_span,
        strip_comments=True,
        link_rel=None,
        url_schemes=set(),
        generic_attribute_prefixes=set(),
    )


def _small_span(_element: str, _attribute: str, value: str) -> str | None:
    """A span of a cell that a table can have; a widget reserves memory for each column."""
    return value if value.isascii() and value.isdigit() and 0 < int(value[:4]) <= _SPAN else None


def _without_links(source: str) -> str:
    """With the target of each link, and the description of each image, as text beside it."""
    tree = LexborHTMLParser(source)
    for link in tree.css("a[href], area[href]")[:_LINKS]:
        target = "".join((link.attributes.get("href") or "").split())
        if target and not target.startswith("#") and not _shows(link.text(deep=True), target):
            link.insert_after(f" [{defang_target(target[:_SHOWN_TARGET])}]")
    for form in tree.css("form[action]")[:_LINKS]:
        form.insert_before(
            f"[form to {defang_target(''.join((form.attributes.get('action') or '').split())[:_SHOWN_TARGET])}] "
        )
    for image in tree.css("img[alt]")[:_LINKS]:
        description = " ".join((image.attributes.get("alt") or "").split())[:_SHOWN_TARGET]
        if description:
            image.insert_after(f"[image: {description}]")
    return tree.html or ""


def defang_target(target: str) -> str:
    """A link target that no program takes for one."""
    if "://" in target or target.startswith("//"):
        return defang.defang_url(target)
    scheme, colon, rest = target.partition(":")
    if colon and scheme.lower() == "mailto":
        return f"{scheme}:{defang.defang_email(rest)}"
    return f"{scheme}[:]{rest}" if colon else target


def _shows(text: str, target: str) -> bool:
    shown = "".join(text.split()).rstrip("/").lower()
    return bool(shown) and shown in {target.rstrip("/").lower(), target.lower().removeprefix("mailto:")}


def _depths(cleaned: str) -> tuple[int, int]:
    """How deep elements, and tables alone, nest in well-formed HTML."""
    depth = deepest = table = deepest_table = 0
    for slash, name in _ELEMENT.findall(cleaned):
        if name in {"br", "hr"}:
            continue
        step = -1 if slash else 1
        depth += step
        deepest = max(deepest, depth)
        if name == "table":
            table += step
            deepest_table = max(deepest_table, table)
    return deepest, deepest_table


def _rows_as_blocks(cleaned: str) -> str:
    """Tables that nest too deep, as one block for each row."""
    return cleaned.replace("<tr>", "<br>").replace("</td>", " </td>").replace("</th>", " </th>")


def _defanged(cleaned: str) -> str:
    """No scheme that a program would follow is left in the text."""
    cleaned = _FTP.sub(r"\1x\2", _HTTP.sub(r"\1xx\2", cleaned))
    return _RUNS.sub(r"\1[:]", cleaned)
