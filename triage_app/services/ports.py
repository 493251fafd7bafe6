"""What services need from the outside, as Protocols; adapters implement them, fakes stand in for them in tests."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from triage_app.domain.dedup import RuleSet
from triage_app.domain.evaluation import Quality
from triage_app.domain.item import RawItem
from triage_app.domain.labels import Dataset, Effect, Example, KeywordRule, ModelAnswer, ModelId, Training
from triage_app.domain.learning import LearningRules, Model
from triage_app.domain.mapping import Mappings
from triage_app.services.context import CancelToken, Progress
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.feeds import Connector, Runner, SecretStore, SignIn, SourceRepository
from triage_app.services.learning_repositories import (
    CandidateRepository,
    ForgottenRepository,
    OutcomeRepository,
    ReviewRepository,
    ScheduleRepository,
    ShadowRepository,
    TagRepository,
)
from triage_app.services.learning_shapes import ColumnNames, ExamplePreview
from triage_app.services.outgoing import MessageRepository, OutboxRepository, Outlets, ReplyTemplates
from triage_app.services.repositories import (
    AuditRepository,
    CorrectionRepository,
    DuplicateRepository,
    LedgerRepository,
    ModelRepository,
    TicketRepository,
    TokenRepository,
)
from triage_app.services.search_repositories import (
    CampaignRepository,
    PivotRepository,
    SimilarRepository,
    ViewRepository,
    WakeRepository,
)
from triage_app.services.shapes import Analysis, PendingItem
from triage_app.services.text_memory import TextMemory
from triage_app.services.vocabulary import VocabularyMemory

# -- storage ------------------------------------------------------------------------------------------


class UnitOfWork(Protocol):
    """One transaction: all of it is written, or nothing."""

    @property
    def ledger(self) -> LedgerRepository: ...
    @property
    def tickets(self) -> TicketRepository: ...
    @property
    def duplicates(self) -> DuplicateRepository: ...
    @property
    def corrections(self) -> CorrectionRepository: ...
    @property
    def models(self) -> ModelRepository: ...
    @property
    def tags(self) -> TagRepository: ...
    @property
    def audit(self) -> AuditRepository: ...
    @property
    def tokens(self) -> TokenRepository: ...
    @property
    def sources(self) -> SourceRepository: ...
    @property
    def outbox(self) -> OutboxRepository: ...
    @property
    def messages(self) -> MessageRepository: ...
    @property
    def outcomes(self) -> OutcomeRepository: ...
    @property
    def reviews(self) -> ReviewRepository: ...
    @property
    def candidates(self) -> CandidateRepository: ...
    @property
    def shadows(self) -> ShadowRepository: ...
    @property
    def forgotten(self) -> ForgottenRepository: ...
    @property
    def schedules(self) -> ScheduleRepository: ...
    @property
    def similar(self) -> SimilarRepository: ...
    @property
    def campaigns(self) -> CampaignRepository: ...
    @property
    def pivot(self) -> PivotRepository: ...
    @property
    def wakes(self) -> WakeRepository: ...
    @property
    def views(self) -> ViewRepository: ...


class Storage(Protocol):
    """The workspace's database. Safe from any thread: each call opens its own unit of work."""

    def write(self) -> AbstractContextManager[UnitOfWork]:
        """A writing transaction (one at a time, waits for its turn); commits at the end, rolls back on an exception."""

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A reading snapshot that never waits for writers; writing through it raises StorageFailed."""

    def close(self) -> None:
        """Release every connection."""


# -- files, analysis, models ------------------------------------------------------------------------------------------


class FileReader(Protocol):
    """Finds mail and alerts in files, by content."""

    def read(self, path: str) -> Iterator[RawItem]:
        """The items of a file, folder or packed file, in a repeatable order.

        Never raises for content; raises NotFound for a path that is not there. What is neither mail nor alert comes as
        Form.UNKNOWN with its reason."""


class Analyser(Protocol):
    """Stages 2 to 6 for batches of items, in other processes, with time and memory limits for each item."""

    def analyse(
        self, batches: Iterable[Sequence[PendingItem]], models: Sequence[Model]
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Analysis]]]:
        """Each batch with its analyses, in the order given, classified by these models (those in force).

        Never raises for content: an item that kills or stalls its worker comes back with a reason. Takes batches ahead
        of time, a few at most."""

    def replay(
        self, batches: Iterable[Sequence[PendingItem]], draft: Draft
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Reading]]]:
        """Each batch with what the draft's rules (checked before) see in it: stages 2 to 4, nothing is classified."""

    def prepare(self) -> None:
        """Start a worker ahead of the first batch; returns at once."""

    def close(self) -> None:
        """Stop the workers."""


class Classifier(Protocol):
    """A loaded model. Safe from any thread."""

    @property
    def model_id(self) -> ModelId: ...

    def predict(self, texts: Sequence[str], *, count: int, explain_from: float | None) -> Sequence[ModelAnswer]:
        """For each prepared text the best `count` labels.

        With reasons where the best has at least the confidence `explain_from`; None: never."""

    def if_taught(
        self, text: str, label: str, others: Sequence[str], *, count: int
    ) -> Sequence[tuple[ModelAnswer, ModelAnswer] | None]:
        """For each of the other prepared texts the best `count` labels as they are, and as they would be if the model
        had learnt that `text` has this label; None where next to nothing would change.

        An estimate within a second for thousands of texts; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A new model file: its SHA-256, how good it is on the part of the examples that was held back (None where they
    were too few), and the options that were used, which are others than the dataset's where they were tuned."""

    sha256: str
    quality: Quality | None
    options: Training


