"""Outlook .msg bytes to a letter ([MS-OXMSG], [MS-OXPROPS]).

The container is read by python-oxmsg from memory; the properties are read here, because a broken one must not cost
the rest.
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType

from olefile import OleFileIO
from oxmsg.storage import Storage

from triage_app.domain import charsets, headers, rtf
from triage_app.domain.caps import Caps
from triage_app.domain.item import Attachment, Defect, Form
from triage_app.domain.letter import Enclosure, Letter
from triage_app.domain.reading import Reading, Segment

_MESSAGE_HEADER, _EMBEDDED_HEADER, _OTHER_HEADER = 32, 24, 8
_SUBJECT, _BODY, _HTML, _RTF, _TRANSPORT_HEADERS = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_FOR_NAME, _FOR_ADDRESS, _FOR_SMTP = 0x0042, 0x0065, 0x5D02
_MESSAGE_ID, _REFERENCES, _IN_REPLY_TO, _SENT, _DELIVERED = 0x1035, 0x1039, 0x1042, 0x0039, 0x0E06
_INTERNET_CODEPAGE, _MESSAGE_CODEPAGE, _MESSAGE_CLASS = 0x3FDE, 0x3FFD, 0x001A
_DISPLAY_NAME, _ADDRESS, _SMTP, _RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
_FILE_NAME, _LONG_FILE_NAME, _MEDIA_TYPE, _DATA = 0x3704, 0x3707, 0x370E, 0x3701
_EMBEDDED = "__substg1.0_3701000D"
_PROPERTY = struct.Struct("<HHI8s")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_RECIPIENT_HEADERS = ("To", "To", "Cc", "Bcc")
_DIRECTORY_FACTOR, _DIRECTORY_SLACK, _ENTRIES = 2, 1_048_576, 20_000
_CODEPAGES: Mapping[int, str] = MappingProxyType({
    65001: "utf-8", 20127: "us-ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp", 50221: "iso-2022-jp",
    50222: "iso-2022-jp", 51932: "euc-jp", 51949: "euc-kr", 54936: "gb18030", 65000: "utf-7", 1200: "utf-16-le",
})  # fmt: skip
# Delivery reports, and calendar items, which carry their exceptions as messages.
_NO_REPORTS = ("report.", "ipm.appointment", "ipm.schedule", "ipm.task", "ipm.contact")
_BROKEN = (
    KeyError,
    ValueError,
    OverflowError,
    OSError,
    IndexError,
    TypeError,
    AttributeError,
    struct.error,
    RecursionError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties of a message, recipient or attachment: streams by name, and the values that need no stream."""

    streams: Mapping[str, bytes]
    fixed: Mapping[int, bytes]
    codepage: str

    def text(self, tag: int) -> str:
        """A string, "" if there is none; Unicode before the sender's code page."""
        wide = self.streams.get(f"__substg1.0_{tag:04X}001F")
        if wide is not None:
            return charsets.decode(wide[: len(wide) & ~1], "utf-16-le").text.rstrip("\x00")
        narrow = self.streams.get(f"__substg1.0_{tag:04X}001E")
        if narrow is None:
            return ""
        return charsets.decode(narrow, self.codepage).text.rstrip("\x00")

    def data(self, tag: int) -> bytes:
        """Bytes, empty if there are none."""
        return self.streams.get(f"__substg1.0_{tag:04X}0102", b"")

    def number(self, tag: int) -> int:
        """A whole number, 0 if there is none."""
        return int.from_bytes(self.fixed.get(tag, b"")[:4], "little")

    def time(self, tag: int) -> datetime | None:
        """A time, None if there is none."""
        ticks = int.from_bytes(self.fixed.get(tag, b""), "little")
        try:
            return _EPOCH + timedelta(seconds=ticks // 10_000_000) if ticks else None
        except OverflowError:
            return None


def read(content: bytes, caps: Caps, depth: int = 0) -> Letter:
    """A letter from the bytes of a .msg file. Never raises: a file that cannot be read is a letter with a defect."""
    try:
        with OleFileIO(content) as ole:
            declared = [entry.size for entry in ole.direntries if entry is not None]
            if len(declared) > _ENTRIES or sum(declared) > len(content) * _DIRECTORY_FACTOR + _DIRECTORY_SLACK:
                return _unreadable("Its directory claims more content than the file has.")
            storage = Storage.from_ole(ole)
        return _message(storage, caps, depth, _MESSAGE_HEADER)
    except _BROKEN as error:
        return _unreadable(f"The Outlook file is broken ({type(error).__name__}).")


def _unreadable(detail: str) -> Letter:
    return Letter(Form.MSG, defects=[Defect("msg_unreadable", detail)])


def _properties(storage: Storage, header: int, codepage: str) -> _Properties:
    streams = {stream.path.rpartition("/")[2]: stream.bytes_ for stream in storage.streams}
    table = streams.get("__properties_version1.0", b"")
    usable = table[header : header + (len(table) - header) // 16 * 16] if len(table) > header else b""
    fixed = {tag: value for _, tag, _, value in _PROPERTY.iter_unpack(usable[:1_048_576])}
    page = int.from_bytes(fixed.get(_MESSAGE_CODEPAGE, b"")[:4], "little")
    return _Properties(streams, fixed, _codepage(page) or codepage)


def _codepage(number: int) -> str:
    """The charset of a Windows code page number, "" for none or an unknown one."""
    if 28591 <= number <= 28606:
        return f"iso-8859-{number - 28590}"
    return _CODEPAGES.get(number, f"cp{number}" if number else "")


def _message(storage: Storage, caps: Caps, depth: int, header: int) -> Letter:
    properties = _properties(storage, header, "")
    reading = Reading(caps, attached_room=caps.attached_text)
    kind = properties.text(_MESSAGE_CLASS).lower()
    if kind.startswith("ipm.note.smime") and "multipartsigned" not in kind:
        reading.note("encrypted", "The mail is encrypted (S/MIME); only its headers could be read.")
    html = _html(properties, caps)
    plain = properties.text(_BODY)[: caps.body_bytes].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not plain.strip() and not html:
        unpacked, code = rtf.text(properties.data(_RTF), caps.body_bytes)
        plain, html = (unpacked, "") if not code else ("", unpacked)
    reading.segments.append(Segment(plain, html))
    for count, inner in enumerate(storage.iter_attachment_storages()):
        if count >= caps.parts:
            reading.note("parts_cut", f"It has more than {caps.parts} files; the others were not read.")
            break
        _attachment(inner, reading, depth, properties.codepage)
    return reading.letter(Form.MSG, tuple(_headers(storage, properties, caps)), automatic=kind.startswith(_NO_REPORTS))


def _html(properties: _Properties, caps: Caps) -> str:
    data = properties.data(_HTML)[: caps.body_bytes]
    if not data:
        return properties.text(_HTML)[: caps.body_bytes]
    declared = _codepage(properties.number(_INTERNET_CODEPAGE)) or charsets.html_charset(data)
    return charsets.decode(data, declared).text.replace("\x00", "")


def _raw(value: str) -> str:
    """Text as a raw header value, which holds bytes."""
    return " ".join(value.split()).encode("utf_8", "replace").decode("latin_1")


def _headers(storage: Storage, properties: _Properties, caps: Caps) -> Iterator[headers.RawHeader]:
    """The headers as received if the file holds them, completed by its properties (all of them in a draft)."""
    transport = properties.text(_TRANSPORT_HEADERS).encode("utf_8", "replace")[: caps.header_bytes]
    found, _ = headers.split(transport.lstrip())
    names = {name.lower() for name, _ in found}
    subject = properties.text(_SUBJECT)
    if subject:
        found = [header for header in found if header[0].lower() != "subject"]
        yield "Subject", _raw(subject[: caps.subject * 2])
    yield from found
    if "from" not in names:
        sender = _address(properties, _SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS)
        sender = sender or _address(properties, _FOR_NAME, _FOR_SMTP, _FOR_ADDRESS)
        if sender:
            yield "From", sender
    if "to" not in names and "cc" not in names:
        yield from _recipients(storage, properties, caps)
    for name, tag in (("Message-ID", _MESSAGE_ID), ("References", _REFERENCES), ("In-Reply-To", _IN_REPLY_TO)):
        if name.lower() not in names and (value := properties.text(tag)):
            yield name, _raw(value[:10_000])
    sent = properties.time(_SENT) or properties.time(_DELIVERED)
    if "date" not in names and sent:
        yield "Date", format_datetime(sent)


def _recipients(storage: Storage, properties: _Properties, caps: Caps) -> Iterator[headers.RawHeader]:
    for count, inner in enumerate(storage.iter_recipient_storages()):
        if count >= caps.addresses:
            return
        recipient = _properties(inner, _OTHER_HEADER, properties.codepage)
        address = _address(recipient, _DISPLAY_NAME, _SMTP, _ADDRESS)
        if address:
            yield _RECIPIENT_HEADERS[recipient.number(_RECIPIENT_TYPE) & 3], address


def _address(properties: _Properties, name: int, *addresses: int) -> str:
    """`"name" <address>`; the first that is a mail address and no Exchange path."""
    shown = properties.text(name)[:256].replace("\\", "").replace('"', "")
    for tag in addresses:
        address = properties.text(tag).strip()
        if "@" in address and not address.startswith("/"):
            return _raw(f'"{shown}" <{address[:320]}>') if shown and shown != address else _raw(f"<{address[:320]}>")
    return _raw(f'"{shown}"') if shown else ""


def _attachment(storage: Storage, reading: Reading, depth: int, codepage: str) -> None:
    properties = _properties(storage, _OTHER_HEADER, codepage)
    name = (properties.text(_LONG_FILE_NAME) or properties.text(_FILE_NAME) or properties.text(_DISPLAY_NAME))[:255]
    embedded = next((inner for inner in storage.storages if inner.name == _EMBEDDED), None)
    if embedded is not None:
        file = Attachment(name or "mail.msg", "application/vnd.ms-outlook", 0, "")
        if depth >= reading.caps.reports:
            reading.note("depth_cut", "Mails lie too deep in one another; the innermost were not read.")
            reading.enclosures.append(Enclosure(file))
        else:
            letter = _message(embedded, reading.caps, depth + 1, _EMBEDDED_HEADER)
            reading.enclosures.append(Enclosure(file, form=Form.MSG, letter=letter))
        return
    data = properties.data(_DATA)
    if len(data) > reading.caps.attachment_bytes:
        reading.note("attachment_cut", f"The file {name[:80]!r} is larger than what is read; the rest was not read.")
        data = data[: reading.caps.attachment_bytes]
        reading.enclosures.append(Enclosure(Attachment(name, properties.text(_MEDIA_TYPE), len(data), "")))
        return
    media_type = properties.text(_MEDIA_TYPE).lower() or "application/octet-stream"
    reading.enclose(Attachment(name, media_type[:127], len(data), hashlib.sha256(data).hexdigest()), data)
