"""What every built-in connector declares."""

from triage_app.adapters.catalog import connectors
from triage_app.adapters.clock import system_clock
from triage_app.adapters.files.reader import FilesReader
from triage_app.domain.source import FieldKind

CONNECTORS = connectors(FilesReader(), system_clock)


def test_each_kind_is_there_once_and_says_what_it_is() -> None:
    kinds = [each.manifest.kind for each in CONNECTORS]
    assert len(set(kinds)) == len(kinds)
    for each in CONNECTORS:
        assert each.manifest.title
        assert each.manifest.summary.endswith(".")


def test_each_field_is_there_once_and_its_default_is_one_that_may_be_given() -> None:
    for each in CONNECTORS:
        names = [field.name for field in each.manifest.fields]
        assert len(set(names)) == len(names), each.manifest.kind
        for field in each.manifest.fields:
            assert field.title, field.name
            assert field.help, field.name
            assert "=" not in field.name, field.name
            if field.kind is FieldKind.CHOICE:
                assert field.default in field.choices, field.name
            if field.kind is FieldKind.FLAG:
                assert field.default in ("yes", "no"), field.name
            if field.kind is FieldKind.NUMBER and field.default:
                assert field.low <= int(field.default) <= field.high, field.name