class ModelFiles(Protocol):
    """Signed model files of the workspace, and the training that makes them."""

    def verify(self, model: Model) -> None:
        """Raise ModelRefused for a file that is missing, unsigned or altered; loads nothing."""

    def load(self, model: Model) -> Classifier:
        """The model, loaded once and kept; raises ModelRefused for a file that is unsigned, altered or unreadable."""

    def train(
        self,
        dataset: Dataset,
        examples: Sequence[Example],
        model_id: ModelId,
        *,
        progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> Trained:
        """Train on prepared texts in a child process, calibrate on a part held back, write and sign the file.

        Raises TrainingFailed, or Cancelled, and then leaves nothing behind."""

    def trial(
        self,
        dataset: Dataset,
        examples: Sequence[Example],
        *,
        progress: Callable[[Progress], None],
        cancel: CancelToken,
        is_calibrated: bool = True,
    ) -> Classifier:
        """The same for a trial: a model that exists in memory only. Raises as `train`.

        Half the time where it need not be calibrated: then it gives its bare scores."""


class Datasets(Protocol):
    """Dataset folders: those of the workspace before those that come with the program."""

    def all(self) -> Sequence[Dataset]:
        """All datasets, `category` first."""

    def get(self, name: str) -> Dataset:
        """One dataset; raises NotFound."""

    def examples(self, name: str) -> Sequence[Example]:
        """Its own labelled examples."""

    def create(
        self,
        name: str,
        examples: Sequence[Example],
        *,
        title: str = "",
        threshold: float = 0.8,
        effect: Effect = Effect.TAG,
    ) -> Dataset:
        """A new dataset folder in the workspace with these examples; raises InvalidState where it exists."""

    def save(
        self, dataset: Dataset, examples: Sequence[Example] | None = None, *, keywords: str | None = None
    ) -> Dataset:
        """Put another state of a dataset in force, whole or not at all; examples and the text of the keyword rules stay
        where they are not given. Raises InvalidInput for what cannot be read again."""

    def keyword_text(self, name: str) -> str:
        """The text of its keyword rules, as YAML."""

    def check_keywords(self, dataset: Dataset, text: str) -> tuple[tuple[KeywordRule, ...], tuple[str, ...]]:
        """The rules of a draft for a dataset, and what is wrong with it, by line."""

    def read_examples(self, path: str, columns: Sequence[ColumnNames] = ()) -> Sequence[Example]:
        """Labelled examples from FastText lines, JSON, CSV, a spreadsheet, or mail in a folder for each label.

        Raises InvalidInput with the numbers of the first lines that are broken."""

    def preview(self, path: str, columns: Sequence[ColumnNames] = ()) -> ExamplePreview:
        """What such a file or folder holds, with all that is broken; raises InvalidInput for what is no such thing."""


class DedupRules(Protocol):
    """The workspace's rule file (`rules/dedup.yaml`); the starter rules that ship where there is none."""

    def load(self) -> RuleSet:
        """The rules in force. A file that became invalid is refused and the last valid rules stay in force."""

    def text(self) -> str:
        """The file's text."""

    def parse(self, text: str) -> RuleSet:
        """Rules from YAML; raises InvalidRules with every problem and its line."""

    def save(self, text: str) -> RuleSet:
        """Check, then write atomically."""


class AlertMappings(Protocol):
    """The mappings of products' alerts: those of the workspace before those that come with the program."""

    def load(self) -> Mappings:
        """Those in force; a file that is invalid is left out and told among their problems. Never raises."""


class Sanitiser(Protocol):
    """Makes untrusted HTML safe to show."""

    def __call__(self, html: str) -> str:
        """HTML of a small safe set of tags: no script, style, form, image or link that could load or be followed."""


class Clock(Protocol):
    """The time."""

    def __call__(self) -> datetime:
        """Now, aware UTC."""


class Chance(Protocol):
    """What nobody can guess."""

    def __call__(self) -> str:
        """256 random bits as a text of letters, digits, `-` and `_`."""


class Cell(StrEnum):
    """What the cells of a column hold; each may also hold nothing."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is written for analysis elsewhere."""

    name: str
    cell: Cell


class ParquetWriter(Protocol):
    """Writes tables as Parquet."""

    def __call__(self, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> bytes:
        """A file of these rows, their values in the order of the columns; raises DocumentFailed."""


class Printer(Protocol):
    """Prints pages."""

    def __call__(self, html: str) -> bytes:
        """A PDF (A4) of an HTML page that loads nothing; raises DocumentFailed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user configured.

    The name that `me` stands for, own domains, own addresses (IP, CIDR or mail), the allow-list, the database's
    URL, how it learns, and the time zone in which people here name times.
    """

    user: str
    own_domains: tuple[str, ...] = ()
    own_addresses: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    database: str = ""
    learning: LearningRules = field(default_factory=LearningRules)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that handlers may use."""

    storage: Storage
    files: FileReader
    analyser: Analyser
    models: ModelFiles
    datasets: Datasets
    rules: DedupRules
    mappings: AlertMappings
    templates: ReplyTemplates
    sanitise: Sanitiser
    clock: Clock
    chance: Chance
    settings: Settings
    demo: tuple[Path, ...]
    connectors: Mapping[str, Connector]
    sign_ins: Mapping[str, SignIn]
    outlets: Mapping[str, Outlets]
    secrets: SecretStore
    runner: Runner
    parquet: ParquetWriter
    printer: Printer
    texts: TextMemory = field(default_factory=TextMemory)
    vocabulary: VocabularyMemory = field(default_factory=VocabularyMemory)
