import pytest

from triage_app.adapters.net.listening import is_loopback, listen, own_names
from triage_app.domain.errors import InvalidInput


def test_a_port_is_taken_once() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(InvalidInput, match="--port"):
        listen("127.0.0.1", first.getsockname()[1])
    with pytest.raises(InvalidInput, match="--host"):
        listen("nonsense.invalid", 0)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("desk", False)],
)
def test_loopback_is_known(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_machine_has_a_name() -> None:
    assert all(own_names())
