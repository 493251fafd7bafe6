"""The allow-list: what everybody knows to be harmless and common, and what therefore makes no two tickets similar."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from string import hexdigits

from triage_app.domain.errors import InvalidObservable
from triage_app.domain.observable import HASH_KINDS, Observable, ObservableKind, OwnNames, normalise


@dataclass(frozen=True, slots=True)
class AllowList:
    """What is allowed. Build it with `AllowList.of`."""

    names: OwnNames = field(default_factory=OwnNames)
    hashes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Iterable[str]) -> "AllowList":
        """From settings: domains (with all below them), IP addresses, networks in CIDR form, mail addresses, and
        hashes of files. Raises `InvalidObservable` on others.
        """
        domains: list[str] = []
        addresses: list[str] = []
        hashes: set[str] = set()
        for value in map(str.strip, values):
            kind = HASH_KINDS.get(len(value))
            if kind is not None and all(each in hexdigits for each in value):
                hashes.add(normalise(kind, value))
                continue
            is_address = "@" in value or "/" in value or ":" in value or value.replace(".", "").isdecimal()
            (addresses if is_address else domains).append(value)
            try:
                OwnNames.of(*([], [value]) if is_address else ([value], []))
            except InvalidObservable as error:
                raise InvalidObservable(
                    f"{value!r} on the allow-list is no domain, address, network or hash: correct or remove it."
                ) from error
        return cls(OwnNames.of(domains, addresses), frozenset(hashes))

    def holds(self, observable: Observable) -> bool:
        """Whether an observable is allowed: itself, a domain above it, or the network that it is in."""
        return observable.value in self.hashes or self.names.is_own(observable)


def telling(own: OwnNames, allowed: AllowList, observable: Observable) -> bool:
    """Whether an observable may tell something about a ticket: it is neither one's own nor allowed, and no technique,
    which many tickets have for no reason that they share.
    """
    return observable.kind is not ObservableKind.ATTACK and not own.is_own(observable) and not allowed.holds(observable)
