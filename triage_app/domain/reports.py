"""Letters to parsed items: which mail it is about, the one that was received or the one that was reported in it.

A mail is a report when it carries another mail and a person, or a report button, sent it on: the carried mail was
attached as a file, or the carrier's subject is that of a forward, or the carrier says little itself. Not reports,
whatever they carry: bounces, receipts and delivery reports (multipart/report, but for abuse reports, RFC 5965),
digests, and answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from triage_app.domain import headers, mail, outlook, quotes
from triage_app.domain.caps import Caps
from triage_app.domain.item import Address, Attachment, Defect, FieldValue, Form, ParsedItem
from triage_app.domain.letter import Enclosure, Letter

# A carrier that says more than this is a mail of its own unless the other was attached as a file.
_SHORT = 1_500


def read(content: bytes, form: Form, caps: Caps) -> ParsedItem:
    """The item that the bytes of a mail or .msg file are about."""
    return _resolve(_open(content, form, caps, 0), caps, 0)


def _open(content: bytes, form: Form, caps: Caps, depth: int) -> Letter:
    return outlook.read(content, caps, depth) if form is Form.MSG else mail.read(content, caps, depth)


def _resolve(letter: Letter, caps: Caps, depth: int) -> ParsedItem:
    """The item of a letter, or of the mail reported in it. Only the first mail carried is taken for the reported
    one."""
    item = _item(letter, caps, depth)
    carried = [inner for inner in letter.enclosures if inner.form is not None]
    if not carried or letter.automatic or depth >= caps.reports or not _is_report(item, carried[0], depth):
        return item
    inner = _letter_of(carried[0], caps, depth)
    if not inner.headers and not inner.text:
        return item
    reported = _resolve(inner, caps, depth + 1)
    defects = dict.fromkeys((*reported.defects, *letter.defects))
    others = ""
    if len(carried) > 1:
        several = Defect("several_mails", f"{len(carried)} mails were reported at once; the first is shown.")
        defects[several] = None
        others = item.attached_text
    return replace(
        reported,
        form=letter.form,
        carrier=_around(reported.carrier, item),
        attached_text="\n".join(filter(None, (reported.attached_text, others)))[: caps.attached_text],
        defects=tuple(defects)[: caps.defects],
    )


def _around(carrier: ParsedItem | None, outermost: ParsedItem) -> ParsedItem:
    """The carriers of a reported mail, from the nearest to the outermost."""
    return outermost if carrier is None else replace(carrier, carrier=_around(carrier.carrier, outermost))


def _is_report(item: ParsedItem, first: Enclosure, depth: int) -> bool:
    own = len(item.text)
    if depth:
        # A report inside a report must look like one by its subject: a lure may carry a mail as well.
        return quotes.is_forward(item.subject) and own <= _SHORT
    return first.set_apart or quotes.is_forward(item.subject) or own <= _SHORT


def _letter_of(inner: Enclosure, caps: Caps, depth: int) -> Letter:
    if inner.letter is not None:
        return inner.letter
    return _open(inner.content, inner.form or Form.MAIL, caps, depth + 1)


def _item(letter: Letter, caps: Caps, depth: int) -> ParsedItem:
    """The item of a letter by itself."""
    named: dict[str, list[str]] = {}
    for name, value in letter.headers:
        named.setdefault(name.lower(), []).append(value)
    first = {name: values[0] for name, values in named.items()}
    defects = list(letter.defects)
    subject = headers.decode(first.get("subject", ""))[: caps.subject].strip()
    sender = headers.addresses(first.get("from", ""), 2)
    event_at = _date(first, defects)
    references = _references(first, caps)
    parts = quotes.split(letter.text, answers=bool(references) or quotes.is_reply(subject))
    text, quoted = parts.text, "\n\n".join(filter(None, (parts.quoted, letter.quoted)))
    if quoted and (parts.forwarded or _sent_on(letter, subject, references) or not text):
        text = f"{text}\n\n{quoted}".strip()
    if letter.headers and "from" not in first:
        defects.append(Defect("no_sender", "It names no sender."))
    to, cc, bcc = (_all_addresses(named.get(name, ()), caps) for name in ("to", "cc", "bcc"))
    message_id = headers.message_id(first.get("message-id", ""))
    attachments = tuple(inner.file for inner in letter.enclosures)
    return ParsedItem(
        form=letter.form,
        subject=subject,
        sender=sender[0] if sender else None,
        recipients=(*to, *cc, *bcc)[: caps.addresses],
        event_at=event_at,
        text=text,
        quoted=quoted,
        signature=parts.signature,
        html=letter.html,
        attached_text=_attached_text(letter, caps, depth),
        headers=_decoded(letter.headers),
        attachments=attachments,
        message_id=message_id,
        references=references,
        fields=_fields(first, subject, sender, to, cc, message_id, attachments),
        defects=tuple(defects[: caps.defects]),
    )


def _decoded(raw: tuple[headers.RawHeader, ...]) -> tuple[headers.RawHeader, ...]:
    """All headers with decoded values. Most mails need none decoded, which one look at all of them tells."""
    if headers.is_plain("".join([value for _, value in raw])):
        return raw
    return tuple([(name, value if headers.is_plain(value) else headers.decode(value)) for name, value in raw])


def _sent_on(letter: Letter, subject: str, references: tuple[str, ...]) -> bool:
    """Whether what HTML marks as quoted was sent on and not answered."""
    if not letter.quoted:
        return False
    return (
        quotes.is_forward(subject)
        or (not references and not quotes.is_reply(subject))
        or quotes.starts_forward(letter.quoted)
    )


def _all_addresses(values: Sequence[str], caps: Caps) -> tuple[Address, ...]:
    """The addresses of a header that may come more than once."""
    if len(values) == 1:
        return headers.addresses(values[0], caps.addresses)
    found: list[Address] = []
    for value in values:
        found.extend(headers.addresses(value, caps.addresses))
        if len(found) >= caps.addresses:
            break
    return tuple(found[: caps.addresses])


def _date(first: Mapping[str, str], defects: list[Defect]) -> datetime | None:
    value = first.get("date", "")
    if not value:
        if first:
            defects.append(Defect("no_date", "It has no date."))
        return None
    moment = headers.date(value)
    if moment is None:
        defects.append(Defect("date", f"The date {headers.decode(value)[:60]!r} cannot be read."))
    return moment


def _references(first: Mapping[str, str], caps: Caps) -> tuple[str, ...]:
    """Ids of the mails before this one, the oldest first."""
    earlier, answered = first.get("references", ""), first.get("in-reply-to", "")
    if not earlier and not answered:
        return ()
    found = headers.message_ids(earlier, caps.references) if earlier else ()
    direct = headers.message_ids(answered, caps.references) if "<" in answered else ()
    return tuple(dict.fromkeys((*found, *direct)))[-caps.references :]


def _attached_text(letter: Letter, caps: Caps, depth: int) -> str:
    """What can be searched beside the text: hidden text, link targets that the text does not show, and text in
    files."""
    pieces = [letter.hidden] if letter.hidden else []
    if letter.links:
        shown = letter.text
        pieces.extend(link for link in letter.links if link not in shown)
    carried = 0
    for inner in letter.enclosures:
        if inner.text:
            pieces.append(inner.text)
        pieces.extend(link for link in inner.links if link not in inner.text)
        if inner.form is not None:
            carried += 1
            if carried <= caps.attached_mails and depth < caps.reports:
                within = _item(_letter_of(inner, caps, depth), caps, depth + 1)
                pieces.append(
                    "\n".join(
                        filter(None, (within.subject, str(within.sender or ""), within.text, within.attached_text))
                    )
                )
    return "\n".join(pieces)[: caps.attached_text] if pieces else ""


def _fields(
    first: Mapping[str, str],
    subject: str,
    sender: tuple[Address, ...],
    to: tuple[Address, ...],
    cc: tuple[Address, ...],
    message_id: str,
    attachments: tuple[Attachment, ...],
) -> dict[str, FieldValue]:
    """The mail in the names of ECS (fields `email.*`); what is not there is left out."""
    fields: dict[str, FieldValue] = {}
    if subject:
        fields["email.subject"] = subject
    if message_id:
        fields["email.message_id"] = message_id
    if sender and sender[0].address:
        fields["email.from.address"] = sender[0].address
    if found := _plain(to):
        fields["email.to.address"] = found
    if found := _plain(cc):
        fields["email.cc.address"] = found
    if "reply-to" in first and (found := _plain(headers.addresses(first["reply-to"], 20))):
        fields["email.reply_to.address"] = found
    for name, field in (("sender", "email.sender.address"), ("return-path", "email.return_path.address")):
        if name in first and (single := _plain(headers.addresses(first[name], 1))):
            fields[field] = single[0]
    if "x-mailer" in first:
        fields["email.x_mailer"] = headers.decode(first["x-mailer"])[:256]
    if attachments:
        fields["email.attachments.file.name"] = tuple(file.name for file in attachments if file.name)
        fields["email.attachments.file.hash.sha256"] = tuple(file.sha256 for file in attachments if file.sha256)
    return fields


def _plain(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple([address.address for address in addresses if address.address])
