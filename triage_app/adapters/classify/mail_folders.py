"""Mail that lies in a folder for each label: single mails, mailboxes and packed ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from triage_app.adapters.classify.look import Look
from triage_app.domain import mime
from triage_app.domain.caps import Caps
from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import Form, ParsedItem, RawItem
from triage_app.domain.labels import Example, check_label
from triage_app.domain.parsing import parse
from triage_app.services.ports import FileReader

_CAPS: Final = Caps()
_MEMBER: Final = ": "
_MESSAGE: Final = " message "


def look_at_mail(path: Path, files: FileReader) -> Look:
    """The mails of a folder, or of a packed folder, with the name of the sub-folder that each lies in as its label.

    A mailbox file (mbox) directly in the folder is a label too, named without its ending; so is each folder in a packed
    file that lies there. Other files beside the sub-folders are left out. Text, time, sender and layout are the mail's;
    its group is the conversation, named by the mail that opened it. Raises InvalidInput where no mail has a
    label.
    """
    look = Look()
    empty = 0
    for label, item in _labelled(path, files):
        where = item.origin.removeprefix(str(path)).lstrip("/\\: ")
        if item.reason:
            look.complain(f"{where}: {item.reason}")
            continue
        try:
            found = _example(check_label(label), item)
        except InvalidInput as error:
            look.complain(f"{where}: {error}")
            continue
        if found.text.strip():
            look.examples.append(found)
        else:
            empty += 1
    if empty:
        look.aside.append(f"{empty} mails have no text and are left out.")
    if not look.examples and not look.broken:
        raise InvalidInput(
            f"{path} has no folder with mail in it. Make a folder for each label and put its mail there."
        )
    return look


def _labelled(path: Path, files: FileReader) -> Iterator[tuple[str, RawItem]]:
    if not path.is_dir():
        yield from _packed(path, files)
        return
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            for item in files.read(str(entry)):
                yield entry.name, item
        else:
            yield from _packed(entry, files)


def _packed(path: Path, files: FileReader) -> Iterator[tuple[str, RawItem]]:
    """The items of a packed folder or of an mbox; nothing for any other file."""
    members: list[tuple[list[str], RawItem]] = []
    for item in files.read(str(path)):
        where = item.origin[len(str(path)) :]
        if where.startswith(_MESSAGE):
            yield path.stem, item
        elif where.startswith(_MEMBER):
            folders = [part for part in where.removeprefix(_MEMBER).split(_MEMBER)[0].split("/")[:-1] if part != "."]
            members.append((folders, item))
    outer = {folders[0] if folders else "" for folders, _ in members}
    deep = len(outer) == 1 and all(len(folders) > 1 for folders, _ in members)
    for folders, item in members:
        if folders:
            yield folders[1 if deep else 0], item


def _example(label: str, item: RawItem) -> Example:
    parsed = parse(item.content, item.form)
    text = "\n".join(part for part in (parsed.subject, parsed.text) if part)
    sender = parsed.sender.address if parsed.sender else ""
    first = parsed.references[0] if parsed.references else parsed.message_id
    return Example(label, text, first, at=parsed.event_at, layout=_layout(item, parsed), sender=sender)


def _layout(item: RawItem, parsed: ParsedItem) -> str:
    """How a mail is written: `text`, `html` or `text+html`, and `+attachment`."""
    kinds = _kinds(item.content) if item.form is Form.MAIL else set()
    if parsed.html or "text/html" in kinds:
        kind = "text+html" if "text/plain" in kinds else "html"
    else:
        kind = "text"
    return kind + ("+attachment" if parsed.attachments else "")


def _kinds(content: bytes) -> set[str]:
    """The media types of a mail's leaves that are no files."""
    kinds: set[str] = set()
    stack = [mime.split(content, _CAPS).root]
    while stack:
        part = stack.pop()
        stack.extend(part.parts)
        if not part.parts and part.disposition != "attachment" and not part.file_name:
            kinds.add(part.media_type)
    return kinds
