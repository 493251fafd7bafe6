"""How much of a mail is read: every limit is applied before the parser that it protects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits at the door. What lies beyond one is cut and noted as a defect; nothing is refused for its size alone.

    `header_bytes` is for one header block, `body_bytes` for one text part as encoded, `attachment_bytes` for one
    decoded attachment, `text` for all text of an item in characters. `html_read` is what text is read from, `html` what
    is kept to be shown. `reports` is how many reports are opened one inside another, `attached_mails` how many of the
    mails attached to one are read.
    """

    parts: int = 500
    depth: int = 20
    header_bytes: int = 64 * 1024
    body_bytes: int = 10 * 1024 * 1024
    attachment_bytes: int = 50 * 1024 * 1024
    text: int = 1_000_000
    attached_text: int = 256 * 1024
    html: int = 256 * 1024
    html_read: int = 2 * 1024 * 1024
    boundary: int = 1_000
    false_boundaries: int = 10_000
    addresses: int = 1_000
    references: int = 200
    subject: int = 1_000
    links: int = 2_000
    defects: int = 50
    reports: int = 3
    attached_mails: int = 10
