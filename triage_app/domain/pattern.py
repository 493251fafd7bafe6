"""What tickets of one kind have in common: the template of their subject and whose it is; and single traits of them."""

import re
from dataclasses import dataclass
from enum import StrEnum

from triage_app.domain.item import Form, ParsedItem
from triage_app.domain.templates import parameterised

TELLING_WORDS = 3
"""Words of a template from which on it tells enough by itself; below, it is one only together with its sender."""

MAX_TEMPLATE = 300
MAX_VALUE = 300

_PREFIX = re.compile(
    r"\s*(?:(?:re|aw|sv|vs|antw|fwd?|wg|tr|rv|enc|res|ref|odp|转发|回复)\s{0,2}(?:\[\d{1,3}\])?\s{0,2}:"
    r"|\[[^\]\[]{1,40}\])\s*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SLOT = re.compile(r"<[a-z]+>")
_HOSTS = ("host.name", "host.hostname", "agent.name", "observer.name")
_RULES = ("rule.name", "rule.id", "event.code")
_USERS = ("user.name", "source.user.name", "destination.user.name", "user.email")


class TraitKind(StrEnum):
    """What a trait is. The values are stored."""

    SENDER_DOMAIN = "sender_domain"
    RULE = "rule"
    HOST = "host"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Trait:
    """One property that a ticket may share with others and that is no observable; the value is in lower case."""

    kind: TraitKind
    value: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A subject with its changing parts replaced (see `templates.parameterised`), and the sender's domain or the host
    that it is bound to; `scope` is empty where the template tells enough by itself.
    """

    template: str
    scope: str


NO_PATTERN = Pattern("", "")


def stripped_subject(subject: str) -> str:
    """A subject without what mail programs and lists put before it: "Re:", "Fwd:", "[list]", in any order."""
    rest = subject[:1_000]
    while match := _PREFIX.match(rest):
        rest = rest[match.end() :]
    return rest.strip() or subject.strip()


def pattern_of(parsed: ParsedItem) -> Pattern:
    """The pattern of an item.

    Alerts are alike on one host. Mails are alike from everywhere, since one campaign has many senders, unless their
    subject says too little.
    """
    template = parameterised(stripped_subject(parsed.subject)).casefold()[:MAX_TEMPLATE]
    if parsed.form is Form.ALERT:
        return Pattern(template, _first(parsed, _HOSTS))
    telling = len(_WORD.findall(_SLOT.sub(" ", template))) >= TELLING_WORDS
    return Pattern(template, "" if telling else _sender_domain(parsed))


def traits_of(parsed: ParsedItem) -> tuple[Trait, ...]:
    """The traits of an item, one of a kind at most."""
    found = (
        (TraitKind.SENDER_DOMAIN, _sender_domain(parsed)),
        (TraitKind.RULE, _first(parsed, _RULES)),
        (TraitKind.HOST, _first(parsed, _HOSTS)),
        (TraitKind.USER, _first(parsed, _USERS)),
    )
    return tuple(Trait(kind, value) for kind, value in found if value)


def _sender_domain(parsed: ParsedItem) -> str:
    address = parsed.sender.address if parsed.sender else ""
    return address.rpartition("@")[2].strip().casefold()[:MAX_VALUE]


def _first(parsed: ParsedItem, names: tuple[str, ...]) -> str:
    for name in names:
        value = parsed.fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip().casefold()[:MAX_VALUE]
    return ""
