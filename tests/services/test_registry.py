"""Names of commands and queries."""

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.services.commands import CloseTicket
from triage_app.services.registry import verb_named, verb_of


def test_a_verb_is_found_by_name_and_by_type() -> None:
    assert verb_named("close").type is CloseTicket
    assert verb_of(CloseTicket).name == "close"


def test_what_is_not_registered_is_named() -> None:
    with pytest.raises(InvalidInput, match="clsoe"):
        verb_named("clsoe")
    with pytest.raises(InvalidInput, match="int"):
        verb_of(int)
