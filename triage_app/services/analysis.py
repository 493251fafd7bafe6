"""Stages 2 to 6 for one raw item: parse, extract, keys, classify. Runs in worker processes; needs no database."""

from collections.abc import Collection, Sequence

from triage_app.domain.conversation import head_of
from triage_app.domain.dedup import RuleSet, keys_of
from triage_app.domain.extract import extract_all
from triage_app.domain.item import Form, ParsedItem
from triage_app.domain.item_fields import fields_of, recipients_of
from triage_app.domain.labels import Dataset, Gate, ModelId, Prediction, text_of
from triage_app.domain.mapping import NO_MAPPINGS, Mappings
from triage_app.domain.observable import OwnNames
from triage_app.domain.parsing import parse
from triage_app.domain.pattern import pattern_of, traits_of
from triage_app.domain.tags import tags_of
from triage_app.domain.terms import record_of
from triage_app.services.ports import Classifier
from triage_app.services.shapes import Analysis, PendingItem

MAX_SEARCH = 64_000
"""Characters of an item that full text search covers."""

MAX_SUBJECT = 1_000

NO_RULES = RuleSet((), "")
SHORT = 500
"""Characters of a text whose answer is remembered, and how many are."""
REMEMBERED = 8_192

CONSIDERED = 16
"""Labels of a model that the gate looks at: enough for the best one and its alternatives, also where a few labels are
gone from the dataset since."""


class Judge:
    """A dataset, its gate, and its model; without a model keywords and the default answer. `suspended` labels are only
    suggested. Safe from any thread.
    """

    __slots__ = ("_known", "classifier", "dataset", "gate")

    def __init__(self, dataset: Dataset, classifier: Classifier | None, suspended: Collection[str] = ()) -> None:
        self.dataset = dataset
        self.classifier = classifier
        self.gate = Gate(dataset, suspended)
        self._known: dict[str, Prediction] = {}

    def predictions(self, texts: Sequence[str]) -> tuple[Prediction, ...]:
        """The gate's answers for prepared texts; the model explains itself where it is the one that answers.

        Answers to short texts are remembered, since alerts repeat themselves.
        """
        if len(self._known) > REMEMBERED:
            self._known = {}
        known = self._known
        fresh = tuple(dict.fromkeys(text for text in texts if text not in known))
        answers = dict(zip(fresh, self._judged(fresh), strict=True))
        known.update((text, answer) for text, answer in answers.items() if len(text) <= SHORT)
        return tuple(answers[text] if text in answers else known[text] for text in texts)

    def _judged(self, texts: Sequence[str]) -> tuple[Prediction, ...]:
        if self.classifier is None:
            return tuple(self.gate.decide(text, None, ModelId("")) for text in texts)
        gate = self.dataset.threshold
        count = min(len(self.dataset.labels), CONSIDERED)
        answers = self.classifier.predict(texts, count=count, explain_from=gate)
        model = self.classifier.model_id
        return tuple(self.gate.decide(text, answer, model) for text, answer in zip(texts, answers, strict=True))


def model_text(parsed: ParsedItem, dataset: Dataset) -> str:
    """The prepared text that a dataset's model sees: `subject`, `text`, `quoted`, `sender`, `attachments` or ECS
    fields.
    """
    values = {name: value for name, value in parsed.fields.items() if isinstance(value, str)}
    values |= {
        "subject": parsed.subject,
        "text": parsed.text,
        "quoted": parsed.quoted,
        "sender": parsed.sender.address if parsed.sender else "",
        "attachments": " ".join(each.name for each in parsed.attachments),
    }
    return text_of(dataset, values)


def analyse(
    items: Sequence[PendingItem],
    judges: Sequence[Judge],
    own: OwnNames,
    rules: RuleSet = NO_RULES,
    mappings: Mappings = NO_MAPPINGS,
    shadows: Sequence[Judge] = (),
) -> tuple[Analysis, ...]:
    """What each item holds, and what each rule says of it. Never raises for content; defects are data.

    `shadows` judge beside the others, unseen.
    """
    known = [item for item in items if item.form is not Form.UNKNOWN]
    parsed = [parse(item.content, item.form, near=item.received_at, mappings=mappings) for item in known]
    predictions = [judge.predictions([model_text(each, judge.dataset) for each in parsed]) for judge in judges]
    unseen = [judge.predictions([model_text(each, judge.dataset) for each in parsed]) for judge in shadows]
    datasets = [judge.dataset for judge in judges]
    read = iter(
        [
            _analysis(item, each, datasets, _row(predictions, row), _row(unseen, row), own, rules)
            for row, (item, each) in enumerate(zip(known, parsed, strict=True))
        ]
    )
    return tuple(_unknown(item) if item.form is Form.UNKNOWN else next(read) for item in items)


def places(parsed: ParsedItem) -> list[tuple[str, str]]:
    """Where observables are looked for: (place, text) pairs of an item and of the carrier around it."""
    found = [("subject", parsed.subject), ("text", parsed.text), ("quoted", parsed.quoted)]
    found += [("signature", parsed.signature), ("attachment", parsed.attached_text)]
    if parsed.sender:
        found.append(("header:from", parsed.sender.address))
    found += [("header:to", each.address) for each in parsed.recipients]
    for attachment in parsed.attachments:
        found.append(("attachment:name", attachment.name))
        found.append(("attachment:sha256", attachment.sha256))
    found += [
        (f"field:{name}", value)
        for name, value in parsed.fields.items()
        if isinstance(value, str) and not name.startswith("email.")
    ]
    if parsed.carrier:
        found.append(("carrier", f"{parsed.carrier.subject}\n{parsed.carrier.text}"))
    return [(place, text) for place, text in found if text]


def searched_text(parsed: ParsedItem) -> str:
    """What full text search finds of an item beside its subject and sender: text, quoted and attached text."""
    return "\n".join(part for part in (parsed.text, parsed.quoted, parsed.attached_text) if part)[:MAX_SEARCH]


def _row(columns: Sequence[Sequence[Prediction]], row: int) -> tuple[Prediction, ...]:
    return tuple(column[row] for column in columns)


def _unknown(item: PendingItem) -> Analysis:
    """What no reader knew stays parked, for the reason that the reader gave."""
    return Analysis(code="unreadable", reason=item.reason or "It is neither a mail nor an alert that can be read.")


def _analysis(
    item: PendingItem,
    parsed: ParsedItem,
    datasets: Sequence[Dataset],
    predictions: tuple[Prediction, ...],
    shadows: tuple[Prediction, ...],
    own: OwnNames,
    rules: RuleSet,
) -> Analysis:
    sightings = extract_all(places(parsed))
    ours = frozenset(each.observable for each in sightings if own.is_own(each.observable))
    words = searched_text(parsed)
    return Analysis(
        subject=parsed.subject[:MAX_SUBJECT],
        sender=(parsed.sender.address or parsed.sender.name) if parsed.sender else "",
        event_at=parsed.event_at,
        severity=parsed.severity,
        form=parsed.form,
        attachments=len(parsed.attachments),
        head=head_of(parsed),
        search_text=words,
        sightings=sightings,
        own=ours,
        predictions=predictions,
        tags=tags_of(zip(datasets, predictions, strict=True)),
        pattern=pattern_of(parsed),
        traits=traits_of(parsed),
        record=record_of(parsed.subject, words),
        shadows=shadows,
        keys=keys_of(
            rules,
            fields_of(parsed, source=item.source, received_at=item.received_at, sightings=sightings, own=ours),
        ),
        recipients=recipients_of(parsed),
        defects=tuple(each.code for each in parsed.defects),
    )
