"""Alerts as products send them, read into one shape with fields named as in the Elastic Common Schema."""

import json
from collections.abc import Mapping
from datetime import datetime

import msgspec

from triage_app.domain import ecs
from triage_app.domain.alert_text import headline, tidy, wording
from triage_app.domain.flatten import Leaf, clean, flatten, scalar
from triage_app.domain.item import Address, Defect, FieldValue, Form, ParsedItem
from triage_app.domain.mapping import NO_MAPPINGS, AlertMapping, Mappings
from triage_app.domain.severities import PRIORITY, SURICATA, SYSLOG, TEN, WAZUH, Scale, from_value
from triage_app.domain.snort import parse_fast
from triage_app.domain.syslog_lines import MAX_LINE, LineKind, LogLine, parse_line
from triage_app.domain.ticket import Severity
from triage_app.domain.timestamps import is_yearless, parse_time

MAX_FIELDS = 200
MAX_CONTENT = 4_000_000
"""Bytes of one alert that are read; an alert is a few thousand."""

_DECODER = msgspec.json.Decoder()
_PREFIXES = {"wazuh": "Wazuh", "suricata": "Suricata", "aminer": "AMiner", "snort": "Snort", "zeek": "Zeek"}
"""Products that put their name before that of the rule."""

_UNNAMED = ("rule.id", "event.action", "event.dataset", "event.reason", "event.outcome", "event.provider", "event.id")
_NAMELESS = "Alert without a name"
_TITLES = ("title", "alertname", "name", "summary", "subject", "message", "description", "body")
_TIMES = ("timestamp", "time", "createdat", "eventtime", "creationdate", "date", "start")
_SEVERITIES = ("severity", "priority", "level")


def parse_alert(content: bytes, *, near: datetime | None = None, mappings: Mappings = NO_MAPPINGS) -> ParsedItem:
    """Read one alert: a JSON object, or a log line. Never raises: what is wrong becomes a defect.

    A mapping that fits goes before what this module knows of products and of common keys.

    `near` is when it was received: a time without a year (RFC 3164) means the one closest to it, and stays unknown
    without it. The subject is never empty. Times without a zone are taken as UTC.
    """
    defects: list[Defect] = []
    root = _decode(content, defects)
    if not isinstance(root, dict):
        line = clean(root) if isinstance(root, str) else content[:MAX_LINE].decode("utf-8", "replace")
        return _from_line(line, {}, near, defects)
    raw = root.get("raw")
    if isinstance(raw, str) and raw.strip() and "event_type" not in root:
        return _from_line(raw, {key: value for key, value in root.items() if key != "raw"}, near, defects)
    leaves, cut = flatten(root)
    if cut:
        defects.append(Defect("fields_cut", "The alert holds more, or deeper, fields than are read."))
    mapping = mappings.find(root, leaves)
    if mapping is not None:
        return _mapped(mapping, leaves, near, defects)
    if isinstance(root.get("event_type"), str) and ("src_ip" in root or "flow_id" in root or "alert" in root):
        return _eve(leaves, near, defects)
    rule = root.get("rule")
    if isinstance(rule, dict) and "level" in rule and ("agent" in root or "manager" in root or "full_log" in root):
        return _wazuh(leaves, near, defects)
    if "name" in root and "time" in root and ("short" in root or "ip" in root):
        return _row(leaves, near, defects)
    if isinstance(root.get("rule_id"), str) and root["rule_id"] and isinstance(root.get("event"), dict):
        return _detection(root, leaves, near, defects)
    return _any(leaves, near, defects)


def _decode(content: bytes, defects: list[Defect]) -> object:
    """The JSON value; the standard library reads what the strict reader refuses, such as NaN and lone surrogates."""
    if len(content) > MAX_CONTENT:
        defects.append(Defect("alert_too_long", f"Only the first {MAX_CONTENT} of {len(content)} bytes were read."))
        content = content[:MAX_CONTENT]
    try:
        return _DECODER.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        found: object = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            defects.append(
                Defect("not_json", f"The alert is not valid JSON and was read as a text line: {error}"[:300])
            )
        return None
    defects.append(Defect("loose_json", "The alert is not strictly JSON; what it means was guessed."))
    return found


