"""Sockets that wait for callers."""

import ipaddress
import socket

from triage_app.domain.errors import InvalidInput

WAITING = 512


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address of this machine; port 0 takes a free one. Raises InvalidInput."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise InvalidInput(f"{host} is no address of this machine. Give one with --host.") from error
    family, kind, protocol, _, address = found[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(WAITING)
    except OSError as error:
        made.close()
        raise InvalidInput(
            f"{host} port {port} cannot be listened on ({error.strerror or error}). Choose another with --port, "
            "or stop the program that uses it."
        ) from error
    return made


def is_loopback(host: str) -> bool:
    """Whether only this machine can call this address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def own_names() -> frozenset[str]:
    """The names that this machine gives itself; no server is asked for them."""
    return frozenset({socket.gethostname().lower()})
