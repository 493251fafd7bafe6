"""The API is what its document says: checked by schemathesis, and by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.rest.servers import Client, serving
from tests.workspaces import opened, prepare_demo
from triage_app.domain.errors import InvalidInput
from triage_app.domain.token import Scope
from triage_app.rest.failures import Refused
from triage_app.rest.schema import ROOT, command_of, openapi, path_of
from triage_app.services.commands import CloseTicket
from triage_app.services.registry import VERBS, verb_named

CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SLOW = {"train", "evaluate", "demo", "import", "sync", "dedup simulate", "dedup gaps"}
"""What takes long, or reads files that a generated name could name."""


def test_every_verb_has_a_path_of_its_own() -> None:
    paths = openapi()["paths"]
    assert len({path_of(verb) for verb in VERBS}) == len(VERBS)
    assert {path_of(verb) for verb in VERBS} <= set(paths)
    assert all(path.startswith(ROOT) for path in paths)


def test_a_body_becomes_the_command() -> None:
    assert command_of(verb_named("close"), b'{"id": 3, "verdict": "test"}') == CloseTicket(3, verdict="test")  # type: ignore[arg-type]
    assert command_of(verb_named("views"), b"") == verb_named("views").type()


@pytest.mark.parametrize(
    "body", [b'{"id": 3}', b'{"id": true, "verdict": "test"}', b'{"id": 3, "verdict": "?"}', b'{"x": 1}', b"[]"]
)
def test_what_does_not_fit_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="close"):
        command_of(verb_named("close"), body)


def test_what_is_no_json_is_refused_as_such() -> None:
    with pytest.raises(Refused) as refused:
        command_of(verb_named("close"), b"{")
    assert refused.value.status == 400


# ------------------------------------------------------------------------------------------------- schemathesis

DOCUMENT = schemathesis.openapi.from_dict(openapi())
LEFT_OUT = {path_of(verb) for verb in VERBS if verb.name in SLOW} | {f"{ROOT}/events"}
OPERATIONS = {
    operation.path: operation
    for operation in (each.ok() for each in DOCUMENT.get_all_operations() if isinstance(each, Ok))
    if operation.path not in LEFT_OUT
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("api")
    prepare_demo(folder)
    with opened(folder) as app, serving(app) as found:
        yield found


def scope_in(operation: Any) -> str:
    """The scope that the document says is needed."""
    text = f"{operation.definition.raw.get('description')} {operation.definition.raw.get('summary')}"
    return next((scope.value for scope in Scope if f"`{scope}`" in text), "read")


def modes() -> Iterator[tuple[str, GenerationMode]]:
    """Each path with what fits its description and, where there is something to get wrong, what does not."""
    for path, operation in sorted(OPERATIONS.items()):
        yield path, GenerationMode.POSITIVE
        if operation.method == "post":
            yield path, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("path", "mode"), list(modes()))
def test_no_answer_is_undocumented(path: str, mode: GenerationMode, client: Client) -> None:
    operation = OPERATIONS[path]
    headers = {"Authorization": f"Bearer {client.tokens[scope_in(operation)]}"}

    @settings(max_examples=8, database=None, phases=(Phase.explicit, Phase.generate))
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        answer = case.call(base_url=client.base.removesuffix(ROOT), headers=headers)
        assert answer.status_code < 500
        case.validate_response(answer, checks=CHECKED)

    check()
