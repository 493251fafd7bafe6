"""What is gathered while one mail is read: stretches of text, files and defects, and the letter that they make."""

import html as markup
from dataclasses import dataclass, field

from triage_app.domain import charsets, html_text
from triage_app.domain.caps import Caps
from triage_app.domain.headers import RawHeader
from triage_app.domain.item import Attachment, Defect, Form
from triage_app.domain.letter import Enclosure, Letter

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_ENDINGS = (
    ".txt",
    ".html",
    ".htm",
    ".xhtml",
    ".shtml",
    ".svg",
    ".ics",
    ".csv",
    ".json",
    ".xml",
    ".log",
    ".md",
    ".url",
    ".vcf",
    ".rtf",
)
_HTML_ENDINGS = (".html", ".htm", ".xhtml", ".shtml", ".svg")
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/ics", "application/csv", "image/svg+xml",
                         "application/xhtml+xml", "application/rtf", "application/internet-shortcut"})  # fmt: skip
_MAIL_TYPES = frozenset({"message/rfc822", "message/global", "application/eml"})
_OUTLOOK_TYPES = frozenset({"application/vnd.ms-outlook", "application/msoutlook", "application/x-msg"})
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A text part of fewer letters than this beside an HTML part is a stand-in ("your program cannot show HTML").
_STAND_IN = 40


@dataclass(slots=True)
class Segment:
    """A stretch of text with the alternatives in which it comes."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class Reading:
    """What is gathered while the parts of one mail are read."""

    caps: Caps
    segments: list[Segment] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    attached_room: int = 0
    text_room: int = 0

    def note(self, code: str, detail: str) -> None:
        """Add a defect, up to the cap."""
        if len(self.defects) < self.caps.defects:
            self.defects.append(Defect(code, detail))

    def letter(self, form: Form, head: tuple[RawHeader, ...], *, automatic: bool) -> Letter:
        """The letter that was gathered."""
        caps, segments = self.caps, self.segments
        texts: list[str] = []
        quotes: list[str] = []
        hidden: list[str] = []
        found: dict[str, None] = {}
        for segment in segments:
            if segment.html:
                found.update(dict.fromkeys(html_text.links(segment.html[: caps.html_read], caps.links)))
            if segment.html and len(segment.plain) < 400 and sum(map(str.isalpha, segment.plain)) < _STAND_IN:
                read_html = html_text.read(segment.html, caps)
                if read_html.plain_scan:
                    self.note(
                        "html_depth",
                        "The HTML nests too deep or has too many elements; its text was read without structure.",
                    )
                texts.append(read_html.text)
                quotes.append(read_html.quoted)
                hidden.append(read_html.hidden)
            else:
                texts.append(segment.plain.replace("\xa0", " ").strip())
        text = "\n\n".join(filter(None, texts))
        if len(text) > caps.text:
            self.note("text_cut", f"The text is longer than {caps.text} characters; the rest was not read.")
            text = text[: caps.text]
        html = ""
        if any(segment.html for segment in segments):
            html = "\n".join(segment.html or f"<pre>{markup.escape(segment.plain)}</pre>" for segment in segments)[
                : caps.html
            ]
        if "-----BEGIN PGP MESSAGE-----" in text:
            self.note("encrypted", "The text holds an encrypted PGP message.")
        return Letter(
            form, head, text, "\n\n".join(filter(None, quotes))[: caps.text], "\n\n".join(filter(None, hidden))[:
            caps.attached_text], html, tuple(found), tuple(self.enclosures), automatic, self.defects,
        )  # fmt: skip

    def enclose(self, file: Attachment, data: bytes, *, charset: str = "", set_apart: bool = True) -> None:
        """Add a file: a mail to be read, its text, or its name and hash only. Packed files are never unpacked."""
        lowered, room = file.name.lower(), self.attached_room
        if file.media_type in _MAIL_TYPES or lowered.endswith(".eml"):
            self.enclosures.append(Enclosure(file, form=Form.MAIL, content=data, set_apart=set_apart))
            return
        if data.startswith(_OLE_MAGIC) and (lowered.endswith(".msg") or file.media_type in _OUTLOOK_TYPES):
            self.enclosures.append(Enclosure(file, form=Form.MSG, content=data, set_apart=set_apart))
            return
        textual = (
            file.media_type.startswith(("text/", "message/"))
            or file.media_type in _TEXT_TYPES
            or lowered.endswith(_TEXT_ENDINGS)
        )
        if not textual or not data or room <= 0:
            self.enclosures.append(Enclosure(file))
            return
        data = data[: room * 2]
        is_html = (
            file.media_type in _HTML_TYPES or file.media_type == "image/svg+xml" or lowered.endswith(_HTML_ENDINGS)
        )
        text = charsets.decode(data, charset or (charsets.html_charset(data) if is_html else "")).text.replace(
            "\x00", ""
        )
        links: tuple[str, ...] = ()
        if is_html:
            links = html_text.links(text, self.caps.links)
            text = html_text.read(text, self.caps).text
        elif lowered.endswith(".ics") or file.media_type == "text/calendar":
            text = text.replace("\r\n ", "").replace("\n ", "").replace("\\n", "\n").replace("\\,", ",")
        text = text[:room].strip()
        self.attached_room -= len(text)
        self.enclosures.append(Enclosure(file, text=text, links=links))
