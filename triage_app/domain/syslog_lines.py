"""Log lines as products send them: BSD syslog (RFC 3164), syslog (RFC 5424), CEF and LEEF, with what they carry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from triage_app.domain.timestamps import ZONES

MAX_LINE = 64_000
MAX_PAIRS = 300
MAX_SCANNED = 16_000
"""Characters of a free message that are searched for name=value pairs."""


class LineKind(StrEnum):
    """What a line is."""

    CEF = "cef"
    LEEF = "leef"
    RFC5424 = "rfc5424"
    RFC3164 = "rfc3164"
    JSON = "json"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line taken apart. What was not there is empty; `priority` is None without a `<PRI>`.

    `pairs` are the extensions of CEF and LEEF, the structured data of RFC 5424, or name=value pairs of the message.
    `vendor` to `level` come from the header of CEF and LEEF. `message` is what follows the headers; for a line that
    carries JSON it is that JSON.
    """

    kind: LineKind
    message: str
    priority: int | None = None
    time: str = ""
    host: str = ""
    program: str = ""
    vendor: str = ""
    product: str = ""
    event_id: str = ""
    name: str = ""
    level: str = ""
    pairs: Mapping[str, str] = field(default_factory=dict)

    @property
    def level_of_priority(self) -> int | None:
        """The severity in the syslog priority, 0 (worst) to 7."""
        return None if self.priority is None else self.priority % 8


_PRIORITY = re.compile(r"\s{0,8}<(\d{1,3})>\s{0,8}")
_VERSION = re.compile(r"1 (\S{1,64}) (\S{1,255}) ")
_5424 = re.compile(r"1 (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,64})(?: |$)")
_STAMP = re.compile(
    r"[*.:]?\s{0,4}("
    r"(?:\d{4} )?[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?"
    rf"(?: (?:{'|'.join(ZONES)})(?=[ :]))?"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"
    # What these zones mean depends on who says it.
    r"(?: (?:ET|CT|MT|PT|IST|DST)(?=:))?Z?:?\s{0,8}",
)
_HOST = re.compile(r"([A-Za-z0-9_.:/\-\[\]]{1,255}?)(?::?\s|,)\s{0,8}")
_PROGRAM = re.compile(r"([A-Za-z0-9_.()/\-]{1,100})(?:\[([^\]\s]{1,40})\])?: ?")
_LEEF_START = re.compile(r"LEEF:\s?([\d.]{1,5})\|")
_CEF_START = re.compile(r"CEF:\s?\d{1,3}(?:\.\d{1,3})?\|")
_CEF_PART = re.compile(r"((?:[^\\|]|\\.){0,2000})\|", re.DOTALL)
_CEF_KEY = re.compile(r"(?:^|\s)([A-Za-z0-9_][A-Za-z0-9_.\-\[\]]{0,99})=")
_LABEL = re.compile(r"(?:cs|cn|cf|c6a|flexString|flexNumber|flexDate|deviceCustomDate)\d{1,2}")
_ESCAPED = re.compile(r"\\([\\|=nr])")
_ESCAPES = {"n": "\n", "r": "\r"}
_SD_ELEMENT = re.compile(r'\[([^\s\]="]{1,64})((?: [^\s\]="]{1,64}="(?:[^"\\\]]|\\.){0,4000}")*)\s?\]')
_SD_PAIR = re.compile(r' ([^\s\]="]{1,64})="((?:[^"\\\]]|\\.){0,4000})"')
_PART = re.compile(r"\s{0,8}([A-Za-z_][A-Za-z0-9_.\- ]{0,59})=(.*)", re.DOTALL)
_PAIR = re.compile(r'(?:^|[\s,;|(])([A-Za-z_][A-Za-z0-9_.\-]{0,59})=(?:"((?:[^"\\]|\\.){0,1000})"|([^\s,;|"]{1,1000}))')