# -- products --------------------------------------------------------------------------------------------------------


def _renamed(leaves: list[Leaf], table: Mapping[str, str], prefix: str) -> dict[str, FieldValue]:
    """Fields under their ECS names, the first to claim one keeping it; the others under their own path."""
    fields: dict[str, FieldValue] = {}
    others: list[Leaf] = []
    for path, value in leaves:
        name = table.get(path)
        if name is not None and name not in fields:
            fields[name] = value
        else:
            others.append((f"{prefix}{path}", value))
    for path, value in others:
        fields.setdefault(path, value)
    return fields


def _mapped(mapping: AlertMapping, leaves: list[Leaf], near: datetime | None, defects: list[Defect]) -> ParsedItem:
    """A product that a mapping describes; what the mapping leaves over is read by its keys."""
    fields, others = mapping.apply(leaves)
    for name, value in claimed(others).items():
        fields.setdefault(name, value)
    fields["event.module"] = mapping.name
    return _finish(fields, mapping.product, near, defects, scale=mapping.scale)


def _eve(leaves: list[Leaf], near: datetime | None, defects: list[Defect]) -> ParsedItem:
    fields = _renamed(leaves, ecs.EVE, "suricata.eve.")
    fields["event.module"] = "suricata"
    fields["event.dataset"] = "suricata.eve"
    if "rule.name" not in fields:
        kind = fields.get("suricata.eve.event_type", "event")
        where = fields.get("dns.question.name") or fields.get("url.domain") or fields.get("tls.client.server_name")
        fields["rule.name"] = f"Suricata {kind}: {where}" if where else f"Suricata {kind}"
    return _finish(fields, "Suricata", near, defects, scale=SURICATA)


def _wazuh(leaves: list[Leaf], near: datetime | None, defects: list[Defect]) -> ParsedItem:
    fields = _renamed(leaves, ecs.WAZUH, "wazuh.")
    fields["event.module"] = "wazuh"
    original = str(fields.get("event.original", ""))
    if original.startswith("{") and "suricata.eve.alert.signature" not in fields:
        inner = _decode(original.encode("utf-8"), [])
        if isinstance(inner, dict) and isinstance(inner.get("event_type"), str):
            for name, value in _renamed(flatten(inner)[0], ecs.EVE, "suricata.eve.").items():
                fields.setdefault("suricata.eve.alert.signature" if name == "rule.name" else name, value)
    else:
        fast = parse_fast(original)
        if fast is not None:
            fields["suricata.eve.alert.signature"] = clean(fast.signature)
            fields.update({name: clean(value) for name, value in fast.fields().items()})
    user = str(fields.get("user.name", ""))
    if user.startswith("<") and user.endswith(">"):
        fields["user.name"] = user[1:-1]
    return _finish(fields, "Wazuh", near, defects, scale=WAZUH)


def _row(leaves: list[Leaf], near: datetime | None, defects: list[Defect]) -> ParsedItem:
    fields = _renamed(leaves, ecs.ROW, "")
    prefix, colon, _ = str(fields.get("rule.name", "")).partition(": ")
    product = _PREFIXES.get(prefix.lower(), "") if colon else ""
    if product:
        fields["event.module"] = product.lower()
    return _finish(fields, product, near, defects)


def _any(leaves: list[Leaf], near: datetime | None, defects: list[Defect]) -> ParsedItem:
    """A product that no table knows: each ECS name goes to the leaf whose key means it most surely."""
    fields = claimed(leaves)
    for name, keys in (("rule.name", _TITLES), ("@timestamp", _TIMES), ("event.severity", _SEVERITIES)):
        if name not in fields:
            _second_chance(fields, leaves, name, keys)
    return _finish(fields, _product(fields), near, defects, scale=_scale(leaves, fields))


