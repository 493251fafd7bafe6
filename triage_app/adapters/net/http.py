"""The one door to HTTP: verified TLS, time-outs, bounded answers, no redirect elsewhere, no secret in a message."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret

CONNECT: Final = 10.0
READ: Final = 30.0
TOTAL: Final = 120.0
MOST: Final = 32_000_000
"""Bytes of one answer, after unpacking."""

TRIES: Final = 3
MOST_REDIRECTS: Final = 3
LONGEST_PAUSE: Final = 20.0
"""A server that asks for more patience than this is left to the next poll."""

_AGAIN = frozenset({429, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_EXCERPT = 200
_TOKENS = re.compile(
    r"(?i)\b(bearer|basic|apikey|splunk)\s+[A-Za-z0-9+/=._~-]{6,}"
    r"|((?:access_|refresh_|device_)?(?:token|code|secret|password|assertion)\"?\s*[=:]\s*\"?)[^\"&\s,}]{4,}"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two bytes and for a whole call with its retries; the most bytes of an answer."""

    connect: float = CONNECT
    read: float = READ
    total: float = TOTAL
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. Header names are in any case. `where` names the server for messages."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    where: str

    def json(self) -> Any:
        """The JSON value in the body; raises SourceFailed for anything else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise SourceFailed(
                Trouble.PROTOCOL,
                f"{self.where} did not answer in JSON. Check that the address is that of its API, not of a web page.",
            ) from error

    def object(self) -> dict[str, Any]:
        """The JSON object in the body; raises SourceFailed for anything else."""
        found = self.json()
        if not isinstance(found, dict):
            raise SourceFailed(
                Trouble.PROTOCOL, f"{self.where} answered with JSON of another shape. Check the address of its API."
            )
        return found


class TooLong(SourceFailed):
    """An answer has more bytes than are taken."""


class Unanswered(SourceFailed):
    """A call may have arrived, but no whole answer came: nobody can tell whether it was carried out."""


class Client:
    """Calls to one server. Used by one thread.

    `address` is the base that paths are joined to: https, or http to this machine alone. `headers` go with every call;
    values that are secrets are never shown. `proxy` is used only where it is given; the environment says nothing.
    `secrets` are others that no message may hold. `stopped` tells that waiting between two tries is to end.
    """

    def __init__(
        self,
        address: str,
        *,
        headers: Mapping[str, str | Secret] | None = None,
        ca_file: str = "",
        floor: str = "1.3",
        proxy: str = "",
        secrets: Iterable[Secret] = (),
        limits: Limits = Limits(),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._base = address.rstrip("/") + "/"
        self._origin = _origin(self._base)
        self._where = _where(self._base)
        self._headers = dict(headers or {})
        self._secrets = [*secrets, *(each for each in self._headers.values() if isinstance(each, Secret))]
        self._limits = limits
        self.stopped = stopped
        # It takes a tenth of the time in which the program starts, and a workspace may have no source that needs it.
        from triage_app.adapters.net.exchange import Exchange  # noqa: PLC0415

        self._exchange = Exchange(self._where, limits, ca_file=ca_file, floor=floor, proxy=proxy)

    @property
    def tls(self) -> str:
        """The version of TLS that was negotiated last, such as `TLS 1.3`."""
        return self._exchange.tls

    @property
    def where(self) -> str:
        """The server's name and port, for messages."""
        return self._where

    def get(
        self,
        path: str = "",
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str | Secret] | None = None,
        accept: Iterable[int] = (),
    ) -> Answer:
        """What lies at a path below the base, or at a whole address on the same server. Tried again where that helps.

        A status outside 200 to 299 that is not in `accept` raises SourceFailed."""
        return self._call("GET", path, again=True, accept=accept, headers=headers, params=params)

    def post(
        self,
        path: str = "",
        *,
        body: Any = None,
        form: Mapping[str, str | Secret] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str | Secret] | None = None,
        again: bool = False,
        accept: Iterable[int] = (),
    ) -> Answer:
        """Send JSON, or a form, or bytes as they are. `again` says that it only asks, and may be sent twice."""
        plain = {name: _plain(value) for name, value in form.items()} if form is not None else content
        known = [value for value in (form or {}).values() if isinstance(value, Secret)]
        return self._call(
            "POST", path, again=again, accept=accept, headers=headers, secrets=known, json=body, data=plain
        )

    def patch(
        self, path: str, *, body: Any, headers: Mapping[str, str | Secret] | None = None, accept: Iterable[int] = ()
    ) -> Answer:
        """Set fields of something to the values in this JSON; sent again where that helps."""
        return self._call("PATCH", path, again=True, accept=accept, headers=headers, json=body)

    def delete(
        self,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str | Secret] | None = None,
        accept: Iterable[int] = (),
    ) -> Answer:
        """Have the server let go of something, such as a view that it holds for us."""
        return self._call("DELETE", path, again=False, accept=accept, headers=headers, json=body)

    def close(self) -> None:
        """Let go of the connections."""
        self._exchange.close()

    # -- one call ---------------------------------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        *,
        again: bool,
        accept: Iterable[int],
        headers: Mapping[str, str | Secret] | None = None,
        secrets: Iterable[Secret] = (),
        **named: Any,
    ) -> Answer:
        url = urljoin(self._base, path)
        self._same_server(url)
        given = {**self._headers, **(headers or {})}
        known = [*self._secrets, *secrets, *(each for each in given.values() if isinstance(each, Secret))]
        named["headers"] = {name: _plain(value) for name, value in given.items()}
        accepted = frozenset(accept)
        ends = time.monotonic() + self._limits.total
        tried = 0
        while True:
            tried += 1
            patience = min(LONGEST_PAUSE, 0.5 * 2**tried)
            failed: SourceFailed
            try:
                answer = self._follow(method, url, ends, named)
            except SourceFailed as error:
                if error.trouble is not Trouble.NETWORK:
                    raise
                failed = error
            else:
                if 200 <= answer.status < 300 or answer.status in accepted:
                    return answer
                failed = self._refusal(answer, known)
                if answer.status not in _AGAIN:
                    raise failed
                asked = retry_after(answer.headers)
                patience = patience if asked is None else asked
            left = ends - time.monotonic()
            if not again or tried >= TRIES or patience > min(LONGEST_PAUSE, left) or self.stopped():
                raise failed
            self._pause(patience)
            if self.stopped():
                raise failed

    def _follow(self, method: str, url: str, ends: float, named: dict[str, Any]) -> Answer:
        """One try; a redirect is followed where it stays on the server and the call only asks."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._exchange.once(method, url, ends, named)
            target = answer.headers.get("Location", "")
            if answer.status not in _REDIRECTS or not target:
                return answer
            url = urljoin(url, target)
            if method != "GET" or _origin(url) != self._origin:
                raise SourceFailed(
                    Trouble.SETTINGS,
                    f"{self._where} sends this program on to {_where(url)}, which it does not follow. "
                    "If that is right, set the new address.",
                )
            named = {**named, "params": None}
        raise SourceFailed(Trouble.PROTOCOL, f"{self._where} redirects in a circle. Check the address.")

    def _pause(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        never = threading.Event()
        while (left := ends - time.monotonic()) > 0 and not self.stopped():
            never.wait(min(0.2, left))

    def _same_server(self, url: str) -> None:
        if _origin(url) != self._origin:
            raise SourceFailed(
                Trouble.PROTOCOL, f"{self._where} named a page on {_where(url)}, another server. It was not asked for."
            )

    def _refusal(self, answer: Answer, secrets: Iterable[Secret]) -> SourceFailed:
        said = redacted(_excerpt(answer.body), secrets)
        what = f"{self._where} answered {answer.status}" + (f" ({said})" if said else "")
        match answer.status:
            case 401:
                return SourceFailed(
                    Trouble.AUTHENTICATION, f"{what}: it does not know us. Renew the password or token."
                )
            case 403:
                return SourceFailed(
                    Trouble.AUTHENTICATION, f"{what}: the account may not read this. Give it the right."
                )
            case 404 | 410:
                return SourceFailed(Trouble.FOLDER, f"{what}: that is not there. Check the names in the settings.")
            case 407:
                return SourceFailed(
                    Trouble.AUTHENTICATION, f"{what}: the proxy wants a sign-in. Check the proxy setting."
                )
            case 429:
                return SourceFailed(Trouble.QUOTA, f"{what}: too many calls. It is asked again later; poll less often.")
            case status if status >= 500 or status == 408:
                return SourceFailed(Trouble.NETWORK, f"{what}: it has trouble of its own. It is tried again by itself.")
        return SourceFailed(Trouble.SETTINGS, f"{what}: it does not accept the request. Check the settings.")


def redacted(text: str, secrets: Iterable[Secret] = ()) -> str:
    """The text without these secrets, and without what looks like a token."""
    for each in secrets:
        value = each.reveal()
        for form in {value, value.partition(" ")[2]}:
            if len(form) >= 4:
                text = text.replace(form, "***")
    return _TOKENS.sub(lambda match: f"{match[1]} ***" if match[1] else f"{match[2]}***", text)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, by number or by a date beside its own; None where it does not say."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, wait.total_seconds())
    except (TypeError, ValueError):
        return None


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _excerpt(body: bytes) -> str:
    """The beginning of an answer as one line; of a web page nothing."""
    text = " ".join(body[: 4 * _EXCERPT].decode("utf-8", "replace").split())
    if text.startswith("<"):
        return ""
    return "".join(sign for sign in text if sign.isprintable())[:_EXCERPT]


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port; raises SourceFailed for what is no address that may be called."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if not host or parts.scheme not in ("https", "http") or parts.username is not None:
        raise SourceFailed(
            Trouble.SETTINGS, "The address must be like https://siem.example.org:8089, without a password in it."
        )
    if parts.scheme == "http" and not _is_here(host):
        raise SourceFailed(
            Trouble.SETTINGS, f"{host} is to be called without TLS, which is done only on this machine. Set https://."
        )
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _where(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "the server") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "the server"
