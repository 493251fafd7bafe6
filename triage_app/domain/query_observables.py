"""Observables in a query: kinds by the names that people use, words that are one, addresses and networks."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from triage_app.domain.errors import InvalidInput, InvalidObservable
from triage_app.domain.extract import extract
from triage_app.domain.observable import HASH_KINDS, Observable, ObservableKind, normalise, refang
from triage_app.domain.query import Carries, InNetwork, Node, Or

KINDS: Mapping[str, frozenset[ObservableKind]] = {
    "url": frozenset({ObservableKind.URL}),
    "domain": frozenset({ObservableKind.DOMAIN}),
    "ip": frozenset({ObservableKind.IPV4, ObservableKind.IPV6}),
    "email": frozenset({ObservableKind.EMAIL}),
    "hash": frozenset(HASH_KINDS.values()),
    "file": frozenset({ObservableKind.FILE_NAME}),
    "path": frozenset({ObservableKind.WINDOWS_PATH}),
    **{
        kind.value: frozenset({kind})
        for kind in ObservableKind
        if kind not in {ObservableKind.FILE_NAME, ObservableKind.WINDOWS_PATH}
    },
}
"""What a field or `has:` may name, and the kinds that it means."""

OTHER_NAMES: Mapping[str, str] = {"file_name": "file", "windows_path": "path", "mail": "email", "filename": "file"}
"""Other names of these."""

_LONGEST = 500
_AROUND = "<>,;.!?'`"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=2048)
def observable_of(word: str) -> Observable | None:
    """The observable that a word or phrase is as a whole, live or defanged; None where it is none or more than one."""
    written = word.strip(_AROUND)
    if written[:7].lower() == "mailto:":
        written = written[7:]
    if len(written) > _LONGEST or written.isalpha() or len(written) < 3:
        return None
    for found in extract(written, limit=8):
        try:
            value = normalise(found.kind, written)
        except InvalidObservable:
            continue
        if value == found.value:
            return found
    return None


def live_words(text: str) -> str:
    """A text as the index has it: live, and without the scheme of a URL, which defanged text does not have."""
    live = refang(text).strip()
    scheme, separator, rest = live.partition("://")
    if separator and scheme.isascii() and scheme.replace("+", "").isalnum():
        return rest
    return live[7:] if live[:7].lower() == "mailto:" else live


def carries(name: str, text: str) -> Node:
    """The tickets that have the observable `text` of a kind of `KINDS`; raises InvalidInput."""
    if name == "hash":
        return _hash(text)
    (kind,) = KINDS[name]
    if kind is ObservableKind.URL and "://" not in refang(text):
        return Or(tuple(Carries(KINDS[name], normalise(kind, f"{scheme}://{text}")) for scheme in ("http", "https")))
    return Carries(KINDS[name], normalise(kind, text))


def _hash(text: str) -> Node:
    length = len(text.strip())
    kind = HASH_KINDS.get(length)
    if kind is None:
        raise InvalidInput(
            f"A hash has 32, 40, 64 or 128 hexadecimal digits; this has {length}. Write it in full, or as a word."
        )
    return Carries(frozenset({kind}), normalise(kind, text))


def addressed_to(text: str) -> Node:
    """The tickets whose mail went to an address, or to somebody at a domain; raises InvalidInput."""
    kind = ObservableKind.EMAIL if "@" in refang(text) else ObservableKind.DOMAIN
    try:
        return Carries(frozenset({kind}), normalise(kind, text), where="header:to")
    except InvalidObservable as error:
        raise InvalidInput(
            f"{_short(text)} is no mail address and no domain: write one in full, such as to:bob@example.com."
        ) from error


def at_address(text: str) -> Node:
    """The tickets that have an IP address, one of a network (10.0.0.0/8), or one of a range (10.0.0.1-10.0.0.9).

    Raises InvalidInput."""
    written = refang(text).strip()
    try:
        if "/" in written:
            network = ipaddress.ip_network(written, strict=False)
            return InNetwork(_digits(network[0]), _digits(network[-1]))
        first, between, last = written.replace("..", "-").partition("-")
        if between:
            return _range(first, last)
        address = ipaddress.ip_address(written.strip("[]"))
    except ValueError as error:
        raise InvalidInput(
            f"{_short(text)} is no IP address, network or range: "
            "write 10.1.2.3, 10.0.0.0/8 or 10.0.0.1-10.0.0.9, or the same for IPv6."
        ) from error
    kind = ObservableKind.IPV4 if address.version == 4 else ObservableKind.IPV6
    return Carries(frozenset({kind}), normalise(kind, str(address)))


def _range(first: str, last: str) -> Node:
    low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
    if _digits(low) > _digits(high):
        raise InvalidInput("The first address of the range is above the last: swap them.")
    return InNetwork(_digits(low), _digits(high))


def _digits(address: _Address) -> str:
    number = int(address) + (0xFFFF_0000_0000 if address.version == 4 else 0)
    return f"{number:032x}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