def parse_line(line: str) -> LogLine:
    """Take a line apart. Never raises: what fits no format is PLAIN, its message the whole line."""
    text = line[:MAX_LINE].strip("\r\n\0 \t\ufeff")
    priority: int | None = None
    match = _PRIORITY.match(text)
    if match and int(match[1]) <= 191:
        priority, text = int(match[1]), text[match.end() :]
    found = _embedded(text, priority)
    if found is not None:
        return found
    match = _5424.match(text)
    if match:
        return _rfc5424(text[match.end() :], priority, match)
    time, host, rest = _header(text)
    program, message = _program(rest)
    kind = LineKind.RFC3164 if time or priority is not None else LineKind.PLAIN
    start = message.find("{")
    if 0 <= start <= 300 and message.endswith("}") and message[start + 1 :].lstrip().startswith('"'):
        return LogLine(LineKind.JSON, message[start:], priority, time, host, program or message[:start].strip(" :-"))
    return LogLine(kind, message, priority, time, host, program, pairs=pairs_in(message))


def _embedded(text: str, priority: int | None) -> LogLine | None:
    """CEF or LEEF, behind any syslog header."""
    head = text[:2_000]
    match = _CEF_START.search(head)
    if match:
        return _cef(text[match.end() :], priority, text[: match.start()])
    match = _LEEF_START.search(head)
    if match:
        return _leef(text[match.end() :], match[1], priority, text[: match.start()])
    return None


def _header(text: str) -> tuple[str, str, str]:
    """Time, host and the rest of a BSD line, of which many leave something out."""
    match = _VERSION.match(text)
    if match:
        return _dash(match[1]), _dash(match[2]), text[match.end() :]
    match = _STAMP.match(text)
    if match:
        time, rest = match[1], text[match.end() :]
        return time, *_host(rest)
    # Some put their name or a sequence number before the time.
    match = _STAMP.search(text[:120])
    if match and text[match.start(1) - 1] in " :.*":
        before = [part.rstrip(":") for part in text[: match.start(1)].split()]
        # A sequence number or the name of a task is no host.
        hosts = [part for part in before if part.strip("*.:0123456789") and not part.startswith("*")]
        return match[1], hosts[-1] if hosts else "", text[match.end() :]
    return "", "", text


def _host(rest: str) -> tuple[str, str]:
    match = _HOST.match(rest)
    # What ends in a colon or names a process is the program, and the host was left out.
    if match is None or "[" in match[1] or match[1].startswith("%") or rest[match.end(1)] == ":":
        cef = match is not None and not rest[match.end() :].strip()
        return (match[1], "") if match is not None and cef else ("", rest)
    return match[1], rest[match.end() :]


def _program(rest: str) -> tuple[str, str]:
    match = _PROGRAM.match(rest)
    return (match[1], rest[match.end() :]) if match else ("", rest)


def _dash(text: str) -> str:
    """RFC 5424 writes a dash for what is not known."""
    return "" if text == "-" else text


def _rfc5424(rest: str, priority: int | None, header: re.Match[str]) -> LogLine:
    time, host, program, _process, event_id = (_dash(header[number]) for number in range(1, 6))
    program = program.rstrip(":")
    pairs: dict[str, str] = {}
    position = 0
    if rest.startswith("-"):
        position = 1
    else:
        while (match := _SD_ELEMENT.match(rest, position)) and len(pairs) < MAX_PAIRS:
            for name, value in _SD_PAIR.findall(match[2]):
                pairs.setdefault(name, _unescape(value))
            position = match.end()
    message = rest[position:].lstrip(" \ufeff")
    for name, value in pairs_in(message).items():
        pairs.setdefault(name, value)
    kind = LineKind.JSON if message.startswith("{") else LineKind.RFC5424
    return LogLine(kind, message, priority, time, host, program, event_id=event_id, pairs=pairs)


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text.replace('\\"', '"').replace("\\]", "]"))


def _cef(text: str, priority: int | None, before: str) -> LogLine:
    """Vendor|Product|Version|Event class|Name|Severity|Extension (ArcSight CEF implementation standard)."""
    parts: list[str] = []
    position = 0
    while len(parts) < 6 and (match := _CEF_PART.match(text, position)):
        parts.append(_unescape(match[1]).strip())
        position = match.end()
    if len(parts) == 5:
        # The last bar is missing where there is no extension.
        parts.append(_unescape(text[position:]).strip())
        position = len(text)
    parts += [""] * (6 - len(parts))
    vendor, product, _version, event_id, name, level = parts
    time, host, rest = _header(before)
    program = rest.rstrip(" :-")
    return LogLine(
        LineKind.CEF,
        text[position:].strip(),
        priority,
        time,
        host or program,
        program if host else "",
        vendor,
        product,
        event_id,
        name,
        level,
        _labelled(cef_pairs(text[position:])),
    )


