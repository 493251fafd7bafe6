"""Which corrections judge and never teach: without some that no version has seen, none can be told from another."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from triage_app.domain.learning import Correction, Decision
from triage_app.domain.near import near_groups
from triage_app.domain.ticket import TicketId

SPARED: Final = 50
"""The first tickets that people correct all teach: with so few, each is worth more as a lesson than as a judge."""

PARTS: Final = 5
"""One part of that many of the later ones is held back."""

ENOUGH: Final = 20
"""Held-back corrections from which on they decide; with fewer, chance would."""


def held_back(corrections: Iterable[Correction]) -> frozenset[TicketId]:
    """The corrected tickets of one dataset that judge: a fifth of those after the first fifty, by a hash.

    Tickets whose texts are nearly the same are on one side together, so that no twin of what judges is taught: the one
    that was corrected first decides for all. Corrections are given by id and with those that were taken back, whose
    places stay: what is held back once stays so, whatever is corrected later, unless a later text joins two groups.
    What was only let stand has no word on anything.
    """
    firsts: dict[TicketId, Correction] = {}
    for word in corrections:
        if word.decision is not Decision.STOOD:
            firsts.setdefault(word.ticket, word)
    tickets = tuple(firsts)
    if len(tickets) <= SPARED:
        return frozenset()
    groups = near_groups([word.text for word in firsts.values()])
    return frozenset(
        ticket for ticket, head in zip(tickets, groups, strict=True) if head >= SPARED and _is_drawn(tickets[head])
    )


def _is_drawn(ticket: TicketId) -> bool:
    return sha256(b"held back %d" % ticket).digest()[0] % PARTS == 0
