"""The one-line alerts of Snort and Suricata (`fast.log`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_FAST = re.compile(
    r"(?P<time>\S{1,40})\s+\[\*\*\] \[(?P<id>\d{1,10}:\d{1,10}:\d{1,10})\] (?P<name>[^\n]{1,500}?) \[\*\*\]"
    r"(?: \[Classification: (?P<class>[^\]\n]{0,200})\])?(?: \[Priority: (?P<priority>\d{1,3})\])?"
    r"(?: \{(?P<proto>[^}\n]{1,20})\} (?P<src>\S{1,60}) -> (?P<dst>\S{1,60}))?"
)


@dataclass(frozen=True, slots=True)
class FastAlert:
    """A line taken apart; what it leaves out is empty."""

    signature: str
    signature_id: str
    classification: str
    priority: str
    transport: str
    source: tuple[str, str]
    destination: tuple[str, str]

    def fields(self) -> Mapping[str, str]:
        """Its ECS fields that are not empty."""
        named = {
            "network.transport": self.transport,
            "source.ip": self.source[0],
            "source.port": self.source[1],
            "destination.ip": self.destination[0],
            "destination.port": self.destination[1],
            "suricata.eve.alert.signature_id": self.signature_id,
            "suricata.eve.alert.category": self.classification,
            "suricata.eve.alert.severity": self.priority,
        }
        return {name: value for name, value in named.items() if value}


def parse_fast(line: str) -> FastAlert | None:
    """A `fast.log` line, or None for any other line."""
    match = _FAST.match(line[:2_000])
    if match is None:
        return None
    return FastAlert(
        match["name"].strip(),
        match["id"],
        match["class"] or "",
        match["priority"] or "",
        match["proto"] or "",
        _end(match["src"] or ""),
        _end(match["dst"] or ""),
    )


def _end(text: str) -> tuple[str, str]:
    """Address and port; an IPv6 address is followed by its port after the last colon all the same."""
    address, colon, port = text.rpartition(":")
    return (address, port) if colon and port.isdigit() and address else (text, "")
