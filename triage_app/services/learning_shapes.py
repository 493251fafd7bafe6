"""What the commands and queries of learning give and take, and what its repositories keep."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.labels import Held, LabelChange, ModelId, Tier
from triage_app.domain.learning import Decision
from triage_app.domain.poison import OriginKind
from triage_app.domain.ticket import TicketId

ColumnNames = str
"""`FIELD=COLUMN`: which column of a table holds the label, text, group, at, sender or source."""


# -- datasets ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelCount:
    """A label with its number of examples (those of the dataset) and of corrections that say it."""

    label: str
    examples: int
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """A labelled example as it would be taken in; `at` is ISO 8601, empty where unknown."""

    label: str
    text: str
    group: str
    at: str
    sender: str
    source: str


@dataclass(frozen=True, slots=True)
class ExamplePreview:
    """A file of labelled examples before it is taken in: its columns, which of them holds what (FIELD=COLUMN, guessed
    where the caller did not say), the first rows, all labels with their counts, and what is wrong, by line.
    """

    columns: tuple[str, ...]
    mapping: tuple[ColumnNames, ...]
    rows: tuple[ExampleRow, ...]
    total: int
    labels: tuple[LabelCount, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """The labels of a dataset in their order, and how they changed, the oldest first."""

    dataset: str
    labels: tuple[LabelCount, ...]
    history: tuple[LabelChange, ...]


@dataclass(frozen=True, slots=True)
class KeywordFigures:
    """A keyword rule on the texts looked at: how many match, how many of those people gave its label (`right`) or
    another (`wrong`), and up to five tickets that match.
    """

    label: str
    text: str
    weight: float
    hits: int
    right: int
    wrong: int
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class KeywordConflict:
    """Texts on which rules of two labels match: how many, and up to five tickets."""

    label: str
    other: str
    texts: int
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class KeywordSheet:
    """A dataset's keyword rules as text and with their figures over `texts` texts; `problems` where a draft has any."""

    dataset: str
    text: str
    texts: int
    rules: tuple[KeywordFigures, ...]
    conflicts: tuple[KeywordConflict, ...]
    problems: tuple[str, ...]


# -- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Whom nothing is learnt from, since when and by whose word; `examples` of the data in hand are left out."""

    dataset: str
    kind: OriginKind
    value: str
    at: datetime
    by: str
    examples: int = 0


@dataclass(frozen=True, slots=True)
class ForgottenList:
    """Whom nothing is learnt from."""

    forgotten: tuple[Forgotten, ...]


@dataclass(frozen=True, slots=True)
class ScheduledTraining:
    """How training a dataset by schedule fares: nobody begins before `next_try`; after failures in a row that is later
    each time, and `error` is why the last one failed.
    """

    dataset: str
    next_try: datetime
    failures: int
    error: str


@dataclass(frozen=True, slots=True)
class ShadowAnswer:
    """What a version in the shadow said of a new ticket, and what the one in force said; labels are the gate's."""

    ticket: TicketId
    model_id: ModelId
    dataset: str
    label: str
    confidence: float
    tier: Tier
    in_force: str
    in_force_confidence: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A ticket on which a version in the shadow and the one in force differ; `truth` is what a person said, if any."""

    ticket: TicketId
    subject: str
    in_force: str
    in_force_confidence: float
    shadow: str
    shadow_confidence: float
    truth: str


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """How a version in the shadow did: tickets judged, where it differs, and, where people decided, who was right."""

    model: ModelId
    judged: int
    differ: int
    shadow_right: int
    in_force_right: int
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class LabelPromise:
    """The gate's promise for a label: `right` of the last `n` decided answers of the version in force, the achieved
    precision with its 95 % interval beside the wanted one, and whether it is broken: then it is only suggested.
    """

    label: str
    n: int
    right: int
    wanted: float
    achieved: float
    low: float
    high: float
    broken: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise of a dataset's version in force, by label, and one sentence for each that is broken."""

    dataset: str
    model_id: ModelId
    wanted: float
    labels: tuple[LabelPromise, ...]
    broken: tuple[str, ...]


# -- corrections ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suspect:
    """A correction or example whose label is probably wrong. `ticket` is 0 for an example, `line` its place in the
    dataset's data (0 for a correction); `doubt` (0..1) ranks them, the most doubtful first.
    """

    ticket: TicketId
    line: int
    label: str
    likely: str
    doubt: float
    who: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two labels that are often taken for each other: of `n` texts called `label`, an estimated `share` is `other`."""

    label: str
    other: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree on a label over `n` double reviews: Cohen's kappa (1960), 1 is always, 0 by chance."""

    label: str
    n: int
    kappa: float


