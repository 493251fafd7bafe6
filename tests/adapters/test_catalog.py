"""What every built-in connector declares."""

from tests.fakes.box import MemorySecrets
from tests.kinds import every_connector
from triage_app.adapters.catalog import SCOPES, outlets, sign_ins
from triage_app.adapters.clock import system_clock
from triage_app.adapters.net.tokens import Tokens
from triage_app.adapters.runner import ThreadRunner
from triage_app.domain.mailbox import MAILBOX_FIELDS
from triage_app.domain.oauth import OAUTH_FIELDS
from triage_app.domain.source import FieldKind

CONNECTORS = every_connector()


def test_each_kind_is_there_once_and_says_what_it_is() -> None:
    kinds = [each.manifest.kind for each in CONNECTORS]
    assert len(set(kinds)) == len(kinds)
    for each in CONNECTORS:
        assert each.manifest.title
        assert each.manifest.summary.endswith(".")


def test_whoever_asks_how_to_sign_in_by_oauth_can_be_signed_in_to() -> None:
    by_oauth = {each.manifest.kind for each in CONNECTORS if {*OAUTH_FIELDS} <= {*each.manifest.fields}}
    assert by_oauth == set(sign_ins(system_clock, ThreadRunner().wait)) == set(SCOPES)


def test_whoever_asks_about_mail_that_goes_out_has_a_way_out() -> None:
    by_mailbox = {each.manifest.kind for each in CONNECTORS if {*MAILBOX_FIELDS} <= {*each.manifest.fields}}
    assert by_mailbox == set(outlets(Tokens(MemorySecrets(), system_clock, SCOPES)))


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
