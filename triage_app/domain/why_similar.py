"""Why two tickets are alike, in an analyst's words: the most telling first, and nothing said twice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from triage_app.domain.observable import Observable, ObservableKind, defang
from triage_app.domain.pattern import TraitKind
from triage_app.domain.similarity import Common, Match
from triage_app.domain.terms import unmarked, words_of
from triage_app.domain.urls import url_of

MOST_REASONS: Final = 5
MOST_WORDS: Final = 3

TOLD_SHARE: Final = 0.2
"""Share of words from which on it is a reason."""

_NEAR = timedelta(hours=1)
_SHORTEST_WORD, _LONGEST_WORD = 4, 30
_SCHEMES = frozenset({"http", "https", "hxxp", "hxxps", "mailto"})
_WORDS_COUNT = 0.7
_FILES = frozenset({ObservableKind.MD5, ObservableKind.SHA1, ObservableKind.SHA256, ObservableKind.SHA512})
_ADDRESSES = frozenset({ObservableKind.IPV4, ObservableKind.IPV6})
_HOSTS = _ADDRESSES | {ObservableKind.DOMAIN}
_CALLED = {
    ObservableKind.IPV4: ("IP address", "IP addresses"),
    ObservableKind.IPV6: ("IP address", "IP addresses"),
    ObservableKind.DOMAIN: ("domain", "domains"),
    ObservableKind.URL: ("URL", "URLs"),
    ObservableKind.EMAIL: ("mail address", "mail addresses"),
    ObservableKind.CVE: ("vulnerability", "vulnerabilities"),
    ObservableKind.ATTACK: ("technique", "techniques"),
    ObservableKind.MAC: ("hardware address", "hardware addresses"),
    ObservableKind.FILE_NAME: ("file name", "file names"),
    ObservableKind.BITCOIN: ("Bitcoin address", "Bitcoin addresses"),
    ObservableKind.WINDOWS_PATH: ("path", "paths"),
    ObservableKind.REGISTRY: ("registry key", "registry keys"),
    ObservableKind.ASN: ("network (ASN)", "networks (ASN)"),
}
_TRAIT_CALLED = {
    TraitKind.HOST: "host",
    TraitKind.USER: "user",
    TraitKind.RULE: "rule",
    TraitKind.SENDER_DOMAIN: "sender's domain",
}


def url_hosts(observables: Iterable[Observable]) -> frozenset[str]:
    """The hosts of the URLs among observables."""
    found = (url_of(each.value) for each in observables if each.kind is ObservableKind.URL)
    return frozenset(url.host.name for url in found if url is not None)


def may_be_url_hosts(common: Common, hosts: Collection[str]) -> bool:
    """Whether it would change the reasons to know the hosts of the other ticket's URLs; `hosts` are those of this one's
    URLs.
    """
    linked = url_hosts(each.here.observable for each in common.observables)
    return any(_is_host(each, hosts) and each.here.observable.value not in linked for each in common.observables)


def why_similar(
    common: Common, *, spelled: Mapping[int, str], hosts: Collection[str], apart: timedelta | None
) -> tuple[str, ...]:
    """The reasons, at most `MOST_REASONS`.

    `spelled` are words of this ticket by their hashes, `hosts` are those of URLs of both tickets, `apart` is the time
    between both, None where that says nothing.
    """
    told = list(_observables(common, hosts))
    told.extend(_fields(common, told_sender=any(text.startswith("same sender") for _, text in told)))
    if common.share >= TOLD_SHARE or (common.share and not told):
        told.append((common.share * _WORDS_COUNT, _words(common, spelled)))
    if apart is not None and apart < _NEAR:
        told.append((0.0, _apart(apart)))
    told.sort(key=lambda each: -each[0])
    return tuple(text for _, text in told[:MOST_REASONS])


def _observables(common: Common, hosts: Collection[str]) -> Iterator[tuple[float, str]]:
    """One reason for each kind of thing that both have, with how much it tells."""
    groups: defaultdict[tuple[str, str], list[Match]] = defaultdict(list)
    for each in _said_once(common, hosts):
        groups[_called(each, hosts)].append(each)
    for (one, many), matches in groups.items():
        number = _things(matches)
        rarest = min(each.here.tickets for each in matches)
        seen = f"seen in {rarest:,} {'ticket' if rarest == 1 else 'tickets'}"
        alike = all(each.here.tickets == rarest for each in matches)
        what = f"same {one}, {seen}" if number == 1 else f"{number} same {many}, {'' if alike else 'the rarest '}{seen}"
        yield max(each.rarity * (1 + each.strength) / 2 for each in matches), what


def _said_once(common: Common, hosts: Collection[str]) -> Iterator[Match]:
    """What both have, without what another reason says already: the host of a link, the domain of an address or of the
    sender, the name of an attachment that is the same, the file that a path names.
    """
    matches = common.observables
    linked = url_hosts(each.here.observable for each in matches)
    domains = {
        each.here.observable.value.rpartition("@")[2]
        for each in matches
        if each.here.observable.kind is ObservableKind.EMAIL
    }
    domains |= {trait.value for trait, _ in common.traits if trait.kind is TraitKind.SENDER_DOMAIN}
    files = any(each.here.observable.kind in _FILES and each.is_attached for each in matches)
    paths = {
        each.here.observable.value.casefold().rpartition("\\")[2]
        for each in matches
        if each.here.observable.kind is ObservableKind.WINDOWS_PATH
    }
    for each in matches:
        kind, value = each.here.observable.kind, each.here.observable.value
        if kind in _HOSTS and (value in linked or (value in domains and value not in hosts)):
            continue
        if kind is ObservableKind.FILE_NAME and ((files and each.is_attached) or value.casefold() in paths):
            continue
        yield each


def _called(match: Match, hosts: Collection[str]) -> tuple[str, str]:
    """What a thing that both have is called, one of it and many."""
    kind = match.here.observable.kind
    if kind in _FILES:
        return ("attachment", "attachments") if match.is_attached else ("file", "files")
    if _is_host(match, hosts):
        return ("URL host", "URL hosts")
    if kind is ObservableKind.EMAIL and match.is_at("header:from"):
        return ("sender", "senders")
    if kind is ObservableKind.EMAIL and match.is_at("header:to"):
        return ("recipient", "recipients")
    return _CALLED[kind]


def _is_host(match: Match, hosts: Collection[str]) -> bool:
    return match.here.observable.kind in _HOSTS and match.here.observable.value in hosts


def _things(matches: Sequence[Match]) -> int:
    """How many things these are: several hashes of one file are one."""
    kinds = [each.here.observable.kind for each in matches]
    return max(kinds.count(each) for each in kinds) if _FILES.issuperset(kinds) else len(kinds)


def _fields(common: Common, *, told_sender: bool) -> Iterator[tuple[float, str]]:
    for trait, strength in common.traits:
        if trait.kind is TraitKind.SENDER_DOMAIN:
            if not told_sender:
                yield strength, f"same sender's domain ({defang(trait.value, ObservableKind.DOMAIN)})"
        else:
            yield strength, f"same {_TRAIT_CALLED[trait.kind]} ({trait.value})"
    if common.pattern:
        tickets = "1 ticket" if common.followed == 1 else f"{common.followed:,} tickets"
        yield common.pattern + 0.2, f"same pattern, followed by {tickets}"


def _words(common: Common, spelled: Mapping[int, str]) -> str:
    """The share, and the rarest of the words; one that is part of another, or of an observable that both have, is not
    told beside it.
    """
    said = _SCHEMES | {word for each in common.observables for word in words_of(each.here.observable.value)}
    chosen: list[str] = []
    for each in common.words:
        word = spelled.get(each, "")
        low = word.casefold()
        if not _says_something(word) or unmarked(word) in said:
            continue
        if any(low in other.casefold() or other.casefold() in low for other in chosen):
            continue
        chosen.append(word)
        if len(chosen) == MOST_WORDS:
            break
    percent = f"{max(1, round(common.share * 100))} % of words"
    return f"{percent}, such as {', '.join(chosen)}" if chosen else percent


def _says_something(word: str) -> bool:
    """Whether a person can read it: no number, and none of the shortest unless it is an abbreviation."""
    if any(sign.isdecimal() for sign in word):
        return False
    return _SHORTEST_WORD <= len(word) <= _LONGEST_WORD or (len(word) == _SHORTEST_WORD - 1 and word.isupper())


def _apart(apart: timedelta) -> str:
    minutes = int(apart.total_seconds()) // 60
    if not minutes:
        return "less than a minute apart"
    return f"{minutes} {'minute' if minutes == 1 else 'minutes'} apart"
