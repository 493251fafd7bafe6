"""What a search asks for, as a tree: words, fields and observables joined by and, or and not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import TraitKind
from triage_app.domain.ticket import TicketId


class TextPlace(StrEnum):
    """Where words are looked for: in all that a ticket holds, its notes and answers too, or only in one place."""

    ANYWHERE = "anywhere"
    SUBJECT = "subject"
    SENDER = "sender"
    NOTE = "note"


class Column(StrEnum):
    """A field of a ticket that has one text: what is asked for must be equal, without regard to case."""

    CATEGORY = "category"
    STATUS = "status"
    VERDICT = "verdict"
    ASSIGNEE = "assignee"
    SOURCE = "source"
    FORM = "form"
    TIER = "tier"


class Number(StrEnum):
    """A field of a ticket that has a number. Times are of receipt, or of the item's own."""

    ID = "id"
    CONFIDENCE = "confidence"
    SEVERITY = "severity"
    PRIORITY = "priority"
    DUPLICATES = "duplicates"
    ATTACHMENTS = "attachments"
    RECEIVED = "received"
    EVENT = "event"
    SIMILAR = "similar"


class Flag(StrEnum):
    """Something that a ticket is or has, or is not."""

    OPEN = "open"
    REVIEWED = "reviewed"
    ASSIGNED = "assigned"
    STANDING = "standing"
    """It is linked under no other ticket."""
    NOTE = "note"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, cut as the index cuts them; the last one may be a beginning (`prefix`).

    `observable` is what the words are when they are one, live or defanged: then a ticket that has it is found as well.
    """

    text: str
    place: TextPlace = TextPlace.ANYWHERE
    prefix: bool = False
    observable: Observable | None = None


@dataclass(frozen=True, slots=True)
class Equal:
    """A column with a value; an empty value is that there is none."""

    column: Column
    value: str


@dataclass(frozen=True, slots=True)
class Range:
    """A number, or a time, from `low` to `high`; None is open. `above` and `below` leave the bound itself out."""

    number: Number
    low: float | datetime | None = None
    high: float | datetime | None = None
    above: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class Carries:
    """An observable of one of these kinds, any if `value` is empty; `where` is the beginning of the place where it was
    seen ("header:to"), any if empty.
    """

    kinds: frozenset[ObservableKind]
    value: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class InNetwork:
    """An IP address from `low` to `high`, both as 32 hexadecimal digits, IPv4 as mapped into IPv6."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Named:
    """A trait with a value."""

    kind: TraitKind
    value: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A label that a dataset gave: a tag, queue or playbook; `effect` is empty for any of them."""

    effect: str
    label: str


@dataclass(frozen=True, slots=True)
class Says:
    """A flag that must be so."""

    flag: Flag


@dataclass(frozen=True, slots=True)
class Alike:
    """The tickets that are similar to one; to be resolved into `Among` before it is searched for."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Among:
    """One of these tickets."""

    ids: Sequence[TicketId]


@dataclass(frozen=True, slots=True)
class SamePattern:
    """The tickets that follow one pattern with a ticket, itself included."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class And:
    """All of these; nothing in it is everything."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of these at least."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """All but these."""

    part: "Node"


Leaf = Phrase | Equal | Range | Carries | InNetwork | Named | Tagged | Says | Alike | Among | SamePattern
Node = Leaf | And | Or | Not

EVERYTHING = And(())
