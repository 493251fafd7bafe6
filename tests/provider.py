"""A provider of sign-ins for tests: codes and a page for persons, tokens, and refresh tokens good for one use."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from tests.web import Asked, Reply, Web, serving
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName
from triage_app.services.context import CancelToken

BEGIN = datetime(2026, 11, 23, 8, tzinfo=UTC)
CLIENT_SECRET = "cl1ent-s3cret"


class Clock:
    """A clock that goes on only while somebody waits."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float, _cancel: CancelToken) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


class Provider:
    """Answers as RFC 8628, RFC 6749 and RFC 7636 say; `polls` are the error codes that come before a code was entered.

    Whoever opens its page is signed in and led back at once; `led` replaces what is led back with, by name.
    """

    def __init__(self, *polls: str) -> None:
        self.polls = list(polls)
        self.device: dict[str, Any] = {
            "device_code": "d3vice-c0de",
            "user_code": "WDJB-MJHT",
            "verification_uri": "https://login.example.org/device",
            "expires_in": 900,
            "interval": 5,
        }
        self.led: dict[str, str] = {}
        self.opened: Mapping[str, str] = {}
        self.first_refresh = True
        self.issued = 0
        self.good: set[str] = set()
        self.lasts: Any = 3_600

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/page" and asked.method == "GET":
            return self._page(asked.query)
        if asked.headers.get("Content-Type") != "application/x-www-form-urlencoded" or asked.method != "POST":
            return _refused("invalid_request")
        form = asked.form()
        if form.get("client_id") != "triage":
            return _refused("invalid_client", 401)
        if asked.path == "/device":
            return Reply(self.device) if form.get("scope") != "forbidden" else _refused("invalid_scope")
        return self._token(form) if asked.path == "/token" else Reply(b"<html>", 404)

    def _page(self, query: Mapping[str, str]) -> Reply:
        wanted = {"response_type": "code", "client_id": "triage", "code_challenge_method": "S256"}
        if not wanted.items() <= query.items():
            return Reply(b"<html>", 400)
        self.opened = query
        back = {"code": "c0de-of-page", "state": query["state"], **self.led}
        fields = urlencode({name: value for name, value in back.items() if value})
        return Reply(b"", 302, {"Location": f"{query['redirect_uri']}/?{fields}"})

    def _token(self, form: Mapping[str, str]) -> Reply:
        match form.get("grant_type"):
            case "urn:ietf:params:oauth:grant-type:device_code":
                if form.get("device_code") != self.device["device_code"]:
                    return _refused("invalid_grant")
                if self.polls:
                    return _refused(self.polls.pop(0))
                return self.issue(with_refresh=self.first_refresh)
            case "authorization_code":
                proof = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
                shown = (form.get("code"), form.get("redirect_uri"), proof)
                page, self.opened = self.opened, {}
                if shown != ("c0de-of-page", page.get("redirect_uri"), page.get("code_challenge")):
                    return _refused("invalid_grant")
                return self.issue(with_refresh=self.first_refresh)
            case "refresh_token":
                if form.get("refresh_token") not in self.good:
                    return _refused("invalid_grant")
                self.good.remove(form["refresh_token"])
                return self.issue()
            case "client_credentials":
                if form.get("client_secret") != CLIENT_SECRET:
                    return _refused("invalid_client", 401)
                return self.issue(with_refresh=False)
        return _refused("unsupported_grant_type")

    def issue(self, *, with_refresh: bool = True) -> Reply:
        """A new pair of tokens."""
        self.issued += 1
        answer = {"access_token": f"access-{self.issued}", "token_type": "Bearer", "expires_in": self.lasts}
        if with_refresh:
            answer["refresh_token"] = f"refresh-{self.issued}"
            self.good.add(f"refresh-{self.issued}")
        return Reply(answer)


def _refused(error: str, status: int = 400) -> Reply:
    return Reply({"error": error, "error_description": f"Because of {error}.\r\nTrace: 1"}, status)


@contextmanager
def providing(provider: Provider) -> Iterator[Web]:
    """The provider on loopback."""
    with serving(provider) as web:
        yield web


def signing_in(web: Web, **settings: str) -> Source:
    """A source that is signed in to at this provider."""
    given = {
        "auth": "xoauth2",
        "provider": "other",
        "client_id": "triage",
        "scope": "mail offline_access",
        "device_endpoint": f"{web.url}/device",
        "authorization_endpoint": f"{web.url}/page",
        "token_endpoint": f"{web.url}/token",
        **settings,
    }
    return Source(SourceName("soc"), "imap", given)


def secrets(**given: str) -> dict[str, Secret]:
    return {name: Secret(value) for name, value in given.items()}
