"""Mail bytes to a letter: which parts are its text, which are files, and which are mails themselves."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from triage_app.domain import charsets, flowed, headers, mime, smime
from triage_app.domain.caps import Caps
from triage_app.domain.item import Attachment, Defect, Form
from triage_app.domain.letter import Enclosure, Letter
from triage_app.domain.reading import Reading, Segment

_BODY_TYPES = frozenset({"text/plain", "text/html", "application/xhtml+xml", "text/enriched", "text/richtext"})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_BIDI = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_HTML_START = (b"<!doctype html", b"<html", b"<head", b"<body", b"<div", b"<table", b"<p>", b"<meta", b"<style")
_NAME_LENGTH = 255
_CUT_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "cut": "is larger than what is read; the rest was not read.",
        "base64": "is not valid base64; what can be decoded was read.",
    }
)


def read(content: bytes, caps: Caps, depth: int = 0) -> Letter:
    """A letter from the bytes of a mail. `depth` is how many mails lie around it."""
    structure = mime.split(content, caps, depth)
    return _letter(structure.root, caps, list(structure.defects))


def _letter(part: mime.Part, caps: Caps, defects: list[Defect]) -> Letter:
    """A letter from an entity that is split already."""
    reading = Reading(caps, defects=defects, attached_room=caps.attached_text, text_room=caps.body_bytes)
    if part.media_type == "multipart/encrypted":
        reading.note("encrypted", "The mail is encrypted; only its headers could be read.")
    _gather(part, reading)
    return reading.letter(Form.MAIL, tuple(part.head), automatic=_is_automatic(part))


def _is_automatic(part: mime.Part) -> bool:
    """Whether a mail is a bounce, a receipt or a digest (RFC 3462, 3464, 8098; RFC 2046 section 5.1.5).

    A feedback report (RFC 5965) is a report by somebody and is not counted.
    """
    if part.media_type == "multipart/digest":
        return True
    if part.media_type == "multipart/report":
        return part.parameters.get("report-type", "").lower() != "feedback-report"
    if "x-failed-recipients" in part.first:
        return True
    sender = part.first.get("from", "").lower()
    if part.first.get("return-path", "").strip() == "<>" and ("mailer-daemon@" in sender or "postmaster@" in sender):
        return True
    return any(inner.media_type == "multipart/digest" for inner in part.parts)


def _gather(part: mime.Part, reading: Reading) -> None:
    """Sort the leaves into text and files. A multipart/alternative is one stretch of text."""
    stack: list[tuple[mime.Part, Segment | None, bool]] = [(part, None, True)]
    while stack:
        current, segment, is_root = stack.pop()
        if current.is_multipart:
            if current.media_type == "multipart/alternative" and segment is None:
                segment = Segment()
                reading.segments.append(segment)
            stack.extend((inner, segment, False) for inner in reversed(current.parts))
        elif current.media_type in _PKCS7 and not current.is_mail:
            _read_pkcs7(current, reading)
        elif _is_body(current, is_root=is_root):
            _read_body(current, segment, reading)
        else:
            _read_file(current, reading)


def _is_body(part: mime.Part, *, is_root: bool) -> bool:
    if part.media_type.startswith("multipart/"):
        return True
    if part.media_type not in _BODY_TYPES:
        return is_root and part.media_type.startswith("text/") and "content-disposition" not in part.first
    if "content-disposition" not in part.first:
        return "name" not in part.parameters or is_root
    return part.disposition != "attachment" and (not part.file_name or is_root)


def _read_body(part: mime.Part, segment: Segment | None, reading: Reading) -> None:
    data, code = mime.payload(part, min(reading.caps.body_bytes, max(reading.text_room, 4096)))
    reading.text_room -= len(data)
    if code:
        reading.note("body_" + code, "A text part " + _CUT_NOTES[code])
    is_html = part.media_type in _HTML_TYPES or _looks_html(data, part)
    text = _text_of(data, part, reading, is_html=is_html)
    if not is_html and part.parameters.get("format", "").lower() == "flowed":
        text = flowed.join(text, keep_space=part.parameters.get("delsp", "").lower() != "yes")
    if segment is None:
        segment = Segment()
        reading.segments.append(segment)
    if is_html:
        segment.html += text
    else:
        segment.plain = f"{segment.plain}\n\n{text}" if segment.plain else text


def _text_of(data: bytes, part: mime.Part, reading: Reading, *, is_html: bool) -> str:
    """Decoded text with LF for each line break and no NUL."""
    declared = part.parameters.get("charset", "")
    if declared and not charsets.codec(declared):
        reading.note("charset", f"The charset {declared[:40]!r} is not known; it was guessed.")
    if is_html and not charsets.codec(declared):
        declared = charsets.html_charset(data)
    decoded = charsets.decode(data, declared)
    if decoded.replaced:
        reading.note("undecodable", "Some bytes of the text do not belong to its charset.")
    text = decoded.text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x00", "") if "\x00" in text else text


def _looks_html(data: bytes, part: mime.Part) -> bool:
    """Whether text without a declared type, or with a wrong one, is an HTML document."""
    if data[:64].lstrip()[:1] != b"<":
        return False
    start = data[:256].lstrip().lower()
    return start.startswith(_HTML_START[:4] if part.first.get("content-type") else _HTML_START)


def _read_file(part: mime.Part, reading: Reading) -> None:
    """A part that is a file: hashed, and read where it is text or a mail."""
    caps, name = reading.caps, part.file_name[:_NAME_LENGTH]
    if not _BIDI.isdisjoint(name):
        reading.note(
            "bidi_file_name", "A file name holds marks that turn the direction of writing, to hide its ending."
        )
    if part.is_mail:
        inner = part.parts[0]
        data = part.raw[inner.begin - part.start :]
        file = Attachment(name or _mail_name(inner), part.media_type, len(data), hashlib.sha256(data).hexdigest())
        letter = _letter(inner, caps, [])
        reading.enclosures.append(
            Enclosure(file, letter=letter, form=Form.MAIL, set_apart=part.disposition != "inline")
        )
        return
    data_bytes, code = mime.payload(part, caps.attachment_bytes)
    if code:
        reading.note("attachment_" + code, f"The file {name[:80]!r} " + _CUT_NOTES[code])
    file = Attachment(
        name, part.media_type, len(data_bytes), "" if code == "cut" else hashlib.sha256(data_bytes).hexdigest()
    )
    reading.enclose(
        file, data_bytes, charset=part.parameters.get("charset", ""), set_apart=part.disposition != "inline"
    )


def _mail_name(inner: mime.Part) -> str:
    subject = headers.decode(inner.first.get("subject", ""))[:80].strip()
    return f"{subject}.eml" if subject else "mail.eml"


def _read_pkcs7(part: mime.Part, reading: Reading) -> None:
    """S/MIME in one part (RFC 8551): signed content is read, enveloped content is a defect."""
    data, _ = mime.payload(part, reading.caps.attachment_bytes)
    content = smime.signed_content(data)
    if content is None:
        reading.note("encrypted", "The mail is encrypted (S/MIME); only its headers could be read.")
        file = Attachment(part.file_name[:_NAME_LENGTH], part.media_type, len(data), hashlib.sha256(data).hexdigest())
        reading.enclosures.append(Enclosure(file))
        return
    structure = mime.split(content, reading.caps, part.depth + 1)
    if part.depth < reading.caps.depth:
        _gather(structure.root, reading)
