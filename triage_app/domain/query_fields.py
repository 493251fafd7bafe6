"""The fields of a query: their names, what they mean, and how their values are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import partial

from triage_app.domain.item import Form
from triage_app.domain.labels import Effect, Tier
from triage_app.domain.pattern import TraitKind
from triage_app.domain.query import Carries, Column, Equal, Flag, Node, Not, Number, Range, Says, TextPlace
from triage_app.domain.query_numbers import (
    after,
    age,
    before,
    number,
    pattern,
    severity,
    share,
    similar,
    ticket,
    time,
    whole_number,
)
from triage_app.domain.query_observables import KINDS, OTHER_NAMES, addressed_to, at_address, carries
from triage_app.domain.query_values import (
    Reader,
    Scope,
    Value,
    choice,
    column,
    flag,
    observed,
    tagged,
    trait,
    verdict,
    words,
)
from triage_app.domain.ticket import Status

_MY_OWN = Value("me")


def _mine(_value: Value, scope: Scope) -> Node:
    return column(Column.ASSIGNEE)(_MY_OWN, scope)


_OPEN = Says(Flag.OPEN)
_REPEATED = Range(Number.DUPLICATES, low=1)


@dataclass(frozen=True, slots=True)
class State:
    """A value of `is:` or `has:`: its other names, what it means, and the condition."""

    name: str
    meaning: str
    node: Node | Reader
    aliases: tuple[str, ...] = ()


IS = (
    State("open", "there is still work to do", _OPEN),
    State("closed", "resolved", Not(_OPEN)),
    State("new", "nobody works on it yet", Equal(Column.STATUS, Status.NEW.value)),
    State("in_progress", "somebody works on it", Equal(Column.STATUS, Status.IN_PROGRESS.value)),
    State("waiting", "put off", Equal(Column.STATUS, Status.WAITING.value), ("snoozed",)),
    State("resolved", "resolved", Equal(Column.STATUS, Status.RESOLVED.value)),
    State("reviewed", "a person said its category", Says(Flag.REVIEWED)),
    State("unreviewed", "no person said its category", Not(Says(Flag.REVIEWED)), ("review",)),
    State("mine", "assigned to me", _mine),
    State("assigned", "assigned to somebody", Says(Flag.ASSIGNED)),
    State("unassigned", "assigned to nobody", Not(Says(Flag.ASSIGNED))),
    State("first", "linked under no other ticket", Says(Flag.STANDING)),
    State("duplicate", "linked under another ticket", Not(Says(Flag.STANDING)), ("linked",)),
    State("repeated", "it has duplicates", _REPEATED),
    State("follow_up", "it comes back at a time", Says(Flag.FOLLOW_UP)),
)

HAS = (
    State("attachment", "an attachment", Range(Number.ATTACHMENTS, low=1), ("attachments",)),
    State("note", "a note of a person", Says(Flag.NOTE), ("notes",)),
    State("answer", "an answer that came in", Says(Flag.ANSWER), ("reply", "answers", "replies")),
    State("duplicate", "duplicates", _REPEATED, ("duplicates",)),
    State("similar", "others of its pattern", Range(Number.SIMILAR, low=1)),
    State("assignee", "somebody who works on it", Says(Flag.ASSIGNED)),
    State("verdict", "a verdict", Not(Equal(Column.VERDICT, ""))),
    *(
        State(
            name,
            f"an observable: {name}",
            Carries(kinds),
            tuple(other for other, meant in OTHER_NAMES.items() if meant == name),
        )
        for name, kinds in KINDS.items()
    ),
)


def _flag(states: tuple[State, ...]) -> Reader:
    """The conditions by all their names."""
    own = {each.name: each.node for each in states}
    return flag(own | {alias: each.node for each in states for alias in each.aliases}, own)


class Values(StrEnum):
    """What completion may offer as values of a field."""

    NONE = "none"
    IS = "is"
    HAS = "has"
    CATEGORY = "category"
    STATUS = "status"
    VERDICT = "verdict"
    ASSIGNEE = "assignee"
    SOURCE = "source"
    FORM = "form"
    TIER = "tier"
    SEVERITY = "severity"
    TAG = "tag"
    QUEUE = "queue"
    PLAYBOOK = "playbook"
    TIME = "time"
    AGE = "age"
    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, its other names, what it means, an example of use, how a value is read, what is offered."""

    name: str
    aliases: tuple[str, ...]
    meaning: str
    example: str
    read: Reader
    values: Values = Values.NONE


def _kind(name: str, meaning: str, example: str) -> Field:
    aliases = tuple(other for other, meant in OTHER_NAMES.items() if meant == name)
    return Field(name, aliases, meaning, example, observed(partial(carries, name)))


_TRAITS = {
    TraitKind.RULE: Field("rule", (), "the alert's rule", "rule:ssh_login", trait(TraitKind.RULE)),
    TraitKind.HOST: Field("host", (), "the alert's host", "host:web-01", trait(TraitKind.HOST)),
    TraitKind.USER: Field("user", (), "the alert's user", "user:alice", trait(TraitKind.USER)),
    TraitKind.SENDER_DOMAIN: Field(
        "sender_domain",
        ("from_domain",),
        "the domain of the sender, as a whole",
        "sender_domain:example.com",
        trait(TraitKind.SENDER_DOMAIN),
    ),
}

