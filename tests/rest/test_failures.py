from array import array
from collections.abc import Iterator

import msgspec
import pytest

from triage_app.domain.errors import (
    InvalidObservable,
    InvalidRules,
    NothingToUndo,
    SourceFailed,
    TriageError,
    Trouble,
    Unexpected,
)
from triage_app.rest.failures import Failed, encoded, failure_of, response_of, status_of


def all_errors(kind: type[TriageError] = TriageError) -> Iterator[type[TriageError]]:
    for each in kind.__subclasses__():
        yield each
        yield from all_errors(each)


@pytest.mark.parametrize("kind", list(all_errors()), ids=lambda kind: kind.code)
def test_only_what_nobody_foresaw_is_500(kind: type[TriageError]) -> None:
    error = kind.__new__(kind)
    assert (status_of(error) == 500) is (kind is Unexpected)


def test_a_narrow_error_has_the_status_of_its_kind() -> None:
    assert status_of(InvalidObservable("x")) == 422
    assert status_of(NothingToUndo("x")) == 409


def test_an_error_keeps_what_it_knows() -> None:
    failure = failure_of(InvalidRules([(3, "no")]))
    assert (failure.code, failure.problems) == ("invalid_rules", ((3, "no"),))
    assert failure_of(SourceFailed(Trouble.TLS, "no")).trouble == "tls"
    answer = response_of(SourceFailed(Trouble.TLS, "no"))
    assert answer.status_code == 502
    assert msgspec.json.decode(bytes(answer.body), type=Failed).error.message == "no"


def test_arrays_and_broken_texts_are_sent() -> None:
    assert encoded({"ids": array("q", [1, 2])}) == b'{"ids":[1,2]}'
    assert encoded({"a": "x\ud800"}) == b'{"a":"x?"}'
    with pytest.raises(NotImplementedError):
        encoded(object())
