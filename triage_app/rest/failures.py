"""Errors over the API: one shape, and a status for each kind."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from triage_app.domain.errors import (
    AccessDenied,
    AnalysisFailed,
    Cancelled,
    DocumentFailed,
    InvalidInput,
    InvalidRules,
    InvalidState,
    ModelRefused,
    NotFound,
    OutgoingRefused,
    OutgoingUnsure,
    SecretsUnavailable,
    ServerUnreachable,
    SourceFailed,
    StorageFailed,
    TooMuch,
    TooWide,
    TrainingFailed,
    TriageError,
)

JSON = "application/json"

STATUS: Mapping[type[TriageError], int] = {
    InvalidInput: 422,
    InvalidState: 409,
    Cancelled: 409,
    NotFound: 404,
    AccessDenied: 403,
    TooMuch: 429,
    TooWide: 422,
    ModelRefused: 422,
    TrainingFailed: 422,
    SourceFailed: 502,
    OutgoingRefused: 502,
    OutgoingUnsure: 502,
    ServerUnreachable: 502,
    SecretsUnavailable: 503,
    AnalysisFailed: 503,
    DocumentFailed: 503,
    StorageFailed: 503,
}
"""The status of each kind; that of a narrower kind is its parent's, and 500 is what nobody foresaw."""


class Failure(msgspec.Struct, omit_defaults=True):
    """What went wrong: a stable code and a sentence; each problem of rules by line; a source's kind of trouble."""

    code: str
    message: str
    problems: tuple[tuple[int, str], ...] = ()
    trouble: str = ""


class Failed(msgspec.Struct):
    """The one shape of an error."""

    error: Failure


class Refused(Exception):
    """A request that is not carried out, with the status that says why."""

    def __init__(self, status: int, error: TriageError, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.error = error
        self.headers = dict(headers or {})
        super().__init__(error.message)


def failure_of(error: TriageError) -> Failure:
    """An error as it is sent."""
    problems = error.problems if isinstance(error, InvalidRules) else ()
    trouble = error.trouble.value if isinstance(error, SourceFailed) else ""
    return Failure(error.code, error.message, problems, trouble)


def status_of(error: TriageError) -> int:
    """The status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def response_of(error: TriageError, status: int = 0, headers: Mapping[str, str] | None = None) -> Response:
    """An error as an answer."""
    return Response(
        encoded(Failed(failure_of(error))), status or status_of(error), headers=dict(headers or {}), media_type=JSON
    )


def encoded(value: Any) -> bytes:
    """JSON of any answer; lone surrogates lose a character rather than fail."""
    try:
        return msgspec.json.encode(value, enc_hook=_sequence)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value, enc_hook=_sequence), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def _sequence(value: Any) -> Any:
    """Long lists of ids are arrays of numbers, which msgspec does not know."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")
