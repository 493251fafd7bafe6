"""One call by HTTP: verified TLS, time-outs, a bounded answer, and what went wrong in words."""

import time
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from triage_app.adapters.net import tls
from triage_app.adapters.net.http import Answer, Limits, TooLong, Unanswered
from triage_app.domain.errors import SourceFailed, Trouble


class _Adapter(HTTPAdapter):
    """Speaks TLS by our policy alone: no other authority is added to those of the context."""

    def __init__(self, ca_file: str, floor: str) -> None:
        self._context = tls.context(ca_file, floor)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, **named, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context verifies; the bundle of authorities that the library would add is left out."""


def session(ca_file: str = "", floor: str = "1.3") -> requests.Session:
    """A session that follows the policy for TLS and takes neither proxies nor passwords from the environment."""
    made = requests.Session()
    made.trust_env = False
    made.headers["User-Agent"] = "triage"
    made.mount("https://", _Adapter(ca_file, floor))
    return made


class Exchange:
    """Calls to one server, which `where` names in messages. Used by one thread."""

    def __init__(self, where: str, limits: Limits, *, ca_file: str, floor: str, proxy: str) -> None:
        self._where = where
        self._limits = limits
        self._tls = ""
        self._session = session(ca_file, floor)
        if proxy:
            self._session.proxies = {"https": proxy, "http": proxy}

    @property
    def tls(self) -> str:
        """The version of TLS that was negotiated last, such as `TLS 1.3`."""
        return self._tls

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def once(self, method: str, url: str, ends: float, named: dict[str, Any]) -> Answer:
        """One call; raises SourceFailed where no whole answer comes by the monotonic time `ends`."""
        left = max(0.1, ends - time.monotonic())
        waits = (min(self._limits.connect, left), min(self._limits.read, left))
        try:
            with self._session.request(
                method, url, timeout=waits, stream=True, allow_redirects=False, **named
            ) as response:
                connection = getattr(response.raw, "connection", None) or getattr(response.raw, "_connection", None)
                self._tls = tls.version(getattr(connection, "sock", None)) or self._tls
                body = self._body(response, ends)
        except (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError) as error:
            raise SourceFailed(
                Trouble.PROTOCOL, f"{self._where} sent a packed answer that cannot be unpacked. It is tried again."
            ) from error
        except (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL) as error:
            raise SourceFailed(
                Trouble.NETWORK, f"The proxy on the way to {self._where} does not answer. Check the proxy setting."
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError) as error:
            raise SourceFailed(
                Trouble.SETTINGS, f"The address or a header for {self._where} is not valid. Check the settings."
            ) from error
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise _fate(error, tls.failure(TimeoutError(), self._where)) from error
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            failure = tls.failure(error if isinstance(error, OSError) else OSError(error), self._where)
            raise _fate(error, failure) from error
        return Answer(response.status_code, CaseInsensitiveDict(response.headers), body, self._where)

    def _body(self, response: requests.Response, ends: float) -> bytes:
        found = bytearray()
        for part in response.iter_content(64 * 1024):
            found += part
            if len(found) > self._limits.most:
                raise TooLong(
                    Trouble.PROTOCOL,
                    f"{self._where} sent more than {self._limits.most:,} bytes in one answer. Set smaller pages.",
                )
            if time.monotonic() > ends:
                raise Unanswered(
                    Trouble.NETWORK, f"{self._where} did not end its answer in time. It is tried again by itself."
                )
        return bytes(found)


def _fate(error: Exception, failure: SourceFailed) -> SourceFailed:
    """The failure, or the same as Unanswered where the call got as far as the server."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    unsent = isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
        reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
    )
    if unsent or failure.trouble is not Trouble.NETWORK:
        return failure
    return Unanswered(failure.trouble, failure.message)
