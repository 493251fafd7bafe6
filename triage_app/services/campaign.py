"""Campaigns: the tickets of one pattern as a template and a table of what varies."""

from collections.abc import Sequence

from triage_app.domain.campaign import template_of
from triage_app.domain.errors import InvalidInput
from triage_app.domain.gathering import Letter
from triage_app.domain.item import Address, ParsedItem
from triage_app.domain.parsing import parse
from triage_app.domain.pattern import NO_PATTERN, pattern_of
from triage_app.domain.ticket import Status, TicketId, TicketRow
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_queries import Campaign, CampaignMember, GetCampaign
from triage_app.services.search_shapes import SimilarCount

MAX_LIMIT = 1_000
MOST_RECIPIENTS = 50
"""Recipients of a ticket that are shown."""


def get_campaign(query: GetCampaign, uow: UnitOfWork, ports: Ports, context: Context) -> Campaign:
    """The tickets that follow one pattern with a ticket; their items are read again, the newest of them."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit must be from 1 to {MAX_LIMIT}; it is {query.limit}.")
    asked = uow.tickets.row(query.id)
    pattern = uow.similar.pattern(query.id)
    ids = list(uow.similar.with_pattern(pattern, limit=query.limit)) if pattern else []
    if query.id not in ids:
        ids = [*ids[: query.limit - 1], query.id]
    mappings = ports.mappings.load()
    parsed: dict[TicketId, ParsedItem] = {}
    for item in uow.candidates.first_items(ids):
        context.cancel.check()
        parsed[item.ticket] = _read(parse(item.content, item.form, near=item.received_at, mappings=mappings))
    rows = uow.tickets.rows(ids)
    template = template_of([_letter(row, parsed.get(row.id)) for row in rows])
    nothing = ("",) * len(template.slots)
    members = [
        _member(row, parsed.get(row.id), values or nothing, follows=values is not None)
        for row, values in zip(rows, template.rows, strict=True)
    ]
    context.cancel.check()
    count = uow.campaigns.count(pattern) if pattern else SimilarCount(0, 0)
    span = uow.campaigns.span(pattern) if pattern else None
    if span is None:
        # Nobody follows it, or it was never looked at: the one ticket is all there is.
        count = SimilarCount(int(asked.status is not Status.RESOLVED), int(asked.status is Status.RESOLVED))
        span = (asked.received_at, asked.received_at)
    if pattern is None:
        pattern = pattern_of(parsed[query.id]) if query.id in parsed else NO_PATTERN
    return Campaign(
        pattern=pattern,
        total=count.open + count.past,
        open=count.open,
        first=span[0],
        last=span[1],
        template=template.text,
        subjects_only=template.subjects_only,
        slots=template.slots,
        members=tuple(members),
    )


def _read(parsed: ParsedItem) -> ParsedItem:
    """What of an item is looked at: attachments and HTML of hundreds need not be held."""
    return ParsedItem(
        parsed.form, parsed.subject, parsed.sender, parsed.recipients, text=parsed.text, fields=parsed.fields
    )


def _letter(row: TicketRow, parsed: ParsedItem | None) -> Letter:
    if parsed is None:
        return Letter(row.subject, "")
    names = {
        name for each in parsed.recipients for name in (each.name, each.address, each.address.partition("@")[0]) if name
    }
    return Letter(parsed.subject, parsed.text, frozenset(map(str.casefold, names)))


def _member(row: TicketRow, parsed: ParsedItem | None, values: tuple[str, ...], *, follows: bool) -> CampaignMember:
    recipients: Sequence[Address] = parsed.recipients if parsed else ()
    return CampaignMember(
        ticket=row.id,
        received_at=row.received_at,
        sender=row.sender,
        recipients=tuple(str(each) for each in recipients[:MOST_RECIPIENTS]),
        status=row.status,
        verdict=row.verdict,
        follows=follows,
        values=values,
        event_at=row.event_at,
    )
