"""Mail headers: split into names and values, decoded, and read as parameters, addresses, dates and ids.

RFC 5322 (syntax), RFC 2047 (encoded words), RFC 2231 (parameters), all with the tolerance that real mail needs.
Everything here is linear in the length of its input; the caller has capped it.
"""

import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from types import MappingProxyType

from triage_app.domain import charsets
from triage_app.domain.item import Address

RawHeader = tuple[str, str]

_ENCODED = r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)\?="
_ENCODED_WORD = re.compile(_ENCODED)
_PARAMETER = re.compile(
    r";[ \t\r\n]*+([^\s=;\"]{1,80})[ \t]*+=[ \t]*+(?:\"((?:[^\"\\]|\\.)*+)\"?[^;]*+|([^;]*+))", re.S
)
_CONTINUED = re.compile(r"(.+?)\*(\d{1,4})?(\*)?")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_ESCAPED = re.compile(r"\\(.)", re.S)
_ADDRESS_TOKEN = re.compile(
    r"(?P<encoded>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?=)"
    r"|\"(?P<quoted>(?:[^\"\\]|\\.)*+)\"?"
    r"|<(?P<angle>[^<>]*+)>?"
    r"|\((?P<comment>(?:[^()\\]|\\.)*+)\)?"
    r"|(?P<end>[,;])"
    r"|(?P<word>[^\s\",;<>()=][^\s\",;<>()]*+|=)"
    r"|(?P<space>\s++)|.",
    re.S,
)
_PLAIN_ADDRESS = re.compile(r"\s*+(?:\"?([^\"<>,;:()=\\@]*)\"?\s*)?<([^<>\s,;:()\"]+@[^<>\s,;:()\"]+)>\s*+")
_DATE = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s{1,3})?(\d{1,2})\s([A-Z][a-z]{2})\s(\d{4})\s{1,2}(\d\d?):(\d\d)(?::(\d\d))?\s{1,2}"
    r"(?:([+-])(\d\d)(\d\d)|(?:GMT|UTC|UT|Z)\b)"
)
_ID = re.compile(r"<([^<>\s]{1,900})>")
_MONTHS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, name in enumerate(
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], start=1
        )
    }
)
_UNSEEN = MappingProxyType(
    {code: " " if code in (9, 10, 13) else None for code in (*range(32), *range(127, 160))}
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)

_ADDRESS_LENGTH = 320
_NAME_LENGTH = 256
_DATE_LENGTH = 160
_FIRST_YEAR, _LAST_YEAR = 1980, 2100


def split(block: bytes) -> tuple[list[RawHeader], bool]:
    """Names and raw values of a header block, unfolded, and whether each line of it was a header.

    A value is its bytes as Latin-1, so that `decode` can still see them. Stops at the first line that is no header.
    """
    text = block.decode("latin_1")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" in text:
        text = text.replace("\t", " ")
    lines = text.replace("\n ", " ").split("\n")
    while lines and not lines[-1]:
        lines.pop()
    pieces = [line.partition(":") for line in lines]
    names = "".join([name for name, colon, _ in pieces if colon])
    if names.isascii() and " " not in names and all(name and colon for name, colon, _ in pieces):
        return [(name, value.strip()) for name, _, value in pieces], True
    return _split_odd(lines)


def _split_odd(lines: list[str]) -> tuple[list[RawHeader], bool]:
    """The headers of a block in which a line is none, or an odd one."""
    found: list[RawHeader] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon and _is_name(name.rstrip()):
            found.append((name.rstrip(), value.strip()))
        elif line and not line.startswith(("From ", ">From ")) and line.strip():
            return found, False
    return found, True


def _is_name(name: str) -> bool:
    return bool(name) and name.isascii() and " " not in name and "\t" not in name


def is_header_line(line: bytes) -> bool:
    """Whether a line of bytes can stand in a header block."""
    if not line.strip() or line.startswith((b" ", b"\t", b"From ", b">From ")):
        return True
    name, colon, _ = line.partition(b":")
    return bool(colon) and _is_name(name.rstrip().decode("latin_1"))


def is_plain(value: str) -> bool:
    """Whether a raw value is readable as it is."""
    return value.isascii() and "=?" not in value and value.isprintable()


def decode(value: str) -> str:
    """A raw value as readable text: encoded words and raw 8-bit decoded, no control characters."""
    if is_plain(value):
        return value
    if not value.isascii():
        value = decode_raw(value)
    if "=?" in value:
        value = _decode_words(value)
    return value if value.isprintable() else value.translate(_UNSEEN).strip()


def decode_raw(value: str) -> str:
    """A value with bytes beyond ASCII, which has no declared charset."""
    try:
        return charsets.decode(value.encode("latin_1")).text
    except UnicodeEncodeError:
        return value


def _decode_words(value: str) -> str:
    """RFC 2047. Neighbours in one charset are joined as bytes first: many senders cut a character in half."""
    out: list[str] = []
    pending, pending_charset, position = bytearray(), "", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[position : word.start()]
        charset = word[1].partition("*")[0].lower()
        if pending and (charset != pending_charset or between.strip()):
            out.append(charsets.decode(bytes(pending), pending_charset).text)
            pending.clear()
        if between.strip() or position == 0:
            out.append(between)
        pending += _word_bytes(word[2], word[3])
        pending_charset, position = charset, word.end()
    if pending:
        out.append(charsets.decode(bytes(pending), pending_charset).text)
    out.append(value[position:])
    return "".join(out)


def _word_bytes(kind: str, text: str) -> bytes:
    raw = text.encode("utf_8", "replace")
    if kind in "qQ":
        return binascii.a2b_qp(raw, header=True)
    try:
        return binascii.a2b_base64(raw + b"===")
    except binascii.Error:
        return raw