def cef_pairs(text: str) -> dict[str, str]:
    """The extension of a CEF line: values run to the next ` name=`, and may hold spaces, escaped signs and lines."""
    keys = list(islice(_CEF_KEY.finditer(text[:MAX_LINE]), MAX_PAIRS))
    found: dict[str, str] = {}
    ends = [match.start() for match in keys[1:]] + [len(text)]
    for match, end in zip(keys, ends, strict=False):
        value = _unescape(text[match.end() : end].strip())
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        if value:
            found.setdefault(match[1], value)
    return found


def _labelled(pairs: Mapping[str, str]) -> dict[str, str]:
    """Custom fields under the name that their label gives them: cs1=x cs1Label=Policy is Policy=x."""
    found: dict[str, str] = {}
    for key, value in pairs.items():
        if key.endswith("Label") and _LABEL.fullmatch(key[:-5]):
            continue
        label = pairs.get(f"{key}Label", "") if _LABEL.fullmatch(key) else ""
        found.setdefault(label[:100] or key, value)
    return found


def _leef(text: str, version: str, priority: int | None, before: str) -> LogLine:
    """Vendor|Product|Version|EventID|[Delimiter|]Attributes (IBM QRadar LEEF guide, 1.0 and 2.0)."""
    vendor, product, _version, event_id, rest = ([*text.split("|", 4), "", "", "", "", ""])[:5]
    delimiter = "\t"
    if version.startswith("2"):
        head, bar, tail = rest.partition("|")
        if bar and len(head) <= 6 and "=" not in head:
            delimiter, rest = _delimiter(head), tail
    if delimiter not in rest and rest.count("|") * 2 > rest.count("="):
        delimiter = "|"
    pairs: dict[str, str] = {}
    if delimiter in rest or rest.count("=") <= 1:
        for part in rest.split(delimiter, MAX_PAIRS)[:MAX_PAIRS]:
            name, equals, value = part.partition("=")
            if equals and name.strip() and value.strip():
                pairs.setdefault(name.strip()[:100], value.strip())
    else:
        # Sent with spaces in place of tabs.
        pairs = cef_pairs(rest)
    time, host, left = _header(before)
    program = left.rstrip(" :-")
    return LogLine(
        LineKind.LEEF,
        rest.strip(),
        priority,
        time,
        host or program,
        program if host else "",
        vendor.strip(),
        product.strip(),
        event_id.strip(),
        level=pairs.get("sev", ""),
        pairs=pairs,
    )


def _delimiter(text: str) -> str:
    """A character, or its code as x09 or 0x09; tab where it is left out."""
    match = re.fullmatch(r"(?:0?x)([0-9A-Fa-f]{1,4})", text)
    if match and int(match[1], 16) > 0:
        return chr(int(match[1], 16))
    return text[:1] or "\t"


def pairs_in(message: str) -> dict[str, str]:
    """The name=value pairs of a free message, if it has at least three: fewer are prose."""
    if message.count("=", 0, MAX_SCANNED) < 3:
        return {}
    found: dict[str, str] = _separated(message[:MAX_SCANNED])
    if found:
        return found
    for match in _PAIR.finditer(message[:MAX_SCANNED]):
        value = match[3] if match[3] is not None else _unescape(match[2])
        if value:
            found.setdefault(match[1], value)
        if len(found) >= MAX_PAIRS:
            break
    return found if len(found) >= 3 else {}


def _separated(message: str) -> dict[str, str]:
    """Pairs with a tab or bar between any two, whose values may hold blanks; empty where it is not so."""
    for separator in ("\t", "|"):
        parts = [part for part in message.split(separator, MAX_PAIRS) if part.strip()]
        pairs = [match for part in parts if (match := _PART.fullmatch(part))]
        # A value may hold the separator, and something may stand before the first pair.
        if len(pairs) < 3 or len(pairs) * 5 < len(parts) * 4:
            continue
        found: dict[str, str] = {}
        for match in pairs:
            value = match[2].strip()
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            if value:
                found.setdefault(match[1].strip(), value[:1_000])
        return found
    return {}
