"""Log entries of long commands, also of those that failed."""

import json
from pathlib import Path

import pytest

from triage_app.domain.errors import NotFound
from triage_app.domain.labels import ModelId
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles
from triage_app.services.inverse import Inverse
from triage_app.services.journal import decode_inverse, encode_inverse
from triage_app.services.queries import ListAudit


def test_an_import_is_logged_with_its_figures(empty: App, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nhello\n")
    empty.execute(ImportFiles((str(tmp_path / "a.eml"),)))
    entry = empty.ask(ListAudit()).entries[0]
    assert json.loads(entry.arguments) == {"paths": [str(tmp_path / "a.eml")]}
    assert json.loads(entry.result)["ticketed"] == 1


def test_a_failed_import_is_logged_with_its_code(empty: App) -> None:
    with pytest.raises(NotFound):
        empty.execute(ImportFiles(("/nowhere",)))
    entry = empty.ask(ListAudit()).entries[0]
    assert (entry.command, json.loads(entry.result)) == ("import", {"error": "not_found"})


def test_an_inverse_survives_the_log() -> None:
    inverse = Inverse(model=ModelId("category-1"))
    assert decode_inverse(encode_inverse(inverse)) == inverse
