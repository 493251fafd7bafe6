"""A workbench with one dataset and a model that finds in each alert what the alert says: for tests of what becomes of
predictions. Gate, storage, commands and figures are the real thing.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from tests.fakes.analyser import HereAnalyser
from tests.fakes.workbench import BEGIN, RULES, Workbench, workbench
from triage_app.domain.dedup import RuleKey, RuleName
from triage_app.domain.errors import NotFound
from triage_app.domain.item import Form, RawItem, content_uid, digest
from triage_app.domain.labels import (
    Dataset,
    Example,
    Gate,
    KeywordRule,
    ModelAnswer,
    ModelId,
    Prediction,
    Score,
    Training,
)
from triage_app.domain.learning import Model
from triage_app.domain.ticket import TicketId
from triage_app.domain.wording import prepare
from triage_app.services.app import LocalApp
from triage_app.services.commands import ImportFiles
from triage_app.services.queries import ListTicketIds
from triage_app.services.shapes import Analysis, PendingItem

LABELS = ("Phishing", "Spam", "Malware", "Other")
CATEGORY = Dataset(
    "category",
    "Category",
    LABELS,
    "Other",
    keywords=(KeywordRule("Phishing", "verify", 2.0), KeywordRule("Spam", "invoice", 1.0)),
)
REPEATS = next(each for each in RULES if each.startswith("comment"))
"""The rule by which alerts of one key are repeats."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert, and what the model finds in it: a label, how surely, and whether it is unlike anything known."""

    subject: str
    label: str = "Spam"
    confidence: float = 0.9
    strange: bool = False
    sender: str = "bob@example.org"
    source: str = "files"
    key: str = ""


class Judged:
    """The workbench, and how alerts come in."""

    def __init__(self, bench: Workbench, app: LocalApp, files: "_Files") -> None:
        self.bench = bench
        self.app = app
        self._files = files
        self._number = 0

    def take_in(self, alerts: Iterable[Alert]) -> Sequence[TicketId]:
        """Import alerts; returns the tickets that are new, the oldest first."""
        before = set(self.app.ask(ListTicketIds(view="all")).ids)
        self._files.items = [self._item(each) for each in alerts]
        self.app.execute(ImportFiles(("alerts",)), actor="intake")
        return sorted(set(self.app.ask(ListTicketIds(view="all")).ids) - before)

    def put_in_force(self, name: str) -> None:
        """Make a version and put it in force."""
        model = Model(ModelId(name), "category", BEGIN, LABELS, 100, 0, "", "", None, Training(), active=False)
        with self.bench.storage.write() as uow:
            uow.models.add(model)
            uow.models.activate(model.id)

    def _item(self, alert: Alert) -> RawItem:
        self._number += 1
        content = json.dumps(asdict(alert) | {"number": self._number}).encode()
        sha256 = digest(content)
        return RawItem(alert.source, "", 0, content_uid(sha256, 0), Form.ALERT, content, sha256, "alerts")


@contextmanager
def judged() -> Iterator[Judged]:
    """A workbench with a version `m1` in force."""
    with workbench() as bench:
        files = _Files()
        ports = replace(
            bench.ports,
            analyser=HereAnalyser(_analyses),
            files=files,
            datasets=cast("Any", _OneDataset()),
            models=cast("Any", _Files()),
        )
        bench.ports = ports
        found = Judged(bench, LocalApp(ports, writer="test", close=lambda: None), files)
        found.put_in_force("m1")
        yield found


class _Files:
    """Files in memory, and model files that are all in order."""

    def __init__(self) -> None:
        self.items: Sequence[RawItem] = ()

    def read(self, _path: str) -> Iterator[RawItem]:
        return iter(self.items)

    def verify(self, _model: Model) -> None:
        """It is what was signed."""


class _OneDataset:
    """`category` with few examples."""

    def all(self) -> Sequence[Dataset]:
        return (CATEGORY,)

    def get(self, name: str) -> Dataset:
        if name != CATEGORY.name:
            raise NotFound(f"There is no dataset {name}.")
        return CATEGORY

    def examples(self, _name: str) -> Sequence[Example]:
        return [Example("Spam", f"spam {number}") for number in range(40)]


def _analyses(items: Sequence[PendingItem], models: Sequence[Model]) -> Sequence[Analysis]:
    return [_analysis(each, models) for each in items]


def _analysis(item: PendingItem, models: Sequence[Model]) -> Analysis:
    alert = json.loads(item.content)
    return Analysis(
        subject=alert["subject"],
        sender=alert["sender"],
        event_at=item.received_at,
        form=Form.ALERT,
        predictions=(_prediction(alert, models),),
        keys=(RuleKey(RuleName(REPEATS), (alert["key"],)),) if alert["key"] else (),
    )


def _prediction(alert: dict[str, Any], models: Sequence[Model]) -> Prediction:
    model = next(each for each in models if each.active)
    rest = (1 - alert["confidence"]) / (len(LABELS) - 1)
    scores = [Score(each, rest) for each in LABELS if each != alert["label"]]
    answer = ModelAnswer((Score(alert["label"], alert["confidence"]), *scores), strange=alert["strange"])
    return Gate(CATEGORY, model.suspended).decide(prepare(alert["subject"]), answer, model.id)
