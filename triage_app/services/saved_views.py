"""Saved views: queries under a name, for everybody on the workspace, and how many tickets each view holds."""

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput, InvalidState, TooWide
from triage_app.domain.reply_template import one_line
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse, ViewStep
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import CountViews, ViewCounts
from triage_app.services.result import Result
from triage_app.services.search_commands import RemoveView, SaveView
from triage_app.services.search_queries import CountedView
from triage_app.services.search_shapes import StoredView
from triage_app.services.shapes import VIEWS
from triage_app.services.tickets import ticket_filter

MAX_NAME = 60
MAX_QUERY = 2_000
MOST_VIEWS = 100
"""Saved views of a workspace: each is counted whenever a sidebar is drawn."""

COUNTED = 1_000
"""Tickets of a saved view that are counted, or fewer where counting takes long; then there are more."""

EVERYTHING = "all"
"""The view in which a saved query looks: its words say whether a ticket is open."""


def save_view(command: SaveView, uow: UnitOfWork, ports: Ports, context: Context) -> Result[StoredView]:
    """Save a query, in place of one of the same name. Raises InvalidInput for a query that cannot be read, a sort that
    does not exist, and a name that is empty, too long, or that of a view that the program has; InvalidState above 100.
    """
    name = _name(command.name)
    if name.casefold() in (*VIEWS, "parked"):
        raise InvalidInput(f"There is a view {name.casefold()} already that cannot be changed. Choose another name.")
    query = one_line(command.query, MAX_QUERY + 1)
    if not query or len(query) > MAX_QUERY:
        raise InvalidInput(f"A view has a query of 1 to {MAX_QUERY:,} characters; this one has {len(query):,}.")
    ticket_filter(EVERYTHING, query, command.sort, uow, ports, context)
    view = StoredView(name, query, command.sort, context.actor, context.now)
    before = uow.views.save(view)
    if before is None and len(uow.views.all()) > MOST_VIEWS:
        raise InvalidState(f"There are {MOST_VIEWS} saved views already. Remove one first (`view remove`).")
    return Result(view, changed(ChangeKind.VIEWS), Inverse(view=ViewStep(name, before, view)))


def remove_view(command: RemoveView, uow: UnitOfWork, _ports: Ports, _context: Context) -> Result[StoredView]:
    """Remove a saved view; raises NotFound."""
    removed = uow.views.remove(_name(command.name))
    return Result(removed, changed(ChangeKind.VIEWS), Inverse(view=ViewStep(removed.name, removed, None)))


def count_views(query: CountViews, uow: UnitOfWork, ports: Ports, context: Context) -> ViewCounts:
    """How many tickets each view holds, how many items are parked, and, where that is wanted, each saved view."""
    counts = uow.tickets.view_counts(context.actor)
    return ViewCounts(
        inbox=counts["inbox"],
        review=counts["review"],
        mine=counts["mine"],
        duplicates=counts["duplicates"],
        waiting=counts["waiting"],
        parked=sum(balance.parked for balance in uow.ledger.balance()),
        closed=counts["closed"],
        all=counts["all"],
        saved=tuple(_counted(each, uow, ports, context) for each in uow.views.all()) if query.saved else (),
    )


def _counted(view: StoredView, uow: UnitOfWork, ports: Ports, context: Context) -> CountedView:
    """A view whose query cannot be read any more, or asks for too much, says so."""
    try:
        which = ticket_filter(EVERYTHING, view.query, "age", uow, ports, context)
        found = uow.tickets.page(which, limit=1, offset=0, most=COUNTED)
    except (InvalidInput, TooWide) as error:
        return CountedView(view, 0, exact=False, problem=error.message)
    return CountedView(view, found.total, exact=found.exact)


def _name(written: str) -> str:
    """A name as it is kept, in one line; raises InvalidInput."""
    name = one_line(written, MAX_NAME + 1)
    if not name or len(name) > MAX_NAME:
        raise InvalidInput(f"A view's name has 1 to {MAX_NAME} characters; this one has {len(written.strip())}.")
    return name