@dataclass(frozen=True, slots=True)
class LabelAudit:
    """What looks wrong in a dataset: the most doubtful first, the labels that overlap, and how far people agree."""

    dataset: str
    examined: int
    suspects: tuple[Suspect, ...]
    overlaps: tuple[Overlap, ...]
    agreement: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A ticket that teaches much if a person says its label; it stands for the `size` open ones alike, `tickets` the
    first hundred of them, itself among them. `score` is uncertainty (0..1) times diversity times frequency.
    """

    ticket: TicketId
    subject: str
    label: str
    confidence: float
    uncertainty: float
    score: float
    size: int
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What to label next, the most useful first, out of `open` tickets that nobody has reviewed, of which the newest
    `looked_at` were looked at.
    """

    dataset: str
    open: int
    items: tuple[ReviewItem, ...]
    looked_at: int = 0


@dataclass(frozen=True, slots=True)
class LabelTold:
    """The label that was given, or would be, to these tickets, whose texts are nearly the same."""

    label: str
    tickets: tuple[TicketId, ...]
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Blast:
    """An open ticket whose suggestion would change."""

    ticket: TicketId
    subject: str
    before: str
    before_confidence: float
    after: str
    after_confidence: float


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """Which of the `open` tickets looked at would get another suggestion if a correction were learnt, the surest change
    first. `tried` says what was done to find out, for a person.
    """

    ticket: TicketId
    label: str
    open: int
    changes: tuple[Blast, ...]
    tried: str


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A decided ticket that wants a second opinion, without what was said before."""

    ticket: TicketId
    subject: str
    dataset: str


@dataclass(frozen=True, slots=True)
class SecondLooks:
    """Tickets that want a second opinion of the caller, who has not decided them, the oldest first."""

    looks: tuple[SecondLook, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A double review: who said first what, and who said second what; `second` is empty while it waits."""

    ticket: TicketId
    dataset: str
    asked_at: datetime
    first: str
    first_who: str
    second: str = ""
    second_who: str = ""
    second_at: datetime | None = None


# -- month's end ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """A prediction and what became of it: one row of the export of predictions, and all that figures are made of.

    `label` is what was predicted, `best` what the model found most likely. `decision` is what the last word that people
    said means for it (CORRECTED: `truth`, the label that they settled on, is another one), None while nobody has
    decided. `keywords` are the rules that spoke for the label where keywords answered.
    """

    ticket: TicketId
    dataset: str
    source: str
    sender: str
    subject: str
    received_at: datetime
    model_id: ModelId
    tier: Tier
    label: str
    confidence: float
    best: str
    best_confidence: float
    held: Held | None
    likeness: float
    decision: Decision | None
    truth: str
    who: str
    decided_at: datetime | None
    seconds: float | None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `n` with the share and its 95 % interval (Wilson 1927), 0..1; 0 and 0..1 where `n` is 0."""

    n: int
    right: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Figures of one label, tier or source: predictions, and of those decided how many were right."""

    name: str
    predictions: int
    corrected: int
    confirmed: int
    stood: int
    accuracy: Share
    before: Share
    """The same in the month before."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed against the month before: a sentence, how large (0 is none; above 0.25 is much), and what of."""

    what: str
    size: float
    sentence: str


@dataclass(frozen=True, slots=True)
class WrongKeyword:
    """A keyword rule that was wrong: of the answers that it spoke for and that people decided on (`fired`), how many
    were corrected.
    """

    label: str
    text: str
    fired: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Saving:
    """Minutes that a model, the keywords or a rule of de-duplication saved.

    `seconds_with` is the median time from opening to decision where its answer was right (for a rule 0: nobody opens a
    repeat), `seconds_without` where no suggestion was right or there was none (for a rule: of all decisions); `minutes`
    is the difference times `decisions`, the measured ones with its help (for a rule: the repeats that it merged). None
    where fewer than 10 were measured: then nothing is claimed. Below 0 where help took longer.
    """

    name: str
    decisions: int
    seconds_with: float | None
    seconds_without: float | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """A label that was shown and the one that was right, how often, and up to three tickets with their subjects."""

    shown: str
    truth: str
    n: int
    tickets: tuple[TicketId, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A month's predictions of a dataset and what became of them; `month` is YYYY-MM in UTC.

    All figures are of the tickets received in that month, whenever they were decided: `accuracy` is over all that were
    decided, `gate` over those that the model answered. `..._before` is the same of the month before. `promise` is how
    the gate's promise was kept for that month's answers, by label. `next` is what to do next month.
    """

    dataset: str
    month: str
    predictions: int
    decided: int
    corrected: int
    confirmed: int
    stood: int
    accuracy: Share
    gate: Share
    wanted: float
    before: str
    predictions_before: int
    decided_before: int
    accuracy_before: Share
    gate_before: Share
    promise: tuple[LabelPromise, ...]
    labels: tuple[MonthRow, ...]
    tiers: tuple[MonthRow, ...]
    sources: tuple[MonthRow, ...]
    drift: tuple[Drift, ...]
    keywords: tuple[WrongKeyword, ...]
    savings: tuple[Saving, ...]
    minutes_saved: float | None
    measured: int
    """Decisions whose time was measured."""
    confusions: tuple[Confusion, ...]
    next: tuple[str, ...]