def main_value(value: str) -> str:
    """What stands before the first parameter, lower case: a media type or a disposition."""
    return value.partition(";")[0].strip().lower()


def parameters(value: str) -> dict[str, str]:
    """Parameters by lower-case name, decoded (RFC 2231 with continuations; encoded words, which are wrong there, too).

    Of two with one name the first counts.
    """
    if ";" not in value:
        return {}
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str, bool]]] = {}
    for name, quoted, bare in _PARAMETER.findall(value):
        text = _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted or bare.strip()
        if "*" in name and (continued := _CONTINUED.fullmatch(name)):
            order = int(continued[2]) if continued[2] else 0
            pieces.setdefault(continued[1].lower(), []).append((order, text, bool(continued[3]) or not continued[2]))
        else:
            plain.setdefault(name.lower(), text)
    found = {name: decode(text) for name, text in plain.items()}
    for name, parts in pieces.items():
        found[name] = _joined(sorted(parts, key=lambda piece: piece[0]))
    return found


def _joined(parts: list[tuple[int, str, bool]]) -> str:
    charset, raw = "", bytearray()
    for place, (_, text, encoded) in enumerate(parts):
        value = text
        if encoded and place == 0 and text.count("'") >= 2:
            charset, _, value = text.split("'", 2)
        piece = value.encode("latin_1", "replace")
        raw += _PERCENT.sub(lambda found: bytes((int(found[1], 16),)), piece) if encoded else piece
    text = charsets.decode(bytes(raw), charset).text
    return decode(text) if text.isascii() else text if text.isprintable() else text.translate(_UNSEEN)


def addresses(value: str, limit: int = 1_000) -> tuple[Address, ...]:
    """The addresses of a From, To or like header, in order; at most `limit`. Never raises."""
    simple = _PLAIN_ADDRESS.fullmatch(value) if value.isascii() else None
    if simple:
        return (Address((simple[1] or "").strip()[:_NAME_LENGTH], simple[2][:_ADDRESS_LENGTH]),)
    if not value.isascii():
        value = decode_raw(value)
    found: list[Address] = []
    reader = _AddressReader()
    for token in _ADDRESS_TOKEN.finditer(value):
        kind = token.lastgroup
        if kind == "end":
            reader.finish(found)
            if len(found) >= limit:
                return tuple(found)
        elif kind is not None:
            reader.take(kind, token[kind])
    reader.finish(found)
    return tuple(found[:limit])


class _AddressReader:
    """Collects the tokens of one address."""

    __slots__ = ("angle", "comment", "words")

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.words: list[str] = []
        self.angle: str | None = None
        self.comment = ""

    def take(self, kind: str, text: str) -> None:
        """Add one token."""
        if kind == "angle":
            # A second one is kept with the words: "<a@b> <c@d>" has no meaning, but the first is what programs use.
            if self.angle is None:
                self.angle = text
            else:
                self.words.append(f"<{text}>")
        elif kind == "comment":
            self.comment = self.comment or text
        elif kind == "quoted":
            self.words.append(_ESCAPED.sub(r"\1", text))
        elif kind == "space":
            self.words.append(" ")
        else:
            self.words.append(text)

    def finish(self, found: list[Address]) -> None:
        """Append the address that is complete, if there is one."""
        phrase = "".join(self.words).strip()
        angle, comment = self.angle, self.comment
        self._clear()
        if angle is None and "=?" in phrase and (inner := _PLAIN_ADDRESS.fullmatch(decode(phrase))):
            # The whole address was put into an encoded word.
            name, address = inner[1].strip(), inner[2]
        elif angle is not None:
            address = "".join(angle.split())
            name = phrase or comment
        elif "@" in phrase:
            address, name = phrase.rpartition(":")[2], comment
            shown, _, last = address.strip().rpartition(" ")
            address, name = (last, name or shown) if "@" in last else ("".join(address.split()), name)
        else:
            address, name = "", "" if phrase.endswith(":") else phrase or comment
        name = decode(name).strip().strip("'\"").strip()
        if name or address:
            found.append(Address(name[:_NAME_LENGTH], decode(address)[:_ADDRESS_LENGTH]))


def date(value: str) -> datetime | None:
    """A Date header as aware UTC; None where it cannot be read or names a year that no mail is from."""
    if quick := _DATE.match(value):
        day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = quick.groups()
        offset = int(zone_hours or 0) * 60 + int(zone_minutes or 0)
        fields = (int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), min(int(second or 0), 59))
        return _moment(fields, (-offset if sign == "-" else offset) * 60)
    try:
        parsed = parsedate_tz(value[:_DATE_LENGTH])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if parsed is None:
        return None
    return _moment((parsed[0], parsed[1], parsed[2], parsed[3], parsed[4], min(parsed[5], 59)), parsed[9] or 0)


def _moment(fields: tuple[int, int, int, int, int, int], offset: int) -> datetime | None:
    """A time from year to second and its offset in seconds. Years that some programs count from 1900 are mended."""
    year = fields[0] + 1900 if 100 <= fields[0] < 200 else fields[0]
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        zone = UTC if not offset else timezone(timedelta(seconds=offset))
        return datetime(year, *fields[1:], tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def message_ids(value: str, limit: int = 200) -> tuple[str, ...]:
    """Message ids without their brackets, in order, each once; the last `limit` (the nearest ancestors) of a long
    list."""
    found = tuple(dict.fromkeys(_ID.findall(value)))
    if not found and "@" in value:
        found = tuple(value.split()[:1])
    return found[-limit:]


def message_id(value: str) -> str:
    """A mail's own id without its brackets, of the raw value of its Message-ID; empty where there is none."""
    return "".join(message_ids(value)[:1])[:998]
