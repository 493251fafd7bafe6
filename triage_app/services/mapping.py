"""How pasted alerts would be read: by which mapping, into which fields, and what has no name in ECS."""

from triage_app.domain import ecs
from triage_app.domain.alerts import parse_alert
from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import FieldValue
from triage_app.domain.mapping import Mappings
from triage_app.domain.pushed import pushed_alerts
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import FieldRow, MappedAlert, MappingPreview, PreviewMapping

OWN = frozenset({"event.code", "event.dataset", "event.module", "observer.product", "observer.vendor"})
"""Names in ECS that the program gives of itself."""

MOST = 50
"""Alerts of a sample that are shown."""


def preview(query: PreviewMapping, _uow: UnitOfWork, ports: Ports, context: Context) -> MappingPreview:
    """Read the sample as intake would. Raises InvalidInput for a sample that is empty or holds too many alerts."""
    text = query.text.strip()
    if not text:
        raise InvalidInput("There is no alert to map. Give one alert as the product sends it.")
    mappings = ports.mappings.load()
    # JSON is taken apart as the intake takes it; everything else is log lines.
    samples = pushed_alerts(text.encode()) if text[0] in "{[" else tuple(text.encode().splitlines())
    if len(samples) > MOST:
        raise InvalidInput(f"The sample holds {len(samples)} alerts; at most {MOST} are shown. Give fewer.")
    alerts = tuple(_mapped(each, mappings, context) for each in samples if each.strip())
    return MappingPreview(alerts, tuple(each.name for each in mappings.all), mappings.problems)


def _mapped(sample: bytes, mappings: Mappings, context: Context) -> MappedAlert:
    parsed = parse_alert(sample, near=context.now, mappings=mappings)
    known = OWN.union(name for mapping in mappings.all for name, _ in mapping.fields)
    mapped: list[FieldRow] = []
    others: list[FieldRow] = []
    for name, value in parsed.fields.items():
        (mapped if name in known or ecs.is_name(name) else others).append(FieldRow(name, _shown(value)))
    return MappedAlert(
        mapping=_shown(parsed.fields.get("event.module", "")),
        product=str(parsed.sender or ""),
        subject=parsed.subject,
        severity=parsed.severity,
        event_at=parsed.event_at,
        fields=tuple(mapped),
        unmapped=tuple(others),
        defects=tuple(each.detail for each in parsed.defects),
    )


def _shown(value: FieldValue) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
