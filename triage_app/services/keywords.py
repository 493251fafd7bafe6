"""Keyword rules of a dataset: what they hit among the newest tickets, where they contradict, and putting others in
force.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset, Gate, KeywordRule
from triage_app.domain.learning import latest_words
from triage_app.domain.query import EVERYTHING
from triage_app.domain.relabelling import words_now
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context, Progress
from triage_app.services.datasets import CHANGES
from triage_app.services.learning_commands import SaveKeywords
from triage_app.services.learning_queries import ListKeywords
from triage_app.services.learning_shapes import KeywordConflict, KeywordFigures, KeywordSheet
from triage_app.services.open_texts import read_texts
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.shapes import TicketFilter

MOST = 10_000
"""Tickets that are looked at, at most."""

SHOWN = 5
"""Tickets that are named for each rule and each conflict."""

_NAMED = 3
_CHUNK = 100
_NEWEST = TicketFilter("all", EVERYTHING, "age", descending=False, actor="")


@dataclass(slots=True)
class _Hits:
    hits: int = 0
    right: int = 0
    wrong: int = 0
    tickets: list[TicketId] = field(default_factory=list)


def save_keywords(command: SaveKeywords, _uow: UnitOfWork, ports: Ports, _context: Context) -> Result[Dataset]:
    """Put other rules in force; raises InvalidInput with the first mistakes and their lines, and keeps those in force.

    The rules before lie beside the dataset, in `.earlier-NAME`.
    """
    dataset = ports.datasets.get(command.name)
    rules, problems = ports.datasets.check_keywords(dataset, command.text)
    if problems:
        more = f" And {len(problems) - _NAMED} more." if len(problems) > _NAMED else ""
        raise InvalidInput(f"The keyword rules of {dataset.name} stay as they are: {' '.join(problems[:_NAMED])}{more}")
    return Result(ports.datasets.save(replace(dataset, keywords=rules), keywords=command.text), CHANGES)


def list_keywords(query: ListKeywords, uow: UnitOfWork, ports: Ports, context: Context) -> KeywordSheet:
    """The rules in force, or those of a draft that are right, with their figures on the newest tickets.

    People's decisions tell right from wrong: their newest word on a ticket, by its name of today.
    """
    dataset = ports.datasets.get(query.name)
    text = ports.datasets.keyword_text(dataset.name) if query.text is None else query.text
    rules, problems = ports.datasets.check_keywords(dataset, text)
    said = {
        word.ticket: word.new for word in latest_words(words_now(uow.corrections.all(dataset.name), dataset.history))
    }
    gate = Gate(replace(dataset, keywords=rules))
    found: dict[int, _Hits] = {id(rule): _Hits() for rule in rules}
    conflicts: dict[tuple[str, str], list[TicketId]] = {}
    order = {label: place for place, label in enumerate(dataset.labels)}
    texts = 0
    for ticket, read in _texts(query.limit, dataset, uow, ports, context):
        texts += 1
        matched = gate.keywords(read)
        for rule in matched:
            _count(found[id(rule)], rule, ticket, said.get(ticket))
        labels = sorted({rule.label for rule in matched}, key=lambda label: order.get(label, len(order)))
        for one, other in combinations(labels, 2):
            conflicts.setdefault((one, other), []).append(ticket)
    return KeywordSheet(
        dataset.name,
        text,
        texts,
        tuple(_figures(rule, found[id(rule)]) for rule in rules),
        _sorted(conflicts),
        problems,
    )


def _texts(
    limit: int, dataset: Dataset, uow: UnitOfWork, ports: Ports, context: Context
) -> Iterator[tuple[TicketId, str]]:
    """The newest tickets with the text that the dataset's rules see of the item that each was made of."""
    ids = list(uow.tickets.ids(_NEWEST, limit=max(1, min(limit, MOST)), offset=0))
    read = 0
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        texts = dict(read_texts(uow, ports, chunk, dataset, context.cancel))
        yield from ((ticket, texts[ticket]) for ticket in chunk if ticket in texts)
        read += len(chunk)
        context.progress(Progress(read, len(ids), "tickets looked at"))


def _count(hits: _Hits, rule: KeywordRule, ticket: TicketId, said: str | None) -> None:
    hits.hits += 1
    if said is not None:
        hits.right += said == rule.label
        hits.wrong += said != rule.label
    if len(hits.tickets) < SHOWN:
        hits.tickets.append(ticket)


def _figures(rule: KeywordRule, hits: _Hits) -> KeywordFigures:
    return KeywordFigures(rule.label, rule.text, rule.weight, hits.hits, hits.right, hits.wrong, tuple(hits.tickets))


def _sorted(conflicts: dict[tuple[str, str], list[TicketId]]) -> tuple[KeywordConflict, ...]:
    """The most frequent first."""
    counts = Counter({pair: len(tickets) for pair, tickets in conflicts.items()})
    return tuple(
        KeywordConflict(one, other, number, tuple(conflicts[one, other][:SHOWN]))
        for (one, other), number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
