"""Two tickets side by side: what both have, and what only one of them has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from triage_app.domain.errors import InvalidInput
from triage_app.domain.observable import Observable, ObservableKind, defang
from triage_app.domain.parsing import parse
from triage_app.domain.pattern import Trait, TraitKind
from triage_app.domain.similarity import Comparing, Subject
from triage_app.domain.terms import hash_of, spelled
from triage_app.domain.ticket import TicketId
from triage_app.domain.why_similar import why_similar
from triage_app.services.analysis import searched_text
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_queries import ComparedValue, CompareTickets, Comparison
from triage_app.services.similar import MOST_WORDS, Asked, asked_of_ticket, parts_of, resolution_note

MOST_SHOWN = 200
"""Observables and fields of one column."""

MOST_TOLD = 40
"""Words of one column, the rarest."""

MAX_TEXT = 64_000
"""Characters of a text that are given."""

_TRAITS = {
    TraitKind.HOST: "host",
    TraitKind.USER: "user",
    TraitKind.RULE: "rule",
    TraitKind.SENDER_DOMAIN: "sender's domain",
}


def compare_tickets(query: CompareTickets, uow: UnitOfWork, ports: Ports, _context: Context) -> Comparison:
    """What the first ticket has that the other had not, and the other way round. Raises NotFound and InvalidInput."""
    if query.id == query.other:
        raise InvalidInput("Name two different tickets to compare.")
    here, there = (asked_of_ticket(each, uow, ports) for each in (query.id, query.other))
    number = max(2, uow.similar.newest())
    frequencies = uow.similar.frequencies(list({**_some(here.words), **_some(there.words)}))
    known = {hash_of(each): count for each, count in frequencies.items()}
    compare = Comparing(here.subject, known, number)
    # As in the list of similar tickets, all that the other has besides counts.
    other = replace(there.subject, besides=len(there.carried) - len(there.subject.seen))
    likeness, common = compare.with_(other), compare.common(other)
    values, other_values = _values(here), _values(there)
    rows = {row.id: row for row in uow.tickets.rows([query.id, query.other])}
    return Comparison(
        ticket=rows[query.id],
        other=rows[query.other],
        score=round(likeness.score, 4),
        parts=parts_of(likeness),
        reasons=why_similar(
            common,
            spelled=spelled(here.text, {*common.words}),
            hosts=here.hosts & there.hosts,
            apart=abs(there.subject.at - here.subject.at),
        ),
        both=_shown(value for key, value in values.items() if key in other_values),
        only_here=_shown(value for key, value in values.items() if key not in other_values),
        only_there=_shown(value for key, value in other_values.items() if key not in values),
        words=round(likeness.words, 4),
        words_here=_rarest(here.words, there.words, frequencies),
        words_there=_rarest(there.words, here.words, frequencies),
        text=_text(query.id, uow, ports),
        other_text=_text(query.other, uow, ports),
        note=resolution_note(uow, query.other),
    )


def _some(words: Mapping[str, None]) -> Mapping[str, None]:
    return dict(zip(words, [None] * MOST_WORDS, strict=False))


def _values(asked: Asked) -> Mapping[Observable | Trait | str, ComparedValue]:
    """All that is compared by itself, fields before observables, in order of appearance."""
    found: dict[Observable | Trait | str, ComparedValue] = {}
    subject: Subject = asked.subject
    if subject.pattern.template:
        found[f"{subject.pattern.template}\n{subject.pattern.scope}"] = ComparedValue(
            "pattern", subject.pattern.template, subject.pattern_tickets
        )
    for trait, tickets in subject.traits.items():
        value = defang(trait.value, ObservableKind.DOMAIN) if trait.kind is TraitKind.SENDER_DOMAIN else trait.value
        found[trait] = ComparedValue(_TRAITS[trait.kind], value, tickets)
    for each in asked.carried:
        kind, value = each.observable.kind, each.observable.value
        found[each.observable] = ComparedValue(kind.value, defang(value, kind), each.tickets)
    return found


def _shown(values: Iterable[ComparedValue]) -> tuple[ComparedValue, ...]:
    return tuple(replace(each, value=each.value[:1_000]) for each in list(values)[:MOST_SHOWN])


def _rarest(words: Mapping[str, None], others: Mapping[str, None], frequencies: Mapping[str, int]) -> tuple[str, ...]:
    """The words that only the first has, the rarest first, as they stand in the index."""
    only: Sequence[str] = [each for each in words if each not in others and not each.isdecimal()]
    return tuple(sorted(only, key=lambda each: frequencies.get(each, 1))[:MOST_TOLD])


def _text(ticket: TicketId, uow: UnitOfWork, ports: Ports) -> str:
    raws = uow.ledger.of_ticket(ticket)
    if not raws:
        return ""
    first = raws[0]
    parsed = parse(first.content, first.form, near=first.received_at, mappings=ports.mappings.load())
    return searched_text(parsed)[:MAX_TEXT]
