"""How the values of the domain are written in columns: times, texts and small code numbers."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

from triage_app.domain.item import Outcome
from triage_app.domain.observable import Observable, ObservableKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

OUTCOME_CODES = {
    Outcome.PENDING: 0,
    Outcome.TICKETED: 1,
    Outcome.MERGED: 2,
    Outcome.DROPPED: 3,
    Outcome.PARKED: 4,
}
"""Outcomes as the ledger stores them; never renumbered."""

OUTCOMES = {code: outcome for outcome, code in OUTCOME_CODES.items()}

MAX_KEY = 40
"""Characters of a text that it is sorted by."""


def to_micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware time; raises TypeError for a naive one."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def plain(text: str) -> str:
    """The text as both databases hold it: U+FFFD for NUL (PostgreSQL) and for lone surrogates (UTF-8)."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def sort_key(text: str) -> str:
    """What a text is sorted by: its beginning without case; `text` must be plain already."""
    return text[:MAX_KEY].strip().casefold()


def address_key(observable: Observable) -> str | None:
    """An IP address as 32 hexadecimal digits, IPv4 as mapped into IPv6, in whose order networks are ranges; None for
    other observables.
    """
    if observable.kind is ObservableKind.IPV4:
        return f"{0xFFFF00000000 + int(IPv4Address(observable.value)):032x}"
    if observable.kind is ObservableKind.IPV6:
        return f"{int(IPv6Address(observable.value)):032x}"
    return None


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time as microseconds since 1970: eight bytes, exact, and in order on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The number for a time; raises TypeError for a naive one."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The time for a number."""
        return None if value is None else from_micros(value)
