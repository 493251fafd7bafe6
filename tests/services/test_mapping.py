"""The preview of a mapping, over the command's own door."""

from pathlib import Path

import pytest

from triage_app.cli.render import to_text
from triage_app.domain.errors import InvalidInput
from triage_app.domain.ticket import Severity
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles
from triage_app.services.queries import GetTicket, ListTickets, PreviewMapping

ALERT = (
    '{"labels": {"alertname": "DiskFull", "severity": "warning"}, "startsAt": "2026-03-01T10:00:00Z", "odd": {"x": 1}}'
)


def test_a_sample_shows_its_mapping_fields_and_what_is_left(empty: App) -> None:
    answer = empty.ask(PreviewMapping(ALERT))
    (alert,) = answer.alerts
    assert (alert.mapping, alert.product, alert.subject) == ("alertmanager", "Alertmanager", "DiskFull")
    assert alert.severity is Severity.MEDIUM
    assert ("rule.name", "DiskFull") in [(each.name, each.value) for each in alert.fields]
    assert [(each.name, each.value) for each in alert.unmapped] == [("odd.x", "1")]
    assert "alertmanager" in answer.mappings
    shown = to_text(answer)
    assert "mapping   alertmanager" in shown
    assert "not mapped:\n  odd.x  1" in shown


def test_several_alerts_and_lines_of_a_log(empty: App) -> None:
    assert len(empty.ask(PreviewMapping(f"[{ALERT}, {ALERT}]")).alerts) == 2
    line = "CEF:0|Acme|Wall|1|7|Port scan|8|src=203.0.113.5"
    (alert,) = empty.ask(PreviewMapping(line)).alerts
    assert (alert.mapping, alert.subject) == ("cef", "Port scan — 203.0.113.5")


def test_a_product_that_nothing_is_known_of_is_read_by_its_keys(empty: App) -> None:
    (alert,) = empty.ask(PreviewMapping('{"title": "Scan"}')).alerts
    assert (alert.mapping, alert.subject) == ("", "Scan")
    assert "none: read by its keys" in to_text(empty.ask(PreviewMapping('{"title": "Scan"}')))


def test_a_mapping_of_the_workspace_is_used_at_intake_too(empty: App, tmp_path: Path) -> None:
    own = tmp_path / "workspace" / "mappings"
    own.mkdir()
    (own / "acme.yaml").write_text(
        "{name: acme, product: Acme Sensor, when: {acme_id: true}, fields: {rule.name: what}}", encoding="utf-8"
    )
    (tmp_path / "alerts.jsonl").write_text('{"acme_id": 7, "what": "Odd login"}\n', encoding="utf-8")
    empty.execute(ImportFiles((str(tmp_path / "alerts.jsonl"),)))
    (ticket,) = empty.ask(ListTickets(view="all")).tickets
    assert (ticket.subject, ticket.sender) == ("Odd login", "Acme Sensor")
    (message,) = empty.ask(GetTicket(ticket.id)).messages
    assert ("event.module", "acme") in message.fields


def test_a_sample_must_hold_something_and_not_too_much(empty: App) -> None:
    with pytest.raises(InvalidInput, match="no alert to map"):
        empty.ask(PreviewMapping(" \n"))
    with pytest.raises(InvalidInput, match="at most 50"):
        empty.ask(PreviewMapping(f"[{','.join([ALERT] * 51)}]"))
