"""Parameterised text: what changes from one message to the next is replaced by what it is."""

import re
from collections.abc import Iterator

MAX_TEXT = 20_000
"""Characters that are read; what lies beyond is left out."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]m\b)?"
_ZONE = r"(?: ?(?:z\b|utc\b|gmt\b|[+-]\d\d:?\d\d\b))?"
_DATES = (
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[t ,]{{1,2}}{_CLOCK}{_ZONE})?",
    rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}(?:[ ,-]{{1,2}}{_CLOCK}{_ZONE})?",
    rf"\d{{1,2}}[ /-]{_MONTH}[ /-]\d{{4}}(?:[ :,]{{1,2}}{_CLOCK}{_ZONE})?",
    rf"{_MONTH} {{1,2}}\d{{1,2}}(?:,? \d{{4}})?(?:,? {_CLOCK}{_ZONE})?",
    rf"{_CLOCK}{_ZONE}",
)
_IDS = (
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}",
    r"0x[0-9a-f]{1,64}",
)
_IP4 = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?!\w|\.\d)"
_IP6 = (
    r"(?<![\w:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}"
    r"|(?:(?:[0-9a-f]{1,4}:){1,6}|:):(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?![\w:])"
)
_KINDS = {
    "keep": r"\bcve-\d{4}-\d{4,7}\b|\bt[1-9]\d{3}(?:\.\d{3})?\b|\bms\d\d-\d{3}\b",
    "url": r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>]{1,2000}",
    "mail": r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}",
    "time": rf"(?<![\w.])(?:{'|'.join(_DATES)})(?![\w:])",
    "id": rf"(?<![\w-])(?:{'|'.join(_IDS)})(?![\w-])",
    "ip": rf"{_IP4}|{_IP6}",
    "word": r"(?<!\w)(?=[a-z_]{0,64}\d)\w{8,}(?!\w)",
    "number": r"(?<!\w)\d{1,40}(?:[.,:]\d{1,40}){0,10}(?=[a-z%°µ]{0,3}(?!\w))",
}
# Every repetition is bounded, or runs over characters that nothing after it can take: linear.
# What is looked at more closely begins where a word begins, and that word has a digit, @ or colon, or is a month.
_BEGINS = rf"(?<!\w)(?=[\w.+-]{{0,64}}[\d@:]|{_MONTH} )"
_KIND = "|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items())
_CHANGING = re.compile(f"{_BEGINS}(?:{_KIND})", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)


def parameterised(text: str) -> str:
    """`text` with numbers, ids, times, addresses and links replaced by `<number>`, `<id>`, `<time>`, `<ip>`, `<mail>`
    and `<url>`, and single spaces between the words.

    A number stands alone or before a unit ("500ms"); a name such as `web01` keeps its digits. An id is a UUID, a
    hardware address, a hexadecimal word of 8 or more with a digit in it, or any word of 8 or more with 4 or more
    digits. CVE and ATT&CK ids stay: two vulnerabilities are never the same text. Linear.
    """
    return _SPACE.sub(" ", _CHANGING.sub(_replaced, text[:MAX_TEXT])).strip()


def changing(text: str) -> Iterator[tuple[int, int, str]]:
    """The parts of a text that `parameterised` replaces, in order: start, end (exclusive), and what each is ("url",
    "mail", "time", "id", "ip" or "number"). Linear; reads all of the text.
    """
    for match in _CHANGING.finditer(text):
        if kind := _kind(match):
            yield match.start(), match.end(), kind


def _replaced(match: "re.Match[str]") -> str:
    kind = _kind(match)
    return f"<{kind}>" if kind else match[0]


def _kind(match: "re.Match[str]") -> str:
    """What was found; empty for what stays."""
    kind, found = match.lastgroup or "", match[0]
    if kind == "keep":
        return ""
    if kind == "word":
        if found.isdecimal():
            return "number"
        return "id" if _HEX.fullmatch(found) or sum(map(str.isdecimal, found)) >= 4 else ""
    return kind
