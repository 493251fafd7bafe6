"""OAuth 2 from this side: codes to enter (RFC 8628), addresses to open and tokens for grants (RFC 6749, RFC 7636)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from triage_app.adapters.net.http import Client, Limits, redacted
from triage_app.adapters.net.listening import is_loopback
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.oauth import AccessToken, in_browser
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.context import Invitation
from triage_app.services.ports import Clock

MICROSOFT: Final = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
GOOGLE: Final = "https://oauth2.googleapis.com"
GOOGLE_PAGE: Final = "https://accounts.google.com/o/oauth2/v2/auth"
BY_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"
TOTAL: Final = 60.0
"""Seconds for one call."""

_REFUSING = (400, 401, 403, 428)
"""Statuses that come with an error code in JSON; 428 is Google's for a code that nobody entered yet."""

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_MOST_SAID = 200
_MOST_SIGNS = 8_192
_UNTOLD_SECONDS = 300
"""How long a token is taken to last of which the server does not say it."""

_ANEW = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
_DECLINED = frozenset({"access_denied", "authorization_declined"})
_UNREGISTERED = frozenset({"invalid_client", "unauthorized_client"})


@dataclass(frozen=True, slots=True)
class Registration:
    """The application as the provider knows it, for one source. `name` is the source's own.

    `in_browser`: a person signs in at the authorization endpoint and is led back, rather than entering a code.
    """

    name: str
    provider: str
    device_endpoint: str
    authorization_endpoint: str
    token_endpoint: str
    client_id: str
    client_secret: Secret
    scope: str
    ca_file: str = ""
    floor: str = "1.3"
    proxy: str = ""
    in_browser: bool = False

    @classmethod
    def of(cls, source: Source, secrets: Mapping[str, Secret], scopes: Mapping[str, str]) -> "Registration":
        """From a source with `OAUTH_FIELDS`; `scopes` are those that its kind needs, by provider.

        Raises SourceFailed where something is missing."""
        settings = source.settings
        provider = settings.get("provider", "microsoft")
        client = settings.get("client_id", "")
        if not client:
            raise _unset(source, "client_id", "Register an application with the provider and set its id.")
        scope = settings.get("scope", "") or scopes.get(provider, "")
        if provider == "microsoft":
            tenant = settings.get("tenant", "") or "common"
            if not _TENANT.fullmatch(tenant):
                raise _unset(source, "tenant", "Set it to common, or to the organisation's id or domain.")
            base = MICROSOFT.format(tenant=tenant)
            device, page, token = f"{base}/devicecode", f"{base}/authorize", f"{base}/token"
        elif provider == "google":
            device, page, token = f"{GOOGLE}/device/code", GOOGLE_PAGE, f"{GOOGLE}/token"
        else:
            device, page, token = (
                settings.get(f"{each}_endpoint", "") for each in ("device", "authorization", "token")
            )
            if not token:
                raise _unset(source, "token_endpoint", "Set the address at which the provider gives tokens.")
        own = provider == "other"
        return cls(
            name=source.name,
            provider=provider,
            device_endpoint=device,
            authorization_endpoint=page,
            token_endpoint=token,
            client_id=client,
            client_secret=secrets.get("client_secret", Secret("")),
            scope=scope,
            # A private authority signs a mail server of one's own, not Microsoft or Google.
            ca_file=settings.get("ca_file", "") if own else "",
            floor=settings.get("tls_floor", "") or "1.3",
            proxy=settings.get("proxy", ""),
            in_browser=in_browser(settings),
        )


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A code that a person may enter within `seconds`; the server is asked every `interval` seconds whether it was."""

    invitation: Invitation
    code: Secret
    seconds: int
    interval: int


@dataclass(frozen=True, slots=True)
class Granted:
    """What a server gave; `refresh` is None where the token that was used goes on to be good."""

    access: AccessToken
    refresh: Secret | None


@dataclass(frozen=True, slots=True)
class Refused:
    """What a server said instead: its code (RFC 6749, 5.2, and RFC 8628, 3.5) and its words."""

    error: str
    said: str = ""


class Authority:
    """The server that gives tokens for a registration. All raise SourceFailed."""

    def __init__(self, who: Registration, clock: Clock, stopped: Callable[[], bool] = lambda: False) -> None:
        self._who = who
        self._clock = clock
        self._stopped = stopped

    @property
    def name(self) -> str:
        """The source that the tokens are for."""
        return self._who.name

    def way_back(self, port: int) -> str:
        """Where a browser is led back to, on a port of this machine."""
        # Microsoft's pages let this name be registered, but no number (and take any port with it).
        return f"http://{'localhost' if self._who.provider == 'microsoft' else '127.0.0.1'}:{port}"

    def address(self, back: str, state: str, challenge: str) -> str:
        """What a person opens to sign in: it leads `back` with the state; the challenge is that of a verifier."""
        who = self._who
        if not _may_be_opened(who.authorization_endpoint):
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{who.name}: authorization_endpoint is needed, with https://. Set the address at which a person signs "
                f"in, or: triage source set {who.name} --set sign_in=code",
            )
        asked = {
            "response_type": "code",
            "client_id": who.client_id,
            "redirect_uri": back,
            "scope": who.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if who.provider == "google":
            # Google gives a refresh token only when asked so, and a second one only after another consent.
            asked |= {"access_type": "offline", "prompt": "consent"}
        if not who.scope:
            del asked["scope"]
        glue = "&" if "?" in who.authorization_endpoint else "?"
        return f"{who.authorization_endpoint}{glue}{urlencode(asked)}"

    def redeem(self, brought: Mapping[str, str], back: str, verifier: Secret) -> Granted:
        """Tokens for what a browser brought back."""
        if brought.get("error"):
            raise self.failure(_refusal(brought, "an error without a name", []))
        code = brought.get("code", "")
        if not code:
            raise self._puzzled("a code")
        said = self.grant("authorization_code", code=Secret(code), redirect_uri=back, code_verifier=verifier)
        if isinstance(said, Refused):
            raise self.failure(said)
        return said

    def device_code(self) -> DeviceCode:
        """Ask for a code for a person to enter."""
        who = self._who
        if not who.device_endpoint:
            raise SourceFailed(
                Trouble.SETTINGS,
                f"{who.name}: device_endpoint is needed. Set the address at which the provider gives codes.",
            )
        form: dict[str, str | Secret] = {"client_id": who.client_id, "scope": who.scope}
        if who.provider == "other" and who.client_secret:
            form["client_secret"] = who.client_secret
        said = self._asked(who.device_endpoint, form)
        if isinstance(said, Refused):
            raise self.failure(said)
        address = said.get("verification_uri") or said.get("verification_url")  # the latter is Google's word
        shown, code = _line(address), _line(said.get("user_code"))
        if not shown.startswith("https://") or not code:
            raise self._puzzled("an address and a code")
        return DeviceCode(
            Invitation(shown, code),
            self._secret(said, "device_code"),
            _seconds(said.get("expires_in"), 900, 10, 3_600),
            _seconds(said.get("interval"), 5, 1, 60),
        )

    def grant(self, kind: str, **more: str | Secret) -> Granted | Refused:
        """Ask for a token."""
        who = self._who
        form: dict[str, str | Secret] = {"grant_type": kind, "client_id": who.client_id, **more}
        if who.client_secret:
            form["client_secret"] = who.client_secret
        said = self._asked(who.token_endpoint, form)
        if isinstance(said, Refused):
            return said
        lasts = _seconds(said.get("expires_in"), _UNTOLD_SECONDS, 1, 30 * 24 * 3_600)
        access = AccessToken(self._secret(said, "access_token"), self._clock() + timedelta(seconds=lasts))
        return Granted(access, self._secret(said, "refresh_token") if said.get("refresh_token") else None)

    def failure(self, refused: Refused) -> SourceFailed:
        """A refusal in words, with the next step."""
        who = self._who
        said = f"{who.name}: {refused.said or refused.error}"
        if refused.error in _ANEW:
            return SourceFailed(
                Trouble.AUTHENTICATION,
                f"{said}: the sign-in is not good any more. Sign in anew: triage source sign-in {who.name}",
            )
        if refused.error in _DECLINED:
            return SourceFailed(Trouble.AUTHENTICATION, f"{said}: the sign-in was declined. Sign in anew and allow it.")
        if refused.error == "expired_token":
            return SourceFailed(Trouble.AUTHENTICATION, f"{said}: nobody entered the code in time. Sign in anew.")
        if refused.error == "invalid_scope":
            return SourceFailed(
                Trouble.SETTINGS,
                f"{said}: the provider does not give this scope out so. Check the scope; to Google's mail no code "
                f"leads, but a browser does: triage source set {who.name} --set sign_in=browser",
            )
        if refused.error in _UNREGISTERED:
            return SourceFailed(
                Trouble.SETTINGS,
                f"{said}: the provider does not take the application. Check client_id, client_secret and tenant, and "
                "that the application is registered to sign in so.",
            )
        return SourceFailed(Trouble.SETTINGS, f"{said}: the sign-in does not work so. Check the settings.")

    def _asked(self, endpoint: str, form: Mapping[str, str | Secret]) -> Mapping[str, Any] | Refused:
        known = [each for each in form.values() if isinstance(each, Secret)]
        client = Client(
            endpoint,
            ca_file=self._who.ca_file,
            floor=self._who.floor,
            proxy=self._who.proxy,
            limits=Limits(total=TOTAL, most=1_000_000),
            stopped=self._stopped,
        )
        try:
            answer = client.post(endpoint, form=form, accept=_REFUSING)
        finally:
            client.close()
        said = answer.object()
        if answer.status not in _REFUSING:
            return said
        return _refusal(said, f"status {answer.status}", known)

    def _secret(self, said: Mapping[str, Any], name: str) -> Secret:
        found = said.get(name)
        if not isinstance(found, str) or not found or len(found) > _MOST_SIGNS or not found.isprintable():
            raise self._puzzled(f"a {name}")
        return Secret(found)

    def _puzzled(self, what: str) -> SourceFailed:
        return SourceFailed(
            Trouble.PROTOCOL,
            f"{self._who.name}: the provider did not answer with {what} as OAuth wants it. Check the endpoints.",
        )


def _unset(source: Source, name: str, then: str) -> SourceFailed:
    return SourceFailed(Trouble.SETTINGS, f"{source.name}: {name} is needed to sign in by OAuth. {then}")


def _may_be_opened(address: str) -> bool:
    """Whether an address is one for a browser: with TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return bool(host) and safe and address.isprintable() and not parts.fragment


def _refusal(said: Mapping[str, Any], otherwise: str, known: Sequence[Secret]) -> Refused:
    """An error and its description, without what is secret; `otherwise` where the error has no name."""
    first = str(said.get("error_description") or "").strip().partition("\n")[0]
    return Refused(_line(said.get("error")) or otherwise, redacted(_line(first), known)[:_MOST_SAID])


def _line(value: object) -> str:
    """A text of the server's as one line that may be shown."""
    text = value if isinstance(value, str) else ""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:_MOST_SAID]


def _seconds(value: object, otherwise: int, low: int, high: int) -> int:
    """A number of seconds, which some servers write as a text, within bounds."""
    try:
        return min(high, max(low, int(str(value))))
    except ValueError:
        return otherwise
