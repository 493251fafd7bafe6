"""A stand-in for the host that runs integrations of Cortex XSOAR: the names that it puts before a script, over HTTP."""

import runpy
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import requests


@dataclass(frozen=True, slots=True)
class CommandResults:
    """What a command hands to the host."""

    outputs_prefix: str
    outputs_key_field: str
    outputs: list[dict[str, Any]]
    raw_response: Any
    readable_output: str


class BaseClient:
    """Asks an HTTP API; raises for an answer that is not of the 200s, with its status and text, as the host does."""

    def __init__(self, base_url: str, *, verify: bool, proxy: bool, headers: Mapping[str, str]) -> None:
        self._base_url = base_url
        self._verify = verify
        self._session = requests.Session()
        self._session.trust_env = proxy
        self._session.headers.update(headers)

    def _http_request(self, method: str, url_suffix: str, json_data: Any = None) -> Any:
        answer = self._session.request(
            method, self._base_url + url_suffix, json=json_data, verify=self._verify, timeout=30
        )
        if not answer.ok:
            raise RuntimeError(f"Error in API call [{answer.status_code}] - {answer.text}")
        return answer.json()


def table_to_markdown(name: str, rows: list[dict[str, Any]], headers: list[str]) -> str:
    """A title and a table."""
    lines = [f"### {name}", "|" + "|".join(headers) + "|", "|" + " --- |" * len(headers)]
    return "\n".join([*lines, *("|" + "|".join(str(row[each]) for each in headers) + "|" for row in rows)])


@dataclass
class Host:
    """Runs a command of an integration with an instance's parameters; `error` is what it was told of a failure."""

    script: Path
    params: Mapping[str, Any]
    results: list[Any] = field(default_factory=list)
    error: str = ""

    def run(self, command: str, **args: str) -> "Host":
        """This host, with the results of a command."""
        demisto = ModuleType("demistomock")
        demisto.params = lambda: dict(self.params)  # type: ignore[attr-defined]
        demisto.command = lambda: command  # type: ignore[attr-defined]
        demisto.args = lambda: args  # type: ignore[attr-defined]
        common = ModuleType("CommonServerPython")
        vars(common).update(
            BaseClient=BaseClient,
            CommandResults=CommandResults,
            tableToMarkdown=table_to_markdown,
            return_results=self.results.append,
            return_error=lambda message: setattr(self, "error", message),
        )
        names = {"demistomock": demisto, "CommonServerPython": common}
        try:
            sys.modules.update(names)
            runpy.run_path(str(self.script), run_name="__main__")
        finally:
            for name in names:
                del sys.modules[name]
        return self

    @property
    def context(self) -> dict[str, Any]:
        """What a playbook finds: below the prefix the rows, and of each field the list of its values."""
        (found,) = self.results
        rows = found.outputs
        return {f"{found.outputs_prefix}.{name}": [row[name] for row in rows] for name in rows[0]}
