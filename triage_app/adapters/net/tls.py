"""One policy for TLS: 1.3 unless a setting lowers the floor to 1.2, certificates and names always verified."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from triage_app.domain.errors import SourceFailed, Trouble

FLOORS: Final = {"1.3": ssl.TLSVersion.TLSv1_3, "1.2": ssl.TLSVersion.TLSv1_2}
"""The lowest versions that can be set, the default first."""

_EXPIRED = 10
_NOT_YET = 9
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
_OTHER_NAME = frozenset({62, 64})
_TOO_OLD = frozenset(
    {"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "NO_SHARED_CIPHER"}
)
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
_MOST_CAUSES = 20


def context(ca_file: str = "", floor: str = "1.3") -> ssl.SSLContext:
    """What a client speaks TLS with. With `ca_file`, only what that authority signed is trusted; else the system's.

    Raises SourceFailed where the file is not there or holds no certificate, or the floor is not one of `FLOORS`.
    """
    try:
        made = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise SourceFailed(
            Trouble.SETTINGS,
            f"The certificates in {ca_file} cannot be read ({error.strerror or error}). "
            "Name a file in PEM form that this program may read.",
        ) from error
    made.minimum_version = _floor(floor)
    return made


def server_context(certificate: Path, key: Path, floor: str = "1.3") -> ssl.SSLContext:
    """What a server of ours speaks TLS with: `certificate` is a PEM file of the chain. Raises SourceFailed."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.minimum_version = _floor(floor)
    try:
        made.load_cert_chain(certificate, key)
    except OSError as error:
        raise SourceFailed(
            Trouble.SETTINGS,
            f"The certificate {certificate} and its key {key} cannot be used ({error.strerror or error}). "
            "Name the two files of one certificate in PEM form, the key without a passphrase.",
        ) from error
    return made


def version(connection: object) -> str:
    """The negotiated version as it is shown, such as `TLS 1.3`; empty for a connection without TLS."""
    spoken = connection.version() if isinstance(connection, ssl.SSLSocket | ssl.SSLObject) else None
    return (spoken or "").replace("TLSv", "TLS ")


def failure(error: OSError, where: str = "the server") -> SourceFailed:
    """Why a connection to `where` failed, in words with a next step. The true cause is looked for behind wrappers."""
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return SourceFailed(Trouble.TLS, _distrust(cause, where))
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return SourceFailed(Trouble.NETWORK, f"{where} closed the connection. It is tried again by itself.")
    if isinstance(cause, ssl.SSLError):
        return SourceFailed(Trouble.TLS, _no_agreement(cause, where))
    return SourceFailed(Trouble.NETWORK, _unreachable(cause, where))


def refusal(error: ssl.SSLError, caller: str) -> str:
    """Why a caller of a server of ours was refused, for its log."""
    reason = error.reason or str(error)
    if reason in _TOO_OLD:
        return f"{caller} speaks no TLS that is new enough; the setting tls_floor = 1.2 allows the older version"
    if reason in _NO_TLS:
        return f"{caller} does not speak TLS"
    return f"TLS with {caller} failed ({reason})"


def _floor(floor: str) -> ssl.TLSVersion:
    try:
        return FLOORS[floor]
    except KeyError:
        raise SourceFailed(
            Trouble.SETTINGS, f"There is no TLS floor {floor!r}. Set it to {' or '.join(FLOORS)}."
        ) from None


def _distrust(error: ssl.SSLCertVerificationError, where: str) -> str:
    if error.verify_code == _EXPIRED:
        return f"The certificate of {where} has expired. Ask who runs the server to renew it."
    if error.verify_code == _NOT_YET:
        return f"The certificate of {where} is not valid yet. Check the clocks of both machines."
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return (
            f"The certificate of {where} was signed by itself or by an authority that is not trusted here. "
            "If it is your own authority, name its certificate in the setting ca_file."
        )
    if error.verify_code in _OTHER_NAME:
        return (
            f"The certificate of {where} is for another name. "
            "Set the host to a name in the certificate, or have a certificate made for this one."
        )
    return f"The certificate of {where} is not accepted ({error.verify_message}). Ask who runs the server to renew it."


def _no_agreement(error: ssl.SSLError, where: str) -> str:
    reason = error.reason or ""
    if reason in _TOO_OLD:
        return (
            f"{where} does not speak TLS 1.3. Have it brought up to date; "
            "until then, the setting tls_floor = 1.2 allows the older version for this source."
        )
    if reason in _NO_TLS:
        return f"{where} does not speak TLS on this port. Check the port and the security setting."
    return f"TLS with {where} failed ({reason or error}). Check the port and the server's TLS settings."


def _unreachable(error: BaseException, where: str) -> str:
    if isinstance(error, socket.gaierror):
        return f"The name of {where} is not known. Check the host setting, and whether this machine is online."
    if isinstance(error, ConnectionRefusedError):
        return f"{where} refuses the connection. Check the host and port settings, and whether the server runs."
    if isinstance(error, TimeoutError):
        return f"{where} did not answer in time. It is tried again by itself; check the network if it stays."
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return f"{where} broke the connection. It is tried again by itself."
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{where} cannot be reached ({said}). It is tried again by itself; check the network if it stays."


def _cause(error: BaseException) -> BaseException:
    """The first error that says something by its type, behind those that libraries wrapped it in."""
    told = (ssl.SSLError, socket.gaierror, ConnectionError, TimeoutError)
    for each in _behind(error):
        if isinstance(each, told) and type(each).__module__ in ("ssl", "socket", "builtins"):
            return each
    return error


def _behind(error: BaseException) -> Iterator[BaseException]:
    """An error and all that it holds or came from, each once."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting and len(seen) < _MOST_CAUSES:
        each = waiting.pop(0)
        if each in seen:
            continue
        seen.append(each)
        yield each
        held = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
        waiting += [other for other in held if isinstance(other, BaseException)]
