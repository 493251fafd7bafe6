"""The API's words from the registry: what each verb takes, and the OpenAPI document of all of it."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from triage_app import __version__
from triage_app.domain.changes import ChangeSet
from triage_app.domain.errors import InvalidInput
from triage_app.rest.failures import JSON, Failed, Failure, Refused
from triage_app.rest.scopes import scope_of
from triage_app.services.context import Progress
from triage_app.services.push_commands import Post
from triage_app.services.registry import VERBS, Verb

ROOT = "/api/v1"
LINES = "application/x-ndjson"
EVENTS = "text/event-stream"
_LARGEST = 2**53 - 1
_NUMBER = msgspec.Meta(ge=-_LARGEST, le=_LARGEST)
"""Whole numbers that every client can hold."""

_REFUSALS = {
    400: "The body is no JSON, or the request no HTTP.",
    401: "The token is missing, unknown or revoked.",
    403: "The token does not have the scope.",
    404: "What is named does not exist.",
    408: "The request was not sent in time.",
    409: "The thing is not in a state that allows this.",
    413: "The request is too large.",
    421: "The Host header names another server.",
    422: "A field is missing, unknown, or not of the form that is needed.",
    429: "Too many requests; Retry-After says when to come back.",
    500: "Nobody foresaw this; the server's log has the details.",
    502: "A source failed.",
    503: "The database, the keyring or the workers are not to be had at the moment.",
}


class Health(msgspec.Struct):
    """The server is there."""

    version: str


class Me(msgspec.Struct):
    """Whose token it is, and what it allows."""

    user: str
    scopes: tuple[str, ...]
    source: str


class Line(msgspec.Struct, omit_defaults=True):
    """One line of an answer as `application/x-ndjson`: progress any number of times, then the value or the error."""

    progress: Progress | None = None
    value: Any = None
    error: Failure | None = None


def path_of(verb: Verb) -> str:
    """The path of a verb: its words with hyphens."""
    return f"{ROOT}/{'commands' if verb.is_command else 'queries'}/{verb.name.replace(' ', '-')}"


@cache
def fields_of(verb: Verb) -> type[msgspec.Struct]:
    """What a verb's body holds: its fields, and no other."""
    hints = get_type_hints(verb.type)
    fields: list[Any] = []
    for each in verb.arguments:
        hint: Any = _bounded(hints[each.name])
        kind: Any = Annotated[hint, msgspec.Meta(description=each.help)]
        fields.append((each.name, kind) if each.default is MISSING else (each.name, kind, each.default))
    return msgspec.defstruct(verb.type.__name__, fields, kw_only=True, forbid_unknown_fields=True, module=__name__)


