"""An alert's fields in words: a headline for the queue, and lines for reading, searching and classifying."""

import unicodedata
from collections.abc import Mapping

from triage_app.domain.item import FieldValue

MAX_HEADLINE = 300
MAX_LINE = 1_000

_SHOWN: tuple[tuple[str, str], ...] = (
    ("message", ""),
    ("rule.description", ""),
    ("suricata.eve.alert.signature", "Signature"),
    ("rule.category", "Category"),
    ("event.action", "Action"),
    ("event.outcome", "Outcome"),
    ("event.reason", "Reason"),
    ("host.name", "Host"),
    ("host.ip", "Host address"),
    ("user.name", "User"),
    ("user.target.name", "Target user"),
    ("source.domain", "Source name"),
    ("network.transport", "Transport"),
    ("network.protocol", "Protocol"),
    ("url.domain", "Domain"),
    ("url.original", "URL"),
    ("http.request.method", "Method"),
    ("user_agent.original", "User agent"),
    ("dns.question.name", "DNS name"),
    ("tls.client.server_name", "TLS server name"),
    ("email.from.address", "Mail from"),
    ("email.to.address", "Mail to"),
    ("process.name", "Process"),
    ("process.executable", "Executable"),
    ("process.command_line", "Command line"),
    ("process.hash.sha256", "Process SHA-256"),
    ("file.name", "File"),
    ("file.path", "Path"),
    ("file.hash", "File hash"),
    ("file.hash.sha256", "SHA-256"),
    ("file.hash.sha1", "SHA-1"),
    ("file.hash.md5", "MD5"),
    ("vulnerability.id", "Vulnerability"),
    ("threat.technique.id", "Technique"),
    ("threat.technique.name", "Technique name"),
    ("organization.name", "Organisation"),
    ("cloud.account.id", "Cloud account"),
    ("cloud.region", "Cloud region"),
    ("event.original", "Log"),
)

_INVISIBLE = dict.fromkeys(
    (
        *range(32),
        *range(127, 160),
        0x200B,
        *range(0x200E, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x206A),
        0xFEFF,
    ),
    " ",
)
"""Control characters, and those that turn the direction of text around."""


def tidy(text: str, length: int) -> str:
    """One visible line of at most `length` characters."""
    text = text[: length * 4]
    if not text.isprintable():
        text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def shown(value: FieldValue | None) -> str:
    """A field's value as text; lists with commas."""
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def headline(fields: Mapping[str, FieldValue]) -> str:
    """What a person would call the alert: the rule, then between whom, where and who."""
    name = tidy(shown(fields.get("rule.name")), 200)
    signature = shown(fields.get("suricata.eve.alert.signature"))
    if signature and signature not in name:
        name = tidy(f"{name.rstrip('.')}: {signature}", 200)
    source = _end(fields, "source")
    destination = _end(fields, "destination")
    host = _brief(fields.get("host.name"))
    user = _brief(fields.get("user.name"))
    parts: list[str] = []
    if source and destination:
        parts.append(f"{source} → {destination}")
    elif source or destination:
        parts.append(source or f"to {destination}")
    if user and user not in name:
        parts.append(user)
    around = ", ".join(parts)
    if host and host not in name and not (source and destination):
        around = f"{around} on {host}" if around else host
    return tidy(f"{name} — {around}" if around else name, MAX_HEADLINE)


def _brief(value: FieldValue | None) -> str:
    """A value in at most 60 characters; of several the first and how many more."""
    if isinstance(value, tuple) and len(value) > 1:
        return f"{tidy(value[0], 50)} +{len(value) - 1}"
    return tidy(shown(value), 60)


def _end(fields: Mapping[str, FieldValue], side: str) -> str:
    """address:port, with IPv6 in brackets; the port of the source says nothing and is left out."""
    address = _brief(fields.get(f"{side}.ip"))
    port = shown(fields.get(f"{side}.port"))[:6]
    if not address or side == "source" or not port.isdigit() or port == "0":
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def wording(fields: Mapping[str, FieldValue]) -> str:
    """Lines for reading: the rule, its message, then what is known by name."""
    first = shown(fields.get("rule.name"))[:MAX_LINE]
    lines = [first]
    source, destination = shown(fields.get("source.ip")), shown(fields.get("destination.ip"))
    for label, side, address in (("Source", "source", source), ("Destination", "destination", destination)):
        if address:
            port = shown(fields.get(f"{side}.port"))
            lines.append(f"{label}: {address} port {port}" if port else f"{label}: {address}")
    for name, label in _SHOWN:
        value = fields.get(name)
        if value is None or value == "":
            continue
        text = shown(value)[:MAX_LINE].strip()
        if not label:
            if text and text not in first:
                lines.insert(1, text)
        elif text:
            lines.append(f"{label}: {text}")
    return "\n".join(lines)
