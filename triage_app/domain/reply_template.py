"""Templates of replies: a subject, an empty line and a text, with a few `$names` that are filled in. Nothing of what is
filled in is read as a template again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Template

from triage_app.domain.defang import unlinked
from triage_app.domain.errors import InvalidInput

NAMES: Mapping[str, str] = {
    "ticket": "the ticket's number, as in #12",
    "subject": "the subject of the mail that is answered",
    "reporter": "the name of whoever wrote it, or the address",
    "sent": "when it was sent, in UTC",
    "category": "the ticket's category",
    "desk": "the name that mail goes out under",
}
"""What may stand in a template, with what it means. `$$` is a dollar sign."""

ACKNOWLEDGEMENT = "acknowledgement"
"""The template of the automatic answer."""

MAX_TEXT = 50_000
MAX_VALUE = 200
MAX_SUBJECT = 250

_BEFORE = re.compile(r"^\s*(?:(?:re|aw|sv|antw|fw|fwd|wg|tr|rv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """A template as it was written; `subject` is one line."""

    name: str
    subject: str
    text: str

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and text with the values in their places; a value that is missing is empty, a long one is cut, and
        none becomes a link."""
        known = {name: unlinked(one_line(values.get(name, ""), MAX_VALUE)) for name in NAMES}
        subject = one_line(Template(self.subject).substitute(known), MAX_SUBJECT)
        return subject, Template(self.text).substitute(known).strip() + "\n"


def parse_template(name: str, written: str) -> ReplyTemplate:
    """Read a template: `Subject: ...` in its first line, then an empty line, then the text.

    Raises InvalidInput with the line for anything else, and for a `$name` that nobody fills in.
    """
    lines = written.replace("\r\n", "\n").lstrip("\ufeff").split("\n")
    word, _, subject = lines[0].partition(":")
    if word.strip().lower() != "subject" or not subject.strip():
        raise InvalidInput(f"Template {name}, line 1: it begins with `Subject: ` and the subject.")
    if len(lines) < 3 or lines[1].strip():
        raise InvalidInput(f"Template {name}, line 2: an empty line, and the text below it.")
    if len(written) > MAX_TEXT:
        raise InvalidInput(f"Template {name} has more than {MAX_TEXT:,} characters. Make it shorter.")
    for number, line in enumerate(lines, start=1):
        _check(name, number, line)
    text = "\n".join(lines[2:]).strip()
    if not text:
        raise InvalidInput(f"Template {name}, line 3: the text is missing.")
    return ReplyTemplate(name, subject.strip(), text)


def _check(name: str, number: int, line: str) -> None:
    for match in Template.pattern.finditer(line):
        found = match["named"] or match["braced"]
        if match["escaped"] is not None or found in NAMES:
            continue
        known = ", ".join(f"${each}" for each in NAMES)
        said = f"${found} is not known" if found else "a single $ stands for nothing"
        raise InvalidInput(f"Template {name}, line {number}: {said}. There are {known}, and $$ for a dollar sign.")


def answer_subject(subject: str) -> str:
    """A subject without what earlier answers put before it, and without links."""
    return unlinked(one_line(_BEFORE.sub("", subject), MAX_VALUE)) or "your mail"


def one_line(text: str, most: int) -> str:
    """A text in one line without control characters, cut with an ellipsis."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def sent_words(at: datetime | None) -> str:
    """When a mail was sent, for a person; empty where that is not known."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
