"""HTML to readable text, with the part that quotes another mail apart and the links that the text does not show.

A guard for size and depth comes before the parser, which is quadratic in depth; what does not pass is read by a plain
linear scan. No text is lost to a trick of style: hidden text is kept apart, so that it is searched but never read
as the message.
"""

import html as markup
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from triage_app.domain.caps import Caps

DEPTH = 400
_TAGS = 20_000
_REMOVED = 500
_QUOTES = 20
_HIDING_SIGNS = 20

_BLOCKS = (
    "address|article|aside|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|header|legend|li|main|nav|option"
    "|section|summary|table|tbody|tfoot|thead|title|tr"
)


def _starts(flags: re.RegexFlag) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns for the start of a block, of a line, of a cell."""
    return (
        re.compile(rf"<(?=/?(?:{_BLOCKS})[\s/>])", flags),
        re.compile(r"<(?=(?:br|hr)[\s/>]|/?(?:p|h[1-6]|pre|blockquote|ul|ol)[\s/>])", flags),
        re.compile(r"<(?=t[dh][\s/>])", flags),
    )


_STARTS, _STARTS_ANY_CASE = _starts(re.NOFLAG), _starts(re.IGNORECASE)
_UPPER_TAG = re.compile(r"</?[A-Z]")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:_-]*)")
_ANY_TAG = re.compile(r"<[!?/A-Za-z][^<>]*+>?")
_QUOTE_SIGNS = (
    "gmail_quote",
    "yahoo_quoted",
    "olk_src_body",
    "moz-forward",
    "protonmail_quote",
    "type=cite",
    'type="cite',
    "type='cite",
)
# One pattern for each property: a literal start makes the search many times faster than one alternation. For
# lower-case text.
_HIDING = tuple(
    re.compile(pattern)
    for pattern in (
        r"display\s{0,3}:\s{0,3}none",
        r"visibility\s{0,3}:\s{0,3}hidden",
        r"font-size\s{0,3}:\s{0,3}[01](?:px|pt|em|%)?\s{0,3}(?![\d.a-z%])",
        r"max-height\s{0,3}:\s{0,3}0(?![\d.])",
        r"opacity\s{0,3}:\s{0,3}0(?![\d.])",
        r"mso-hide\s{0,3}:\s{0,3}all",
    )
)
_TINY = _HIDING[2]
_LINK_NAMES = ("href", "src", "action", "background", "poster", "url")
_LINK_VALUE = re.compile(r"\s{0,9}=\s{0,9}(?:\"([^\"<>]{1,4000})\"|'([^'<>]{1,4000})'|([^\s\"'<>]{1,4000}))")
_NO_LINK = ("#", "cid:", "data:", "about:", "mid:")
_BREAKS = re.compile(r" *(?:\f ?)++")
_BLANK_LINES = re.compile(r"\n(?: ?\n){2,}+")
_FILLERS = re.compile("[\u00ad\u034f\u180e\u200b\u2060\ufeff]|(?<=[\x00-\u024f\u200c\u200d])[\u200c\u200d]")
_CONTROLS = dict.fromkeys(code for code in (*range(32), *range(127, 160)) if code != 10)
_LOWER = {upper: upper + 32 for upper in range(65, 91)}

_QUOTE_SELECTOR = (
    "div.gmail_quote, div.gmail_quote_container, blockquote.gmail_quote, div.yahoo_quoted, #OLK_SRC_BODY_SECTION,"
    " blockquote[type=cite], div.protonmail_quote, blockquote.protonmail_quote,"
    " div.moz-forward-container"
)
_SILENT = ("script", "style", "template", "iframe", "object", "applet", "noembed", "noframes", "title")
_VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# Their end tags may be left out, and one never lies in another without a counted element between them.
_LOOSE = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "html",
        "head",
        "body",
    ]
)
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_SCOPES = frozenset(
    ["table", "caption", "object", "template", "marquee", "applet", "svg", "math", "foreignobject", "select", "button"]
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What an HTML text says: `text` as a reader sees it, `quoted` another mail in it, `hidden` what a reader does
    not see."""

    text: str
    quoted: str = ""
    hidden: str = ""
    plain_scan: bool = False


def too_deep(source: str, limit: int) -> bool:
    """Whether elements nest deeper than `limit`, by the rules by which a browser closes them; errs towards yes.
    Linear."""
    if source.count("<") <= limit:
        return False
    tags = _TAG.findall(source)
    stack: list[str] = []
    for slash, raw in tags:
        name = raw.lower()
        if name in _VOID or name in _LOOSE:
            continue
        if not slash:
            stack.append(name)
            if len(stack) > limit:
                return True
        elif stack and stack[-1] == name:
            stack.pop()
        else:
            _close(stack, name)
    return False


def _close(stack: list[str], name: str) -> None:
    """An end tag that is not for the innermost element: it reaches no further than the table or the like around it."""
    for place in range(len(stack) - 1, max(-1, len(stack) - 64), -1):
        if stack[place] == name:
            if name in _FORMATTING:
                del stack[place]
            else:
                del stack[place:]
            return
        if stack[place] in _SCOPES and name not in _SCOPES:
            return


