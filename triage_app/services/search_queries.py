"""Queries around search: similar tickets, campaigns, observables' pages, what a query means; and their answers."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.dedup import Level
from triage_app.domain.observable import ObservableKind
from triage_app.domain.pattern import Pattern
from triage_app.domain.query_completion import Completion
from triage_app.domain.query_parsing import Chip, QueryProblem
from triage_app.domain.slots import Slot
from triage_app.domain.ticket import Status, TicketId, TicketRow, Verdict
from triage_app.services.arguments import Query, argument, option, text_option
from triage_app.services.search_shapes import StoredView

# -- similar tickets ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parts:
    """How alike two tickets are, each 0..1: by observables, text, fields, and nearness in time."""

    observables: float
    text: float
    fields: float
    time: float


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """A ticket that is alike: how much (0..1), by what, and why in words, the strongest reason first.

    Where it was linked under another, that one is given. `note` is how it was resolved: the newest note of a person.
    `strong` ones are those that the queue counts. `age_days` is from its own time to that of the ticket asked about, or
    from its receipt where it has none or a later one.
    """

    id: TicketId
    score: float
    parts: Parts
    reasons: tuple[str, ...]
    strong: bool
    subject: str
    sender: str
    status: Status
    verdict: Verdict | None
    category: str
    assignee: str
    note: str
    age_days: float
    received_at: datetime
    duplicates: int


@dataclass(frozen=True, slots=True)
class SimilarList:
    """Similar tickets, the most alike first; how many open and past ones the queue counts (0 for a text)."""

    similar: tuple[SimilarTicket, ...]
    open: int
    past: int


@dataclass(frozen=True, slots=True)
class GetSimilar(Query[SimilarList]):
    """What is like a ticket, or like a text, in the whole history, and why."""

    what: str = argument("A ticket's id, or - for a text.")
    text: str | None = text_option("The text, where no ticket is named; standard input if left out.", dash="what")
    limit: int = option("How many at most.", 20)
    since: str = option("Received then or later: a time (2026-11-01, monday) or how long ago (30d).", "")
    status: str = option("open or past; both if left out.", "")
    category: str = option("Only of this category.", "")
    verdict: Verdict | None = option("Only with this verdict.", None)


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """An observable or a field of one or both tickets: its kind or name, its value defanged, in how many tickets it is
    (0 where that is not counted).
    """

    kind: str
    value: str
    tickets: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two tickets side by side: what both have, what only this one has, what only the other had.

    `words` is the share (0..1) of this ticket's words that the other has too, weighted by how rare they are.
    """

    ticket: TicketRow
    other: TicketRow
    score: float
    parts: Parts
    reasons: tuple[str, ...]
    both: tuple[ComparedValue, ...]
    only_here: tuple[ComparedValue, ...]
    only_there: tuple[ComparedValue, ...]
    words: float
    words_here: tuple[str, ...]
    words_there: tuple[str, ...]
    text: str
    other_text: str
    note: str


@dataclass(frozen=True, slots=True)
class CompareTickets(Query[Comparison]):
    """Two tickets side by side: what the first has that the other had not, and the other way round."""

    id: TicketId = argument("The ticket.")
    other: TicketId = argument("The other ticket.")


# -- campaigns ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CampaignMember:
    """A ticket of a campaign and what stands in each slot, in their order: empty for a part that only others have.

    One that does not follow the template (`follows` is False) has nothing in any of them. `event_at` is the time that
    its item itself claims, if any.
    """

    ticket: TicketId
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    status: Status
    verdict: Verdict | None
    follows: bool
    values: tuple[str, ...]
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """Many tickets that are alike, as one template whose slots are written {name}, and a table of what varies.

    `total` tickets have the pattern; `open` of them stand on their own and are not closed. `members` are the newest of
    all that were read, and the one that was asked about. Where too few texts are alike, the template is one of
    the subjects (`subjects_only`). Times are of receipt.
    """

    pattern: Pattern
    total: int
    open: int
    first: datetime
    last: datetime
    template: str
    subjects_only: bool
    slots: tuple[Slot, ...]
    members: tuple[CampaignMember, ...]


@dataclass(frozen=True, slots=True)
class GetCampaign(Query[Campaign]):
    """The tickets that follow one pattern with a ticket, as a template and what varies in it."""

    id: TicketId = argument("A ticket of it.")
    limit: int = option("How many of the newest tickets are read.", 200)


# -- observables ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An observable that appears together with another: in `together` of the tickets that were looked at, and in
    `tickets` altogether.
    """

    kind: ObservableKind
    value: str
    defanged: str
    together: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Two observables of a graph, by their places in it (0 is the one that was asked about), and the number of tickets
    that have both.
    """

    one: int
    other: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Pivot:
    """All that is known of an observable. Times are of receipt, None where it is in no ticket.

    `allowed` is that it is on the allow-list. `open`, `categories` and `verdicts` are counted in the newest `counted`
    tickets: all of them unless there are very many. `neighbours` are the most telling that appear with it in the newest
    `looked_at`, and `edges` the strongest between them: a graph small enough to be read.
    """

    kind: ObservableKind
    value: str
    defanged: str
    own: bool
    allowed: bool
    ignored: bool
    total: int
    open: int
    first: datetime | None
    last: datetime | None
    categories: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, int], ...]
    tickets: tuple[TicketRow, ...]
    neighbours: tuple[Neighbour, ...]
    edges: tuple[Edge, ...]
    counted: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class GetPivot(Query[Pivot]):
    """An observable's page: every ticket it is in, when it was first and last seen, with what else it appears."""

    value: str = argument("The observable, live or defanged.")
    limit: int = option("How many tickets at most, the newest first.", 50)
    offset: int = option("How many tickets to leave out first.", 0)


# -- queries in words ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueryReading:
    """A query as it is understood: its chips in order, its problem or None, and ways to go on at the cursor."""

    chips: tuple[Chip, ...]
    problem: QueryProblem | None
    completions: tuple[Completion, ...]


@dataclass(frozen=True, slots=True)
class ReadQuery(Query[QueryReading]):
    """What a query means: its parts, what is wrong with it, and how it could go on."""

    query: str = argument("The query.")
    cursor: int | None = option("Characters before the cursor; the end if left out.", None)


@dataclass(frozen=True, slots=True)
class CountedView:
    """A saved view and how many tickets it holds now; `exact` is false where there are more. `problem` is empty unless
    its query cannot be read.
    """

    view: StoredView
    tickets: int
    exact: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """What linking tickets would do: which becomes the first, which go under it at what level, how many of them are
    assigned to you or to others, and what is new in them, in words.
    """

    first: TicketRow
    others: tuple[TicketRow, ...]
    level: Level
    yours: int
    of_others: int
    news: tuple[str, ...]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class PlanLink(Query[PlannedLink]):
    """What `link` would do."""

    ids: tuple[TicketId, ...] = argument("Two tickets or more.")
    level: Level = option("child, link or note.", Level.LINK)
