"""Observables: extracted values with a kind, their one normal form, and which of them are our own."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage_app.domain import defang as fangs
from triage_app.domain.bitcoin import bitcoin_of
from triage_app.domain.errors import InvalidObservable
from triage_app.domain.filenames import file_name_of
from triage_app.domain.hosts import domain_of, ipv4_of, ipv6_of
from triage_app.domain.urls import url_of
from triage_app.domain.windows import windows_path_of


class ObservableKind(StrEnum):
    """What an observable is. The values are stored and part of the interface."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    CVE = "cve"
    ATTACK = "attack"
    MAC = "mac"
    FILE_NAME = "file_name"
    BITCOIN = "bitcoin"
    WINDOWS_PATH = "windows_path"
    REGISTRY = "registry"
    ASN = "asn"


@dataclass(frozen=True, slots=True)
class Observable:
    """A value in normal form (see `normalise`), live: it is defanged only where it is shown."""

    kind: ObservableKind
    value: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observable and where it was seen: "subject", "text", "header:from", "attachment:name", "field:source.ip"."""

    observable: Observable
    where: str


HASH_KINDS = {32: ObservableKind.MD5, 40: ObservableKind.SHA1, 64: ObservableKind.SHA256, 128: ObservableKind.SHA512}
HIGHEST_ASN = (1 << 32) - 1
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_HEX = re.compile(r"[0-9a-f]+")
_CVE = re.compile(r"CVE[-_ ]?((?:19|20)\d\d)[-_ ](\d{4,7})", re.ASCII)
_ATTACK = re.compile(r"(TA\d{4}|T\d{4})(?:[./](\d{3}))?", re.ASCII)
_MAC_PAIRS = re.compile(r"[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}")
_MAC_FOURS = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}")
_ASN = re.compile(r"(?:ASN?)?[ :#]{0,2}(\d{1,10})(?:\.(\d{1,5}))?", re.ASCII)


def email_of(text: str) -> str | None:
    """A mail address in lower case with its domain in punycode, or None."""
    local, at, host = text.rpartition("@")
    domain = domain_of(host) if at else None
    # Lowering some letters adds a combining mark, so the form that is kept is the one that is checked.
    local = local.lower()
    if domain is None or not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        return None
    return f"{local}@{domain}"


def mac_of(text: str) -> str | None:
    """A hardware address as six lower-case pairs with colons, from pairs with ":" or "-" or fours with "."; or None."""
    lowered = text.lower()
    if not (_MAC_PAIRS.fullmatch(lowered) or _MAC_FOURS.fullmatch(lowered)):
        return None
    digits = lowered.replace(":", "").replace("-", "").replace(".", "")
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def cve_of(text: str) -> str | None:
    """A CVE id as "CVE-2021-44228", or None."""
    match = _CVE.fullmatch(text.upper())
    return f"CVE-{match[1]}-{match[2]}" if match else None


def attack_of(text: str) -> str | None:
    """An ATT&CK tactic or technique id as "TA0001", "T1059" or "T1059.001", or None."""
    match = _ATTACK.fullmatch(text.upper())
    if match is None or (match[2] and match[1].startswith("TA")):
        return None
    return f"{match[1]}.{match[2]}" if match[2] else match[1]


def asn_of(text: str) -> str | None:
    """An autonomous system as "AS15169" (dotted notation of RFC 5396 made plain), or None."""
    match = _ASN.fullmatch(text.upper())
    if match is None:
        return None
    number = int(match[1])
    if match[2]:
        high, low = number, int(match[2])
        if max(high, low) > 0xFFFF:
            return None
        number = (high << 16) + low
    return f"AS{number}" if 0 < number <= HIGHEST_ASN else None


def _url(text: str) -> str | None:
    url = url_of(text)
    return url.text if url else None


def _windows_path(text: str) -> str | None:
    path = windows_path_of(text)
    return path.text if path and not path.is_registry else None


def _registry(text: str) -> str | None:
    path = windows_path_of(text)
    return path.text if path and path.is_registry else None


def _hash_of(length: int) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        lowered = text.lower()
        return lowered if len(lowered) == length and _HEX.fullmatch(lowered) else None

    return read


_READERS: dict[ObservableKind, Callable[[str], str | None]] = {
    ObservableKind.IPV4: ipv4_of,
    ObservableKind.IPV6: lambda text: ipv6_of(text.strip("[]")),
    ObservableKind.DOMAIN: domain_of,
    ObservableKind.URL: _url,
    ObservableKind.EMAIL: email_of,
    ObservableKind.CVE: cve_of,
    ObservableKind.ATTACK: attack_of,
    ObservableKind.MAC: mac_of,
    ObservableKind.FILE_NAME: file_name_of,
    ObservableKind.BITCOIN: bitcoin_of,
    ObservableKind.WINDOWS_PATH: _windows_path,
    ObservableKind.REGISTRY: _registry,
    ObservableKind.ASN: asn_of,
    **{kind: _hash_of(length) for length, kind in HASH_KINDS.items()},
}
# Backslashes and brackets mean themselves in these.
_AS_WRITTEN = frozenset({ObservableKind.FILE_NAME, ObservableKind.WINDOWS_PATH, ObservableKind.REGISTRY})


def normalise(kind: ObservableKind, text: str) -> str:
    """The one form in which a value of `kind` is stored and compared; defanged text is accepted.

    Hosts, mail addresses, hashes and hardware addresses in lower case (hosts in punycode), CVE, ATT&CK and AS ids in
    capitals, URLs as `urls.Url` says, file names and paths in their own case. Normal forms are their own normal form.
    Raises `InvalidObservable` when `text` is no value of that kind.
    """
    read = _READERS[kind]
    written = text.strip()
    # As it is first: a live value may hold what looks defanged ("http://example.com/?a[.]b").
    value = read(written)
    if value is None and kind not in _AS_WRITTEN:
        value = read(fangs.refang(written).strip())
    if value is None:
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        raise InvalidObservable(
            f"{shown!r} is not a valid {kind.replace('_', ' ')}: check its spelling or choose another kind."
        )
    return value


def refang(text: str) -> str:
    """`text` with every defanged form in it live again ("hxxp", "[.]", "(at)", full width); never raises."""
    return fangs.refang(text)


def defang(value: str, kind: ObservableKind | None = None) -> str:
    """A value that no program takes for a link or an address; kinds that cannot be followed come back unchanged.

    Without a kind the form decides: a scheme makes a URL, "@" a mail address, else a host. `refang` is the inverse.
    """
    if kind is ObservableKind.URL or (kind is None and "://" in value):
        return fangs.defang_url(value)
    if kind is ObservableKind.EMAIL or (kind is None and "@" in value):
        return fangs.defang_email(value)
    if kind in {None, ObservableKind.DOMAIN, ObservableKind.IPV4, ObservableKind.IPV6}:
        return fangs.defang_host(value)
    return value


@dataclass(frozen=True, slots=True)
class OwnNames:
    """What belongs to the organisation itself. Build it with `OwnNames.of`."""

    domains: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def of(cls, domains: Iterable[str] = (), addresses: Iterable[str] = ()) -> "OwnNames":
        """From settings: domains ("example.com", "corp.local": any name, with all below it), and addresses.

        An address is an IP address, a network in CIDR form, or a mail address. Raises `InvalidObservable` on others.
        """
        mails, networks = set(), []
        for address in map(str.strip, addresses):
            if "@" in address:
                mails.add(normalise(ObservableKind.EMAIL, address))
                continue
            try:
                networks.append(ipaddress.ip_network(address, strict=False))
            except ValueError as error:
                raise InvalidObservable(
                    f"{address!r} among the own addresses is no IP or mail address and no network: correct it."
                ) from error
        return cls(frozenset(map(cls._domain, domains)), frozenset(mails), tuple(networks))

    @staticmethod
    def _domain(text: str) -> str:
        name = text.strip().removeprefix("*.").strip(".").lower()
        domain = domain_of(name)
        # Internal names (corp.local) have no public suffix and are own all the same.
        if domain is None and not re.fullmatch(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,20}", name):
            raise InvalidObservable(f"{text!r} among the own domains is no domain: correct or remove it.")
        return domain or name

    def is_own(self, observable: Observable) -> bool:
        """True for an own domain or one below it, mail and URLs of such a host, and an address in an own network."""
        kind, value = observable.kind, observable.value
        if not (self.domains or self.addresses or self.networks):
            return False
        if kind in {ObservableKind.IPV4, ObservableKind.IPV6}:
            return self._is_own_address(value)
        if kind is ObservableKind.DOMAIN:
            return self._is_own_domain(value)
        if kind is ObservableKind.EMAIL:
            return value in self.addresses or self._is_own_domain(value.rpartition("@")[2])
        if kind is ObservableKind.URL:
            url = url_of(value)
            return url is not None and (self._is_own_domain(url.host.name) or self._is_own_address(url.host.name))
        return False

    def _is_own_domain(self, name: str) -> bool:
        while name:
            if name in self.domains:
                return True
            name = name.partition(".")[2]
        return False

    def _is_own_address(self, text: str) -> bool:
        if not self.networks or not (text[-1:].isdigit() or ":" in text):
            return False
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any(address in network or (mapped is not None and mapped in network) for network in self.networks)
