"""What a syslog source is told, and what its settings mean."""

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from triage_app.adapters.net import tls
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.source import Field, FieldKind, Manifest, Source

MANIFEST = Manifest(
    "syslog",
    "Syslog",
    "Alerts that other machines send by syslog: plain text, CEF, LEEF or JSON, with headers of RFC 3164 or RFC 5424.",
    (
        Field(
            "protocol",
            "Protocol",
            "With tcp and tls senders wait while much arrives; what comes too fast by udp is lost, and counted.",
            FieldKind.CHOICE,
            "tcp",
            choices=("udp", "tcp", "tls"),
        ),
        Field(
            "host",
            "Address",
            "The own address to listen on; 0.0.0.0 or :: is every one.",
            default="127.0.0.1",
            required=True,
        ),
        Field(
            "port",
            "Port",
            "514 is usual for udp and tcp, 6514 for tls; those below 1024 need a right of their own.",
            FieldKind.NUMBER,
            "5514",
            required=True,
            low=1,
            high=65_535,
        ),
        Field(
            "senders",
            "Senders",
            "Who may send: an address or network (192.0.2.0/24) a line; empty: all.",
            FieldKind.LIST,
        ),
        Field("certificate", "Certificate", "PEM file of the chain to show, for tls."),
        Field("key", "Key", "PEM file of its key, without a passphrase."),
        Field(
            "tls_floor",
            "TLS at least",
            "1.2 only for senders that cannot do better.",
            FieldKind.CHOICE,
            "1.3",
            choices=("1.3", "1.2"),
        ),
        Field(
            "max_message",
            "Largest message",
            "Bytes; a longer one is cut, which its origin says.",
            FieldKind.NUMBER,
            "64000",
            low=480,
            high=1_000_000,
        ),
        Field(
            "connections",
            "Connections",
            "Senders connected at once; more are turned away.",
            FieldKind.NUMBER,
            "500",
            low=1,
            high=5_000,
        ),
    ),
    pushes=True,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Options:
    """What a source's settings say; `shield` is there for tls only."""

    protocol: str
    host: str
    port: int
    senders: tuple[Network, ...]
    most: int
    connections: int
    shield: ssl.SSLContext | None

    @classmethod
    def of(cls, source: Source) -> "Options":
        """Read from validated settings; raises SourceFailed where they do not fit."""
        settings = source.settings
        return cls(
            settings["protocol"],
            settings["host"],
            int(settings["port"]),
            tuple(_network(source, line.strip()) for line in settings["senders"].splitlines() if line.strip()),
            int(settings["max_message"]),
            int(settings["connections"]),
            _shield(source) if settings["protocol"] == "tls" else None,
        )

    def allows(self, sender: str) -> bool:
        """Whether an address may send."""
        if not self.senders:
            return True
        address = ipaddress.ip_address(sender.partition("%")[0])
        # A socket for both families writes those of the old one so.
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self.senders)


def _network(source: Source, text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise SourceFailed(
            Trouble.SETTINGS,
            f"{source.name}: senders has {text!r}, which is no address or network. Write one as 192.0.2.0/24.",
        ) from None


def _shield(source: Source) -> ssl.SSLContext:
    certificate, key = source.settings["certificate"], source.settings["key"]
    if not certificate or not key:
        raise SourceFailed(
            Trouble.SETTINGS,
            f"{source.name}: protocol = tls needs certificate and key. Name the two files of one certificate.",
        )
    made = tls.server_context(Path(certificate), Path(key), source.settings["tls_floor"])
    # A sender never reads, and by what lies unread in its socket it would not see that the connection has ended.
    made.num_tickets = 0
    return made
