"""Files of mappings: those that ship read real layouts, and the workspace's go before them."""

import json
from pathlib import Path
from typing import Any

import pytest

from triage_app.adapters.rules.mapping_files import MappingFiles
from triage_app.bootstrap import shipped_mappings
from triage_app.domain.alerts import parse_alert

ACME = """
name: acme
product: Acme Sensor
when: {acme_id: true}
fields:
  rule.name: what
"""

# Invented values in the products' layouts: the alert, and what a person should see.
SAMPLES: dict[str, tuple[dict[str, Any], str, str, dict[str, object]]] = {
    "guardduty": (
        {
            "accountId": "111122223333",
            "region": "eu-west-1",
            "id": "f1",
            "type": "UnauthorizedAccess:IAMUser/ConsoleLogin",
            "title": "Unusual console login",
            "severity": 8,
            "updatedAt": "2026-03-01T10:00:00Z",
            "service": {
                "detectorId": "d1",
                "action": {
                    "actionType": "AWS_API_CALL",
                    "awsApiCallAction": {"api": "ConsoleLogin", "remoteIpDetails": {"ipAddressV4": "203.0.113.7"}},
                },
            },
            "resource": {"accessKeyDetails": {"userName": "p.lund"}},
        },
        "Unusual console login — 203.0.113.7, p.lund",
        "high",
        {
            "cloud.account.id": "111122223333",
            "event.action": "ConsoleLogin",
            "rule.id": "UnauthorizedAccess:IAMUser/ConsoleLogin",
        },
    ),
    "security_hub": (
        {
            "ProductArn": "arn:aws:securityhub:eu-west-1::product/x/y",
            "GeneratorId": "gen/1",
            "Title": "Bucket is public",
            "Severity": {"Label": "HIGH", "Normalized": 70},
            "AwsAccountId": "111122223333",
            "UpdatedAt": "2026-03-01T10:00:00Z",
        },
        "Bucket is public",
        "high",
        {"rule.id": "gen/1", "cloud.account.id": "111122223333"},
    ),
    "microsoft_graph": (
        {
            "id": "al1",
            "title": "Sign-in from an anonymous address",
            "serviceSource": "microsoftDefenderForIdentity",
            "createdDateTime": "2026-03-01T10:00:00Z",
            "severity": "medium",
            "evidence": [
                {"userAccount": {"userPrincipalName": "p.lund@example.com"}},
                {"ipAddress": "203.0.113.9"},
                {"deviceDnsName": "pc-7.example.com"},
            ],
        },
        "Sign-in from an anonymous address — 203.0.113.9, p.lund@example.com on pc-7.example.com",
        "medium",
        {"event.id": "al1", "user.name": "p.lund@example.com"},
    ),
    "sentinel_incident": (
        {
            "name": "i1",
            "properties": {
                "incidentNumber": 77,
                "title": "Mass download",
                "severity": "High",
                "status": "New",
                "createdTimeUtc": "2026-03-01T10:00:00Z",
                "additionalData": {"tactics": ["Exfiltration"]},
            },
        },
        "Mass download",
        "high",
        {"event.id": 77, "threat.tactic.name": ("Exfiltration",)},
    ),
    "defender_hunting": (
        {
            "category": "AdvancedHunting-AlertInfo",
            "properties": {
                "AlertId": "a1",
                "ServiceSource": "Microsoft Sentinel",
                "Title": "Odd image load",
                "Severity": "High",
                "Timestamp": "2026-03-01T10:00:00Z",
            },
        },
        "Odd image load",
        "high",
        {"event.id": "a1"},
    ),
    "elastic_security": (
        {
            "_index": ".alerts-security",
            "_id": "x",
            "_source": {
                "@timestamp": "2026-03-01T10:00:00Z",
                "kibana.alert.rule.name": "Many failed logins",
                "kibana.alert.severity": "high",
                "kibana.alert.uuid": "u1",
                "host": {"name": "web01"},
                "source": {"ip": "203.0.113.4"},
                "user": {"name": "root"},
            },
        },
        "Many failed logins — 203.0.113.4, root on web01",
        "high",
        {"event.id": "u1"},
    ),
    "crowdstrike_detection": (
        {
            "FalconHostLink": "https://falcon.example/d/1",
            "DetectName": "Credential Theft",
            "Severity": 4,
            "ComputerName": "pc-7",
            "UserName": "p.lund",
            "UTCTimestamp": "2026-03-01 10:00:00Z",
            "CommandLine": "dump.exe lsass",
        },
        "Credential Theft — p.lund on pc-7",
        "high",
        {"process.command_line": "dump.exe lsass"},
    ),
    "carbon_black_alert": (
        {
            "org_key": "AB12",
            "device_id": 7,
            "alert_url": "https://cb.example/1",
            "reason": "A tool was run",
            "severity": 6,
            "device_name": "pc-7",
            "detection_timestamp": "2026-03-01T10:00:00Z",
        },
        "A tool was run — pc-7",
        "medium",
        {"host.name": "pc-7"},
    ),
    "alertmanager": (
        {
            "labels": {"alertname": "DiskFull", "severity": "warning", "instance": "db01:9100"},
            "annotations": {"description": "Less than 5 % left"},
            "startsAt": "2026-03-01T10:00:00Z",
            "fingerprint": "f00d",
            "status": {"state": "active"},
        },
        "DiskFull — db01:9100",
        "medium",
        {"event.id": "f00d", "rule.description": "Less than 5 % left"},
    ),
    "splunk_alert": (
        {
            "search_name": "Threat - Brute Force - Rule",
            "_time": "2026-03-01T10:00:00.000+00:00",
            "urgency": "critical",
            "src": "203.0.113.3",
            "dest": "192.0.2.5",
            "user": "root",
        },
        "Threat - Brute Force - Rule — 203.0.113.3 → 192.0.2.5, root",
        "critical",
        {"source.ip": "203.0.113.3"},
    ),
}
SAMPLES["guardduty_event"] = (
    {"detail-type": "GuardDuty Finding", "detail": SAMPLES["guardduty"][0]},
    *SAMPLES["guardduty"][1:],
)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_reads_its_product(name: str, tmp_path: Path) -> None:
    alert, subject, severity, fields = SAMPLES[name]
    parsed = parse_alert(json.dumps(alert).encode(), mappings=MappingFiles(tmp_path, shipped_mappings()).load())
    assert parsed.fields["event.module"] == name
    assert parsed.subject == subject
    assert parsed.severity.word == severity
    assert parsed.event_at is not None
    assert (parsed.event_at.month, parsed.event_at.hour) == (3, 10)
    assert {key: parsed.fields[key] for key in fields} == fields


