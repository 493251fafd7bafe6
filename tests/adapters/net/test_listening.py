import socket

import pytest

from triage_app.adapters.net.listening import bound, is_loopback, listen, own_names
from triage_app.domain.errors import InvalidInput


def test_a_port_is_taken_once() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(InvalidInput, match="another port"):
        listen("127.0.0.1", first.getsockname()[1])


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.1"])
def test_only_addresses_of_this_machine_are_listened_on(host: str) -> None:
    with pytest.raises(InvalidInput, match=f"{host} is no address of this machine"):
        listen(host, 0)


def test_datagrams_have_ports_of_their_own() -> None:
    with bound("127.0.0.1", 0) as stream, bound("127.0.0.1", stream.getsockname()[1], socket.SOCK_DGRAM) as datagrams:
        assert datagrams.type == socket.SOCK_DGRAM
        with pytest.raises(OSError, match="in use"):
            bound("127.0.0.1", datagrams.getsockname()[1], socket.SOCK_DGRAM)
    with pytest.raises(socket.gaierror):
        bound("x" * 64 + ".invalid", 0)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("desk", False)],
)
def test_loopback_is_known(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_machine_has_a_name() -> None:
    assert all(own_names())
