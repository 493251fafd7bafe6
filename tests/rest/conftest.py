"""What the tests of the API share."""

from collections.abc import Iterator

import pytest

from tests.rest.servers import Client, serving
from triage_app.services.app import App


@pytest.fixture
def client(demo: App) -> Iterator[Client]:
    """A client of a server on the sample mail."""
    with serving(demo) as found:
        yield found