def test_every_shipped_mapping_is_valid_and_has_a_sample(tmp_path: Path) -> None:
    mappings = MappingFiles(tmp_path, shipped_mappings()).load()
    assert mappings.problems == ()
    assert {each.name for each in mappings.all} == set(SAMPLES)
    assert {path.stem for path in shipped_mappings().glob("*.yaml")} == set(SAMPLES)


def test_the_workspace_adds_replaces_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    files = MappingFiles(tmp_path, shipped_mappings())
    assert "acme" not in [each.name for each in files.load().all]
    own = tmp_path / "mappings"
    own.mkdir()
    (own / "acme.yaml").write_text(ACME, encoding="utf-8")
    (own / "mine.yaml").write_text(ACME.replace("acme\n", "guardduty\n"), encoding="utf-8")
    mappings = files.load()
    assert [each.product for each in mappings.all][:2] == ["Acme Sensor"] * 2
    assert len([each for each in mappings.all if each.name == "guardduty"]) == 1
    assert files.load() is mappings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ACME.replace("what", "[1]"), "acme.yaml line 6: 'rule.name' must have a path"),
        ("name: [", "acme.yaml line 1"),
        ("", "acme.yaml line 1: A mapping is a map"),
        (ACME + "severity: tens\n", "acme.yaml line 7: There is no scale 'tens'"),
    ],
)
def test_a_file_with_mistakes_is_left_out_and_told(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "acme.yaml").write_text(text, encoding="utf-8")
    mappings = MappingFiles(tmp_path, shipped_mappings()).load()
    assert len(mappings.all) == len(SAMPLES)
    assert says in mappings.problems[0]
