"""A mail in the form that mail files and Outlook files have in common, before it is decided what it is about."""

from dataclasses import dataclass, field

from triage_app.domain.headers import RawHeader
from triage_app.domain.item import Attachment, Defect, Form


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that a mail carries.

    `text` is what can be read in it (capped), `links` where it points. For a mail in the mail, `form` says how to read
    `content` and `letter` is set instead where it is read already; `set_apart` is False where it is declared to be
    shown within the text.
    """

    file: Attachment
    text: str = ""
    links: tuple[str, ...] = ()
    form: Form | None = None
    content: bytes = b""
    letter: "Letter | None" = None
    set_apart: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with its headers (raw values, see `headers.split`), text, HTML and files.

    `text` is the text to be read, from text or HTML parts; `quoted` what HTML marks as quoted; `links` are those
    of HTML parts; `hidden` is text that HTML hides. `automatic` is True for a bounce, receipt or digest: what it
    encloses was not reported by anybody.
    """

    form: Form
    headers: tuple[RawHeader, ...] = ()
    text: str = ""
    quoted: str = ""
    hidden: str = ""
    html: str = ""
    links: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    automatic: bool = False
    defects: list[Defect] = field(default_factory=list)
