import pytest

from triage_app.domain.token import Scope
from triage_app.rest.scopes import SCOPES, scope_of
from triage_app.services.registry import VERBS, Verb, verb_named


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_has_a_scope(verb: Verb) -> None:
    assert verb.name in SCOPES
    if verb.is_command:
        assert scope_of(verb) is not Scope.READ


def test_only_verbs_have_scopes() -> None:
    assert sorted(set(SCOPES) - {verb.name for verb in VERBS}) == []


def test_a_verb_without_a_line_needs_the_highest() -> None:
    assert scope_of(Verb("unheard of", verb_named("views").type)) is Scope.ADMIN