def command_of(verb: Verb, body: bytes) -> Any:
    """The command or query from a body; nothing is an empty object. Raises Refused (400) and InvalidInput."""
    kind = fields_of(verb)
    try:
        found = msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"{verb.name}: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, InvalidInput(f"The body is no JSON: {error}.")) from error
    return verb.type(**{each.name: getattr(found, each.name) for each in verb.arguments})


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    kinds: list[Any] = [Failed, Health, Me, Line, ChangeSet, Post]
    kinds += [fields_of(verb) for verb in VERBS] + [verb.answer for verb in VERBS]
    made, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    schemas, components = _without_prefixes(made), _without_prefixes(components)
    named = dict(zip(map(_key, kinds), schemas, strict=True))
    paths: dict[str, Any] = {path_of(verb): {"post": _operation(verb, named)} for verb in VERBS}
    paths |= _others(named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Triage",
            "version": __version__,
            "description": "Commands and queries on one workspace, the same as those of the command line.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(verb: Verb, named: Mapping[Any, Any]) -> dict[str, Any]:
    value = named[_key(verb.answer)]
    return {
        "operationId": verb.type.__name__,
        "summary": verb.help.split("\n", 1)[0],
        "description": f"{' '.join(verb.help.split())} Needs the scope `{scope_of(verb)}`.",
        "requestBody": {
            "required": any(each.default is MISSING for each in verb.arguments),
            "content": {JSON: {"schema": named[_key(fields_of(verb))]}},
        },
        "responses": {
            "200": {"description": "Done.", "content": {JSON: {"schema": value}, LINES: {"schema": named[_key(Line)]}}},
            **_refusals(named, _REFUSALS),
        },
    }


def _others(named: Mapping[Any, Any]) -> dict[str, Any]:
    alert = {"type": "object", "description": "An alert, as its product writes it."}
    usual = (401, 403, 421, 429, 500, 503)

    def answer(schema: Any, media: str = JSON) -> dict[str, Any]:
        return {"200": {"description": "Here it is.", "content": {media: {"schema": schema}}}}

    return {
        f"{ROOT}/alerts": {
            "post": {
                "operationId": "pushAlerts",
                "summary": "Take alerts: one, an array, or one a line.",
                "description": "Needs the scope `intake`; the alerts belong to the token's source. The answer comes "
                "when they are safe. A post with the `Idempotency-Key` of an earlier one is not taken twice.",
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": False,
                        "description": "The same for each attempt to send the same alerts.",
                        "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
                    }
                ],
                "requestBody": {
                    "required": True,
                    "content": {JSON: {"schema": {"oneOf": [alert, {"type": "array", "items": alert}]}}},
                },
                "responses": {**answer(named[_key(Post)]), **_refusals(named, (400, 408, 409, 413, 422, *usual))},
            }
        },
        f"{ROOT}/events": {
            "get": {
                "operationId": "events",
                "summary": "What changes, as server-sent events: each `data` line is a ChangeSet. Needs `read`.",
                "responses": {
                    **answer({"type": "string"}, EVENTS),
                    **_refusals(named, usual),
                },
            }
        },
        f"{ROOT}/me": {
            "get": {
                "operationId": "me",
                "summary": "Whose token it is, and what it allows.",
                "responses": {**answer(named[_key(Me)]), **_refusals(named, usual)},
            }
        },
        f"{ROOT}/health": {
            "get": {
                "operationId": "health",
                "summary": "Whether the server is there. Needs no token.",
                "security": [],
                "responses": {**answer(named[_key(Health)]), **_refusals(named, (421, 500))},
            }
        },
        f"{ROOT}/openapi.json": {
            "get": {
                "operationId": "openapi",
                "summary": "This document. Needs no token.",
                "security": [],
                "responses": {**answer({"type": "object"}), **_refusals(named, (421, 500))},
            }
        },
    }


def _refusals(named: Mapping[Any, Any], statuses: Iterable[int]) -> dict[str, Any]:
    content = {JSON: {"schema": named[_key(Failed)]}}
    return {str(each): {"description": _REFUSALS[each], "content": content} for each in statuses}


def _without_prefixes(schema: Any) -> Any:
    """Pairs as arrays of two whose entries are of either kind: many tools do not understand kinds by position."""
    if isinstance(schema, dict):
        plain = {name: _without_prefixes(each) for name, each in schema.items() if name != "prefixItems"}
        return (
            plain | {"items": {"anyOf": _without_prefixes(schema["prefixItems"])}} if "prefixItems" in schema else plain
        )
    return [_without_prefixes(each) for each in schema] if isinstance(schema, list | tuple) else schema


def _key(kind: Any) -> str:
    return f"{getattr(kind, '__module__', '')}.{kind!r}"


def _bounded(hint: Any) -> Any:
    """A type whose whole numbers have bounds, wherever they stand in it."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        parts = [_bounded(each) for each in get_args(hint) if each is not NoneType]
        return Union[(*parts, *([None] if NoneType in get_args(hint) else []))]
    if origin is tuple:
        return tuple[tuple(each if each is Ellipsis else _bounded(each) for each in get_args(hint))]  # type: ignore[misc]
    if getattr(hint, "__supertype__", hint) is int:
        return Annotated[int, _NUMBER]
    return hint