FIELDS: tuple[Field, ...] = (
    Field("is", (), "what state it is in", "is:open", _flag(IS), Values.IS),
    Field("has", (), "what it has", "has:attachment", _flag(HAS), Values.HAS),
    Field("from", ("sender",), "words of the sender", "from:example.com", words(TextPlace.SENDER)),
    Field("to", ("recipient",), "a mail address or domain it went to", "to:soc@example.com", observed(addressed_to)),
    Field("subject", (), "words of the subject", "subject:invoice", words(TextPlace.SUBJECT)),
    Field("note", (), "words of a note", 'note:"blocked at the proxy"', words(TextPlace.NOTE)),
    Field("category", ("label",), "its category", "category:Phishing", column(Column.CATEGORY), Values.CATEGORY),
    Field(
        "status",
        (),
        "its status",
        "status:waiting",
        choice(Column.STATUS, {each.value: each.value for each in Status}),
        Values.STATUS,
    ),
    Field("verdict", (), "how it was decided, - for not yet", "verdict:false_positive", verdict, Values.VERDICT),
    Field("assignee", (), "who works on it, - for nobody", "assignee:me", column(Column.ASSIGNEE), Values.ASSIGNEE),
    Field("severity", (), "how bad it is", "severity:>=high", number(Number.SEVERITY, severity), Values.SEVERITY),
    Field("priority", (), "its priority", "priority:>2", number(Number.PRIORITY, whole_number), Values.COUNT),
    Field(
        "confidence",
        (),
        "how sure its category is, 0 to 1",
        "confidence:<0.8",
        number(Number.CONFIDENCE, share),
        Values.SHARE,
    ),
    Field(
        "tier",
        (),
        "who gave its category",
        "tier:keyword",
        choice(Column.TIER, {each.value: each.value for each in Tier}),
        Values.TIER,
    ),
    Field("source", (), "the source it came from", "source:soc-mailbox", column(Column.SOURCE), Values.SOURCE),
    Field(
        "form",
        (),
        "mail, msg, alert or unknown",
        "form:alert",
        choice(Column.FORM, {each.value: each.value for each in Form}),
        Values.FORM,
    ),
    Field("before", (), "received before a time or day", "before:2026-11-01", before, Values.TIME),
    Field("after", ("since",), "received at a time or later", "after:monday", after, Values.TIME),
    Field("on", ("received",), "received on a day", "on:today", time(Number.RECEIVED), Values.TIME),
    Field("age", (), "how long ago it was received", "age:<2d", age, Values.AGE),
    Field("event", (), "the time that the item itself tells", "event:>=2026-11", time(Number.EVENT), Values.TIME),
    Field(
        "duplicates",
        (),
        "how many duplicates it has",
        "duplicates:2..10",
        number(Number.DUPLICATES, whole_number),
        Values.COUNT,
    ),
    Field(
        "attachments",
        (),
        "how many attachments it has",
        "attachments:>1",
        number(Number.ATTACHMENTS, whole_number),
        Values.COUNT,
    ),
    Field("similar", (), "like this ticket; compared: how many others have its pattern", "similar:41", similar),
    Field("pattern", ("campaign",), "of one pattern with this ticket", "pattern:41", pattern),
    Field("id", (), "its number", "id:41,57", ticket),
    Field("tag", (), "a tag of a dataset", "tag:urgent", tagged(Effect.TAG.value), Values.TAG),
    Field("queue", (), "the queue of a dataset", "queue:network", tagged(Effect.QUEUE.value), Values.QUEUE),
    Field(
        "playbook", (), "the playbook of a dataset", "playbook:isolate", tagged(Effect.PLAYBOOK.value), Values.PLAYBOOK
    ),
    *_TRAITS.values(),
    Field("ip", ("ipv4", "ipv6"), "an IP address, network or range", "ip:10.0.0.0/8", observed(at_address)),
    _kind("domain", "a domain", "domain:evil[.]example"),
    _kind("url", "a URL", "url:hxxp://evil[.]example/login"),
    _kind("email", "a mail address", "email:bob[at]example.com"),
    _kind("hash", "a hash of any kind", "hash:d41d8cd98f00b204e9800998ecf8427e"),
    _kind("md5", "an MD5", "md5:d41d8cd98f00b204e9800998ecf8427e"),
    _kind("sha1", "a SHA-1", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    _kind("sha256", "a SHA-256", f"sha256:{'e3b0c44298fc1c149afbf4c8996fb924' * 2}"),
    _kind("sha512", "a SHA-512", f"sha512:{'cf83e1357eefb8bdf1542850d66d8007' * 4}"),
    _kind("file", "the name of a file", 'file:"invoice 7.pdf"'),
    _kind("path", "a path of Windows", r'path:"C:\Users\Public\a.exe"'),
    _kind("registry", "a key of the registry", r"registry:HKLM\Software\Run"),
    _kind("cve", "a vulnerability", "cve:CVE-2021-44228"),
    _kind("attack", "a technique of ATT&CK", "attack:T1059.001"),
    _kind("mac", "a hardware address", "mac:00:1a:2b:3c:4d:5e"),
    _kind("asn", "an autonomous system", "asn:AS64500"),
    _kind("bitcoin", "a Bitcoin address", "bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
)

BY_NAME: Mapping[str, Field] = {name: each for each in FIELDS for name in (each.name, *each.aliases)}
"""The fields by all their names."""


def field_named(name: str) -> Field | None:
    """The field of a name, without regard to case, or None."""
    return BY_NAME.get(_plain(name))


def nearest_field(name: str) -> str:
    """The name of a field that somebody may have meant; empty where none is near."""
    written = _plain(name)
    begun = [each for each in BY_NAME if each.startswith(written)]
    near = begun or get_close_matches(written, BY_NAME, n=1, cutoff=0.7)
    return near[0] if near else ""


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")