def _detection(
    root: Mapping[str, object], leaves: list[Leaf], near: datetime | None, defects: list[Defect]
) -> ParsedItem:
    """A rule's hit with the event that it found (Panther): the rule names the alert, not the event."""
    fields = claimed(leaves)
    fields["rule.name"] = fields["rule.id"] = clean(str(root["rule_id"]))
    grade = scalar(root.get("rule_severity"))
    if grade is not None:
        fields["event.severity"] = grade
    kinds = root.get("log_types")
    product = clean(str(kinds[0])) if isinstance(kinds, list) and kinds else _product(fields)
    if "@timestamp" not in fields:
        _second_chance(fields, leaves, "@timestamp", _TIMES)
    return _finish(fields, product, near, defects)


def claimed(leaves: list[Leaf]) -> dict[str, FieldValue]:
    """Leaves under the ECS names that their keys mean, all others under their own path."""
    best: dict[str, tuple[int, int]] = {}
    for position, (path, value) in enumerate(leaves):
        found = ecs.claim(path)
        if found is None or not _fits(found.name, value):
            continue
        held = best.get(found.name)
        if held is None or found.rank < held[0]:
            best[found.name] = (found.rank, position)
    names = {position: name for name, (_, position) in best.items()}
    fields: dict[str, FieldValue] = {name: leaves[position][1] for position, name in names.items()}
    for position, (path, value) in enumerate(leaves):
        if position not in names:
            fields.setdefault(path, value)
    return fields


def _fits(name: str, value: FieldValue) -> bool:
    """Whether a value can be what its key says."""
    if name == "@timestamp":
        return not isinstance(value, tuple) and (
            parse_time(value) is not None or (isinstance(value, str) and is_yearless(value))
        )
    if name == "event.severity":
        return from_value(value) is not Severity.UNKNOWN
    if name in ("rule.name", "message", "rule.description"):
        return isinstance(value, str) and tidy(value, 160).strip("-. ") != ""
    return not isinstance(value, bool)


def _second_chance(fields: dict[str, FieldValue], leaves: list[Leaf], name: str, keys: tuple[str, ...]) -> None:
    """What an alert needs most is taken from any depth rather than missed."""
    for key in keys:
        for path, value in leaves:
            last = "".join(ch for ch in path.rpartition(".")[2].lower() if ch.isalnum())
            if last == key and _fits(name, value):
                fields[name] = value
                return


def _scale(leaves: list[Leaf], fields: Mapping[str, FieldValue]) -> Scale | None:
    """A number under `priority` counts the other way: 1 is the worst."""
    value = fields.get("event.severity")
    number = isinstance(value, int | float) or (isinstance(value, str) and value.isdigit())
    if number and any(path.lower().endswith("priority") and each == value for path, each in leaves):
        return PRIORITY
    return None


def _product(fields: Mapping[str, FieldValue]) -> str:
    for name in ("event.provider", "observer.vendor", "event.dataset", "event.module"):
        value = fields.get(name)
        if isinstance(value, tuple):
            value = value[0] if value else ""
        if value:
            return tidy(str(value), 80)
    return ""


# -- lines -----------------------------------------------------------------------------------------------------------


def _from_line(raw: str, extra: Mapping[str, object], near: datetime | None, defects: list[Defect]) -> ParsedItem:
    """An alert that is a log line, with what its carrier says beside it."""
    line = parse_line(raw)
    if line.kind is LineKind.JSON:
        inner = _decode(line.message.encode("utf-8", "replace"), [])
        if isinstance(inner, dict):
            fields = claimed(flatten(inner)[0])
            return _finish_line(fields, line, raw, extra, near, defects)
    leaves: list[Leaf] = [(name, clean(value)) for name, value in line.pairs.items()]
    table = {LineKind.CEF: ecs.CEF, LineKind.LEEF: ecs.LEEF}.get(line.kind)
    fields = claimed(leaves) if table is None else _renamed(leaves, table, f"{line.kind.value}.")
    return _finish_line(fields, line, raw, extra, near, defects)


