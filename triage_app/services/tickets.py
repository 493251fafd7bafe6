"""What a queue and a ticket pane ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput, TooWide
from triage_app.domain.extract import extract
from triage_app.domain.history import TimelineEntry
from triage_app.domain.item import ParsedItem
from triage_app.domain.observable import defang
from triage_app.domain.parsing import parse
from triage_app.domain.ticket import TicketRow
from triage_app.services.context import Context
from triage_app.services.conversations import answers_in
from triage_app.services.outbox import entry_of
from triage_app.services.outgoing import Message
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import (
    Envelope,
    FindObservables,
    FoundObservable,
    GetRaw,
    GetTicket,
    GetTicketRows,
    ListTicketIds,
    ListTickets,
    MessageView,
    ObservableList,
    RawText,
    SeenObservable,
    TicketIds,
    TicketList,
    TicketRows,
    TicketView,
)
from triage_app.services.searching import query_node
from triage_app.services.shapes import SORTS, VIEWS, StoredRaw, TicketFilter
from triage_app.services.similar import is_telling
from triage_app.services.timeline import MAX_ANSWERS, MAX_REPEATS, Correspondents, Sameness, timeline

MAX_RAW = 262_144
"""Bytes of a raw item that are shown at once."""

MAX_PAGE = 1_000
COUNTED = 2_000
"""Hits of a search that are counted when its first page is asked for: the page must not wait for a count."""

MAX_OBSERVABLES = 10_000


def list_tickets(query: ListTickets, uow: UnitOfWork, ports: Ports, context: Context) -> TicketList:
    """One page of a view."""
    which = ticket_filter(query.view, query.query, query.sort, uow, ports, context)
    limit, offset = _positive("limit", query.limit, MAX_PAGE), _positive("offset", query.offset, None)
    if not limit:
        return TicketList(uow.tickets.count(which), ())
    page = uow.tickets.page(which, limit=limit, offset=offset, most=COUNTED)
    rows = with_similar(uow.tickets.rows(page.ids), uow, ports)
    if page.exact:
        return TicketList(page.total, rows)
    try:
        return TicketList(uow.tickets.count(which), rows)
    except TooWide:
        # There is a page; how many there are in all nobody knows in time.
        return TicketList(page.total, rows, exact=False)


def list_ticket_ids(query: ListTicketIds, uow: UnitOfWork, ports: Ports, context: Context) -> TicketIds:
    """The ids of a view in its order."""
    which = ticket_filter(query.view, query.query, query.sort, uow, ports, context)
    limit, offset = _positive("limit", query.limit, None), _positive("offset", query.offset, None)
    if not limit:
        ids = uow.tickets.ids(which, limit=0, offset=offset)
        return TicketIds(offset + len(ids) if ids or not offset else uow.tickets.count(which), ids)
    page = uow.tickets.page(which, limit=limit, offset=offset, most=COUNTED)
    return TicketIds(page.total, page.ids, exact=page.exact)


def get_ticket_rows(query: GetTicketRows, uow: UnitOfWork, ports: Ports, _context: Context) -> TicketRows:
    """The rows of some tickets."""
    return TicketRows(with_similar(uow.tickets.rows(query.ids), uow, ports))


def with_similar(rows: Sequence[TicketRow], uow: UnitOfWork, ports: Ports) -> tuple[TicketRow, ...]:
    """Rows with the numbers of similar tickets."""
    counts = uow.similar.counts([each.id for each in rows], is_telling(ports))
    return tuple(replace(each, similar_open=counts[each.id].open, similar_past=counts[each.id].past) for each in rows)


def get_ticket(query: GetTicket, uow: UnitOfWork, ports: Ports, _context: Context) -> TicketView:
    """One ticket whole; its message is read again from the raw item, so that it is shown by the newest parser."""
    row = uow.tickets.row(query.id)
    raws = uow.ledger.of_ticket(query.id)
    answers = answers_in(uow, query.id, raws)
    outgoing = tuple(entry_of(each) for each in uow.outbox.of_ticket(query.id))
    predictions = tuple(uow.tickets.predictions(query.id))
    notes = tuple(uow.tickets.notes(query.id))
    links = uow.duplicates.links(query.id)
    under = sum(each.primary == row.id and each.level is not Level.SUGGEST for each in links)
    merged = row.duplicates - under
    repeats = uow.duplicates.repeats(query.id, limit=MAX_REPEATS) if merged else ()
    entries: tuple[TimelineEntry, ...] = timeline(
        row,
        raws,
        predictions,
        notes,
        uow.audit.timeline(query.id),
        Sameness(links, repeats, merged),
        Correspondents(answers, outgoing),
    )
    return TicketView(
        row=with_similar([row], uow, ports)[0],
        messages=tuple(_message(raw, ports) for raw in (*raws, *_whole(answers, uow))),
        observables=tuple(
            SeenObservable(
                each.observable.kind,
                each.observable.value,
                defang(each.observable.value, each.observable.kind),
                each.where,
                each.tickets,
                each.own,
                each.ignored,
            )
            for each in uow.tickets.observables(query.id)
        ),
        predictions=predictions,
        tags=uow.tags.of((row.id,)).get(row.id, ()),
        wake=uow.wakes.of((row.id,)).get(row.id),
        notes=notes,
        timeline=entries,
        outgoing=outgoing,
    )


def _whole(answers: Sequence[Message], uow: UnitOfWork) -> Iterator[StoredRaw]:
    """The newest answers with their content."""
    return (uow.ledger.get(each.raw) for each in answers[-MAX_ANSWERS:] if each.raw is not None)


def get_raw(query: GetRaw, uow: UnitOfWork, _ports: Ports, _context: Context) -> RawText:
    """The start of an item as received, decoded for looking at."""
    raw = uow.ledger.get(query.id)
    head = raw.content[:MAX_RAW]
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    return RawText(raw.id, raw.origin, len(raw.content), text)


def find_observables(query: FindObservables, _uow: UnitOfWork, _ports: Ports, _context: Context) -> ObservableList:
    """The observables of a text, in order of first appearance."""
    found = extract(query.text, limit=MAX_OBSERVABLES)
    return ObservableList(tuple(FoundObservable(each.kind, each.value) for each in found))


def ticket_filter(view: str, query: str, sort: str, uow: UnitOfWork, ports: Ports, context: Context) -> TicketFilter:
    """The filter for a view, a query and a sort; raises InvalidQuery where the query cannot be read, InvalidInput for
    names that do not exist.
    """
    column = sort.removeprefix("-")
    if view not in VIEWS:
        raise InvalidInput(f"There is no view {view!r}. There are: {', '.join(VIEWS)}.")
    if column not in SORTS:
        raise InvalidInput(f"Tickets cannot be sorted by {column!r}. They can be by: {', '.join(SORTS)}.")
    node = query_node(query, uow, ports, context)
    return TicketFilter(view, node, column, descending=sort.startswith("-"), actor=context.actor)


def _positive(name: str, value: int, most: int | None) -> int:
    if value < 0 or (most is not None and value > most):
        raise InvalidInput(f"{name} must be 0 or more{f' and at most {most}' if most else ''}; it is {value}.")
    return value


def _message(raw: StoredRaw, ports: Ports) -> MessageView:
    parsed = parse(raw.content, raw.form, near=raw.received_at, mappings=ports.mappings.load())
    return MessageView(
        raw=raw.id,
        form=parsed.form,
        origin=raw.origin,
        size=len(raw.content),
        envelope=_envelope(parsed),
        text=parsed.text,
        quoted=parsed.quoted,
        signature=parsed.signature,
        html=ports.sanitise(parsed.html) if parsed.html else "",
        attachments=parsed.attachments,
        fields=tuple(parsed.fields.items()),
        defects=parsed.defects,
        carrier=_envelope(parsed.carrier) if parsed.carrier else None,
    )


def _envelope(parsed: ParsedItem) -> Envelope:
    return Envelope(
        subject=parsed.subject,
        sender=str(parsed.sender) if parsed.sender else "",
        recipients=tuple(str(each) for each in parsed.recipients),
        sent_at=parsed.event_at,
        message_id=parsed.message_id,
        headers=parsed.headers,
        text=parsed.text,
    )