def links(source: str, limit: int) -> tuple[str, ...]:
    """Where an HTML text points to or loads from, in order, each once; nothing is resolved or followed."""
    lowered = _lower(source)
    places = [(place, name) for name in _LINK_NAMES for place in _places(lowered, name, limit)]
    found: dict[str, None] = {}
    for place, name in sorted(places):
        value = _LINK_VALUE.match(source, place + len(name))
        if value is None:
            continue
        target = value[value.lastindex or 1]
        if "&" in target:
            target = markup.unescape(target)
        target = "".join(target.split())
        if len(target) > 3 and not target.lower().startswith(_NO_LINK):
            found[target] = None
            if len(found) >= limit:
                break
    return tuple(found)


def _lower(source: str) -> str:
    """Lower case with each character in its place: a few letters become two."""
    lowered = source.lower()
    return lowered if len(lowered) == len(source) else source.translate(_LOWER)


def _places(lowered: str, word: str, limit: int) -> Iterator[int]:
    """Where a word stands, at most twice as often as links are wanted."""
    place = lowered.find(word)
    for _ in range(limit * 2):
        if place < 0:
            return
        yield place
        place = lowered.find(word, place + len(word))


def read(source: str, caps: Caps) -> HtmlText:
    """The text of an HTML text. Never raises for content."""
    source = source[: caps.html_read]
    if source.count("<") > _TAGS or too_deep(source, DEPTH):
        return HtmlText(_tidy(markup.unescape(_ANY_TAG.sub("\n", source))), plain_scan=True)
    lowered = _lower(source)
    tree = LexborHTMLParser(_with_breaks(source, lowered))
    body = tree.body
    if body is None:
        return HtmlText("")
    silent = [name for name in _SILENT if f"<{name}" in lowered]
    if silent:
        _remove(_outermost(body.css(",".join(silent))))
    hidden = _take_hidden(body, lowered) if any(pattern.search(lowered) for pattern in _HIDING) else ""
    quoted = _take_quotes(body) if any(sign in lowered for sign in _QUOTE_SIGNS) else ""
    text = _tidy(body.text(deep=True))
    return HtmlText(text, quoted, hidden) if text or quoted else HtmlText(hidden)


def _with_breaks(source: str, lowered: str) -> str:
    """White space as HTML reads it, with a form feed where a block and a line feed where a line begins or ends.

    Both are white space to the parser, so that even inside a table they stay where they are.
    """
    if "<pre" in lowered:
        source = _keep_preformatted(source, lowered)
        source = "\n".join(" ".join(piece.split()) for piece in source.split("\x00"))
    else:
        source = " ".join(source.split())
    soft, hard, cell = _STARTS_ANY_CASE if _UPPER_TAG.search(source) else _STARTS
    return cell.sub(" <", hard.sub("\n<", soft.sub("\f<", source)))


def _keep_preformatted(source: str, lowered: str) -> str:
    """With NUL for each line break inside <pre>."""
    out: list[str] = []
    position = 0
    while (begin := lowered.find("<pre", position)) >= 0:
        end = lowered.find("</pre", begin)
        end = len(source) if end < 0 else end
        out.append(source[position:begin])
        out.append(source[begin:end].replace("\r\n", "\x00").replace("\n", "\x00"))
        position = end
    out.append(source[position:])
    return "".join(out)


def _tidy(text: str) -> str:
    """Breaks made into lines, blank lines into one at most, invisible filler left out."""
    text = text.replace("\xa0", " ")
    text = _BREAKS.sub("\f", text).replace("\f\n", "\n").replace("\n\f", "\n").replace("\f", "\n")
    if not text.isascii():
        text = _FILLERS.sub("", text)
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    return _BLANK_LINES.sub("\n\n", text).strip()


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Those that lie in no other of them: taking out a node frees what it holds, so no inner one may be touched
    later."""
    by_id = {node.mem_id: node for node in nodes}
    found: list[LexborNode] = []
    for node in list(by_id.values())[:_REMOVED]:
        parent = node.parent
        while parent is not None and parent.mem_id not in by_id:
            parent = parent.parent
        if parent is None:
            found.append(node)
    return found


def _remove(nodes: list[LexborNode]) -> None:
    for node in nodes:
        node.decompose()


def _take_hidden(body: LexborNode, lowered: str) -> str:
    """Take out what style hides; its text."""
    signs = dict.fromkeys(found[0] for pattern in _HIDING for found in pattern.finditer(lowered))
    selector = ",".join([f'[style*="{" ".join(sign.split())}" i]' for sign in list(signs)[:_HIDING_SIGNS]])
    nodes = [node for node in body.css(selector)[:_REMOVED] if _hides(node)]
    nodes = [node for node in _outermost(nodes) if node.tag not in {"body", "html"}]
    texts = [_tidy(node.text(deep=True)) for node in nodes]
    _remove(nodes)
    return "\n".join(filter(None, texts))


def _hides(node: LexborNode) -> bool:
    """Whether an element's own style hides it. A tiny font that an element within sets again is a trick of layout."""
    style = (node.attributes.get("style") or "").lower()
    for pattern in _HIDING:
        if pattern.search(style):
            return pattern is not _TINY or "font-size" not in (node.inner_html or "").lower()
    return False


def _take_quotes(body: LexborNode) -> str:
    """Take out the elements in which mail programs put the mail that is answered; their text."""
    nodes = _outermost(body.css(_QUOTE_SELECTOR)[:_REMOVED])[:_QUOTES]
    texts = [_tidy(node.text(deep=True)) for node in nodes]
    _remove(nodes)
    return "\n\n".join(filter(None, texts))