def _finish_line(
    fields: dict[str, FieldValue],
    line: LogLine,
    raw: str,
    extra: Mapping[str, object],
    near: datetime | None,
    defects: list[Defect],
) -> ParsedItem:
    fields["event.original"] = clean(raw.strip())
    fields["event.module"] = line.kind.value
    if line.host and line.kind in (LineKind.RFC3164, LineKind.RFC5424):
        # Who sent the line is its host; a name in the message is that of something else (a web server, say).
        other = fields.pop("host.name", None)
        if other is not None:
            fields.setdefault("hostname", other)
    for name, value in (
        ("host.name", line.host),
        ("process.name", line.program),
        ("observer.vendor", line.vendor),
        ("observer.product", line.product),
        ("event.code", line.event_id),
        ("@timestamp", line.time),
        ("message", line.message if line.kind not in (LineKind.CEF, LineKind.LEEF, LineKind.JSON) else ""),
    ):
        if value:
            fields.setdefault(name, clean(value))
    if parse_time(fields.get("@timestamp"), near=near) is None and parse_time(line.time, near=near) is not None:
        fields["@timestamp"] = line.time
    if line.kind in (LineKind.CEF, LineKind.LEEF):
        fields["rule.id"] = clean(line.event_id)
        name = line.name if line.name and not line.name.isdigit() else ""
        fields["rule.name"] = clean(name or str(fields.get("rule.name") or line.event_id or line.name))
    elif "rule.name" not in fields:
        fields["rule.name"] = tidy(str(fields.get("message") or fields.get("event.action") or raw), 160)
    scale: Scale | None = TEN
    if line.level:
        fields["event.severity"] = clean(line.level)
    elif "event.severity" not in fields and line.level_of_priority is not None:
        fields["event.severity"], scale = line.level_of_priority, SYSLOG
    for key, given in extra.items():
        found = scalar(given)
        if found is not None and found != "":
            fields.setdefault(f"labels.{key[:100]}", found)
    product = f"{line.vendor} {line.product}".strip() or line.program
    return _finish(fields, product, near, defects, scale=scale)


# -- the end ---------------------------------------------------------------------------------------------------------


def _finish(
    fields: dict[str, FieldValue],
    product: str,
    near: datetime | None,
    defects: list[Defect],
    *,
    scale: Scale | None = None,
) -> ParsedItem:
    """Subject, text, time and severity from the fields."""
    if not fields.get("rule.name"):
        fields["rule.name"] = _some_name(fields, product)
    written = fields.get("@timestamp")
    event_at = parse_time(written, near=near)
    if event_at is None and isinstance(written, str) and is_yearless(written):
        defects.append(Defect("time_without_year", f"The time has no year: {written}"))
    if len(fields) > MAX_FIELDS:
        defects.append(Defect("fields_cut", f"{len(fields)} fields; the first {MAX_FIELDS} are kept."))
        fields = dict(list(fields.items())[:MAX_FIELDS])
    sender = tidy(product, 80) or str(fields.get("observer.name") or fields.get("host.name") or "")[:80]
    return ParsedItem(
        form=Form.ALERT,
        subject=headline(fields) or _NAMELESS,
        sender=Address(sender, "") if sender else None,
        event_at=event_at,
        text=wording(fields),
        severity=from_value(fields.get("event.severity"), scale=scale),
        fields=fields,
        defects=tuple(defects),
    )


def _some_name(fields: Mapping[str, FieldValue], product: str) -> str:
    """A name for an alert that has none."""
    for name in ("message", "rule.description", *_UNNAMED):
        text = fields.get(name)
        if isinstance(text, str | tuple) and (found := tidy(str(text[0] if isinstance(text, tuple) else text), 160)):
            return f"{product}: {found}" if product and name == "event.action" else found
    for path, value in fields.items():
        if isinstance(value, str) and tidy(value, 160):
            return tidy(f"{path}: {value}", 160)
    return f"Alert from {product}" if product else _NAMELESS
