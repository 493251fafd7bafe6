"""Sockets that wait for callers."""

import errno
import ipaddress
import socket

from triage_app.domain.errors import InvalidInput

WAITING = 512


def bound(host: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """A socket on an address of this machine; port 0 takes a free one. Raises OSError, `socket.gaierror` where the host
    is no address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is no name") from error
    family, _, protocol, _, address = found[0]
    made = socket.socket(family, kind, protocol)
    try:
        if kind is socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        if kind is socket.SOCK_STREAM:
            made.listen(WAITING)
    except OSError:
        made.close()
        raise
    return made


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address of this machine; port 0 takes a free one. Raises InvalidInput."""
    try:
        return bound(host, port)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise InvalidInput(f"{host} is no address of this machine. Give one that is, as the host.") from error
        raise InvalidInput(
            f"{host} port {port} cannot be listened on ({error.strerror or error}). Choose another port, or stop the "
            "program that uses it."
        ) from error


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
