"""Errors carry a sentence and a code."""

from triage_app.domain import errors
from triage_app.domain.errors import TriageError


def tree() -> list[type[TriageError]]:
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, TriageError)]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.code for each in tree()]
    assert len(set(codes)) == len(codes) > 5


def test_the_message_is_the_sentence() -> None:
    assert errors.NotFound("There is no ticket 7.").message == "There is no ticket 7."
