"""What tests of verbs may use."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.parcels import prepare_parcels
from tests.workspaces import opened
from triage_app.services.app import App


@pytest.fixture(scope="session")
def prepared_parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of a few mails, imported once."""
    folder = tmp_path_factory.mktemp("parcels") / "workspace"
    prepare_parcels(folder)
    return folder


@pytest.fixture
def parcels(prepared_parcels: Path, tmp_path: Path) -> Iterator[App]:
    """An App on a copy of it."""
    folder = tmp_path / "parcels"
    shutil.copytree(prepared_parcels, folder)
    with opened(folder) as app:
        yield app
