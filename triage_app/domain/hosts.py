"""Which texts name a host: addresses, and domains under a public suffix that exists."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from urllib.parse import unquote

from publicsuffixlist import PublicSuffixList

LONGEST_NAME = 253
# Never delegated, and what documentation and training mail use (RFC 2606). Its siblings (test, invalid) are left out:
# they end too many words of code.
_RESERVED = "example"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,126}}")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!\Z)|\Z)){4}", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-f]{1,8}|[0-9]{1,11}")
_SMALLEST_WHOLE_ADDRESS = 1 << 24


class HostKind(StrEnum):
    """What a host text is: an address, a domain under a real public suffix, or another syntactically valid name."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Host:
    """A host in normal form: lower case, punycode, no trailing dot; an address as RFC 5952 writes it, no brackets."""

    kind: HostKind
    name: str


@cache
def _suffixes() -> PublicSuffixList:
    # The list is part of the installed package. Private suffixes (github.io) are left out: they are domains to us.
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@lru_cache(maxsize=2048)
def top_level_exists(label: str) -> bool:
    """True when `label` (lower case, punycode) is a top-level domain of the bundled suffix list, or "example"."""
    return label == _RESERVED or (bool(label) and _suffixes().publicsuffix(f"x.{label}") is not None)


def _ascii_name(text: str) -> str | None:
    """Lower case and punycode (IDNA 2003, as Python has it), or None when a label has no such form."""
    lowered = text.lower().rstrip(".")
    if lowered.isascii():
        return lowered
    labels = []
    for label in lowered.split("."):
        if not 0 < len(label) <= 63:
            return None
        try:
            labels.append(label if label.isascii() else label.encode("idna").decode("ascii"))
        except UnicodeError:
            return None
    return ".".join(labels)


@lru_cache(maxsize=8192)
def domain_of(text: str) -> str | None:
    """The normal form of a domain, or None.

    It has at least two labels, a top-level domain that exists, and is more than a public suffix ("co.uk" is none).
    """
    if not 3 < len(text) <= LONGEST_NAME + 1:
        return None
    name = _ascii_name(text)
    if name is None or len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        return None
    before, dot, last = name.rpartition(".")
    if not (dot and before and top_level_exists(last)):
        return None
    return name if last == _RESERVED or _suffixes().privatesuffix(name) is not None else None


def ipv4_of(text: str) -> str | None:
    """The address when `text` is four decimal octets without leading zeros, or None."""
    return text if 7 <= len(text) <= 15 and _IPV4.fullmatch(text) else None


def ipv6_of(text: str) -> str | None:
    """The address as RFC 5952 writes it (a mapped IPv4 address dotted, no zone), or None."""
    text = text.partition("%")[0]
    if not 2 <= len(text) <= 45 or ":" not in text:
        return None
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped
    return f"::ffff:{mapped}" if mapped is not None else address.compressed


def _disguised_ipv4(name: str) -> str | None:
    """An IPv4 address as browsers read it: fewer than four parts, hexadecimal, octal (WHATWG URL, section 3.5)."""
    parts = name.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    numbers = []
    for part in parts:
        octal = part[0] == "0" and len(part) > 1 and part[1] != "x"
        if octal and part.strip("01234567"):
            return None
        numbers.append(int(part, 16 if part.startswith("0x") else 8 if octal else 10))
    *heads, last = numbers
    if any(number > 255 for number in heads) or last >= 256 ** (4 - len(heads)):
        return None
    value = last + sum(number << (8 * (3 - index)) for index, number in enumerate(heads))
    return str(ipaddress.IPv4Address(value)) if value >= _SMALLEST_WHOLE_ADDRESS else None


@lru_cache(maxsize=8192)
def host_of(text: str) -> Host | None:
    """The host of a URL: an address (also bracketed or disguised), a domain, or any other valid name; else None."""
    if text.startswith("["):
        inner = ipv6_of(text[1:-1]) if text.endswith("]") else None
        return Host(HostKind.IPV6, inner) if inner else None
    if "%" in text:
        text = unquote(text, errors="replace")
    domain = domain_of(text)
    if domain is not None:
        return Host(HostKind.DOMAIN, domain)
    name = _ascii_name(text) if len(text) <= LONGEST_NAME + 1 else None
    if not name or not _NAME.fullmatch(name):
        return None
    if ipv4 := ipv4_of(name) or _disguised_ipv4(name):
        return Host(HostKind.IPV4, ipv4)
    # A name whose last label is a number is a mistyped address, not a name.
    if name.rpartition(".")[2].isdigit() or len(name) < 2:
        return None
    return Host(HostKind.NAME, name)
